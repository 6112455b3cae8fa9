#include "server/control_channel.h"

#include <gio/gio.h>

#include "server/session_messages.h"

namespace vita {
namespace {

constexpr int64_t kTellAgainUs = 5'000'000;

}  // namespace

void ControlChannel::receive(std::string_view text) {
  const int64_t now_us = g_get_monotonic_time();
  if (!bucket_.take(now_us)) {
    target_.rejected("control_rate");
    if (told_us_ != 0 && now_us - told_us_ < kTellAgainUs) return;
    told_us_ = now_us;
    send(messages::error({}, "too_many",
                         "more than 120 messages a second came; the others were dropped"));
    return;
  }
  std::string id;
  try {
    const ControlMessage message = parse_control_message(text);
    id = message.id;
    act(message);
  } catch (const BadMessage& error) {
    target_.rejected("bad_message");
    send(messages::error(error.id(), "bad_message", error.what()));
  } catch (const Error& error) {
    target_.rejected("bad_message");
    send(messages::error(id, "bad_message", error.what()));
  }
}

void ControlChannel::act(const ControlMessage& message) {
  if (const auto* ping = std::get_if<Ping>(&message.what)) {
    send(messages::pong(ping->t));
  } else if (std::holds_alternative<KeyFrameRequest>(message.what)) {
    target_.key_frame_needed(id_);
  } else if (const auto* report = std::get_if<ReceiverReport>(&message.what)) {
    target_.report(id_, *report);
  } else if (role_ != Role::steer) {
    target_.rejected("forbidden");
    send(messages::error(message.id, "forbidden", "a watcher sees and does not steer"));
  } else {
    target_.control(id_, message.id, std::get<Control>(message.what));
  }
}

}  // namespace vita
