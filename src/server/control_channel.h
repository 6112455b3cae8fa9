// One client that talks to a session, over a WebSocket or a data channel.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "server/rate_limit.h"
#include "server/tokens.h"
#include "stream/control_message.h"

namespace vita {

// What a channel asks of its session.
class ControlTarget {
 public:
  virtual ~ControlTarget() = default;
  // The receipt goes to the channel `channel` with `client_id`. Throws Error{invalid_argument}.
  virtual void control(int64_t channel, const std::string& client_id, const Control& control) = 0;
  virtual void key_frame_needed(int64_t channel) = 0;
  virtual void report(int64_t channel, const ReceiverReport& report) = 0;
  // A message that was turned away, for the counters.
  virtual void rejected(const char* reason) = 0;
};

// Loop thread only. Answers what can be answered at once; limits how much a client may say.
class ControlChannel {
 public:
  static constexpr double kMessagesPerSecond = 120, kBurst = 240;

  struct Wire {
    std::function<bool(const std::string& text)> send;  // false: the queue is full, it was dropped
    std::function<void(uint16_t code, const std::string& reason)> close;
  };

  ControlChannel(int64_t id, Role role, ControlTarget& target, Wire wire)
      : id_(id), role_(role), target_(target), wire_(std::move(wire)) {}

  int64_t id() const { return id_; }
  Role role() const { return role_; }
  void receive(std::string_view text);
  void send(const std::string& text) {
    if (!wire_.send(text)) target_.rejected("control_queue");
  }
  void close(uint16_t code, const std::string& reason) { wire_.close(code, reason); }

 private:
  void act(const ControlMessage& message);

  const int64_t id_;
  const Role role_;
  ControlTarget& target_;
  const Wire wire_;
  TokenBucket bucket_{kMessagesPerSecond, kBurst};
  int64_t told_us_ = 0;  // when the client was last told that it says too much
};

}  // namespace vita
