// WebSocket frames (RFC 6455), from bytes and to bytes. libsoup has them too, but its queue of
// outgoing messages has no limit and cannot be looked at.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace vita {

enum class WebSocketKind : uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WebSocketMessage {
  WebSocketKind kind = WebSocketKind::text;
  std::string payload;
};

// Close codes of the RFC.
inline constexpr uint16_t kCloseNormal = 1000, kCloseGoingAway = 1001, kCloseProtocol = 1002,
                          kCloseUnsupported = 1003, kCloseBadText = 1007, kClosePolicy = 1008,
                          kCloseTooBig = 1009;

// Puts a client's bytes together to messages. Holds at most one message of `message_limit` bytes
// and what one call of feed() completes. Used by one thread.
class WebSocketReader {
 public:
  explicit WebSocketReader(size_t message_limit) : limit_(message_limit) {}

  void feed(std::string_view bytes);
  // The oldest message that is whole.
  std::optional<WebSocketMessage> next();
  // Why the connection must be closed: nothing more is read then. 0: all is well.
  uint16_t failure() const { return failure_; }

 private:
  enum class State { header, payload };
  void fail(uint16_t code);
  bool read_header();
  void end_frame();
  void end_message(WebSocketKind kind, std::string payload);
  bool check_header(int opcode, uint64_t size);

  const size_t limit_;
  State state_ = State::header;
  std::string header_;
  bool final_ = false;
  int opcode_ = 0;
  uint64_t left_ = 0;
  uint8_t mask_[4] = {};
  size_t mask_at_ = 0;
  std::string control_;  // payload of the control frame that is being read
  std::optional<WebSocketKind> fragmented_;
  std::string message_;
  std::deque<WebSocketMessage> whole_;
  uint16_t failure_ = 0;
};

// The header of a server's frame that holds a whole message.
std::string websocket_header(WebSocketKind kind, size_t payload_bytes);
// The payload of a close frame.
std::string close_payload(uint16_t code, std::string_view reason);

}  // namespace vita
