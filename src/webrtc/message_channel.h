// The data channel that a browser has opened.
#pragma once
#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "media/gst_handles.h"

namespace vita {

// Shared by its peer and by the callbacks under way. Any thread may send.
class MessageChannel : public std::enable_shared_from_this<MessageChannel> {
 public:
  struct Callbacks {
    std::function<void()> open;
    std::function<void(std::string_view)> message;
    std::function<void()> refused;  // a message too large, or not text
  };
  struct Limits {
    size_t message_bytes, buffered_bytes;
  };

  // `channel` is a GstWebRTCDataChannel; takes a reference.
  MessageChannel(gpointer channel, const Limits& limits, Callbacks callbacks);
  // Begins to listen; after this the callbacks come.
  void listen();
  // False when it is not open, or when more than buffered_bytes would wait.
  bool send(const std::string& text);

 private:
  void note_open();
  void take(const char* text);

  GstOwner<GObject> channel_;
  const Limits limits_;
  const Callbacks callbacks_;
  std::atomic<bool> open_{false};
};

}  // namespace vita
