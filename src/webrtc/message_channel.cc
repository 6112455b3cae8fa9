#include "webrtc/message_channel.h"

#include <gst/webrtc/webrtc.h>

#include <cstring>
#include <utility>

#include "webrtc/promise.h"

namespace vita {

MessageChannel::MessageChannel(gpointer channel, const Limits& limits, Callbacks callbacks)
    : channel_(G_OBJECT(g_object_ref(channel))),
      limits_(limits),
      callbacks_(std::move(callbacks)) {}

void MessageChannel::listen() {
  const std::weak_ptr<MessageChannel> weak = weak_from_this();
  const auto on = [&](const char* signal, void (*call)(MessageChannel&, gpointer)) {
    connect_signal(channel_.get(), signal, [weak, call](gpointer argument) {
      if (const auto self = weak.lock()) call(*self, argument);
    });
  };
  on("on-message-string",
     [](MessageChannel& self, gpointer text) { self.take(static_cast<const char*>(text)); });
  on("on-message-data", [](MessageChannel& self, gpointer) { self.callbacks_.refused(); });
  on("notify::ready-state", [](MessageChannel& self, gpointer) { self.note_open(); });
  note_open();  // it may have been open before anybody listened
}

void MessageChannel::note_open() {
  GstWebRTCDataChannelState state{};
  g_object_get(channel_.get(), "ready-state", &state, nullptr);
  const bool open = state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
  if (!open_.exchange(open) && open) callbacks_.open();
}

void MessageChannel::take(const char* text) {
  const size_t size = text ? std::strlen(text) : 0;
  if (size > limits_.message_bytes) {
    callbacks_.refused();
  } else {
    callbacks_.message({text ? text : "", size});
  }
}

bool MessageChannel::send(const std::string& text) {
  if (!open_) return false;
  guint64 buffered = 0;
  g_object_get(channel_.get(), "buffered-amount", &buffered, nullptr);
  if (buffered + text.size() > limits_.buffered_bytes) return false;
  return gst_webrtc_data_channel_send_string_full(GST_WEBRTC_DATA_CHANNEL(channel_.get()),
                                                  text.c_str(), nullptr);
}

}  // namespace vita
