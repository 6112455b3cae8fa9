// One WebSocket of a client, over a connection that has been upgraded.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/gio_handles.h"
#include "server/websocket_codec.h"

namespace vita {

struct WebSocketLimits {
  size_t message_bytes = 64 * 1024;  // of a message that is received
  size_t queued_messages = 64;       // that wait to be sent
  size_t queued_bytes = 256 * 1024;
  int send_buffer_bytes = 0;  // of the kernel; 0: its own choice
};

// Bytes that several viewers share.
struct SharedBytes {
  std::shared_ptr<const uint8_t> data;
  size_t size = 0;
};

// Loop thread only. Pings every ten seconds and closes when nothing has come for thirty. Kept
// alive by its own operations; after close() no callback comes but `closed`, once, and not from
// within a call of the owner.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  struct Callbacks {
    std::function<void(WebSocketKind kind, std::string_view payload)> message;  // text or binary
    std::function<void()> closed;
  };

  static std::shared_ptr<WebSocket> open(const MainLoop& loop, GOwner<GIOStream> stream,
                                         const WebSocketLimits& limits, Callbacks callbacks);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // False, and nothing was sent, when the queue is full or the socket is closing. `head` goes
  // before the shared bytes in one message.
  bool send(WebSocketKind kind, std::string head, SharedBytes body = {});
  // Throws away the messages of which no byte has been sent; returns their number.
  size_t drop_waiting();
  size_t waiting_messages() const { return queue_.size(); }
  size_t waiting_bytes() const { return queued_bytes_; }
  // Sends what waits and a close frame, then hangs up; two seconds later at the latest.
  void close(uint16_t code, std::string_view reason);
  bool closing() const { return closing_; }
  // No callback comes any more; the socket is closed if it is not yet.
  void forget_owner();

 private:
  struct Outgoing {
    std::string head;
    SharedBytes body;
    bool last = false;  // the close frame
    size_t size() const { return head.size() + body.size; }
  };

  WebSocket(const MainLoop& loop, GOwner<GIOStream> stream, const WebSocketLimits& limits,
            Callbacks callbacks);
  void read();
  void received(gssize count);
  bool handle(const WebSocketMessage& message);
  void enqueue(Outgoing message);
  void write();
  void wrote(bool succeeded);
  bool tick();
  void hang_up();
  static void on_read(GObject* source, GAsyncResult* result, gpointer self);
  static void on_written(GObject* source, GAsyncResult* result, gpointer self);

  const MainLoop& loop_;
  GOwner<GIOStream> stream_;
  const WebSocketLimits limits_;
  Callbacks callbacks_;
  GOwner<GCancellable> cancel_;
  WebSocketReader reader_;
  char buffer_[16 * 1024];
  std::deque<Outgoing> queue_;
  Outgoing current_;
  size_t queued_bytes_ = 0;
  GOutputVector vectors_[2] = {};  // of current_, for GLib to change
  bool writing_ = false, closing_ = false, gone_ = false, peer_closed_ = false;
  int64_t heard_us_ = 0, pinged_us_ = 0, close_us_ = 0;
  MainLoop::Timer timer_;
};

}  // namespace vita
