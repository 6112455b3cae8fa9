// A viewer that gets its pictures over a WebSocket.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "media/access_unit.h"
#include "server/websocket.h"

namespace vita {

// The header of a picture's message: docs/live.md has its layout.
std::string picture_header(const AccessUnit& unit, uint32_t sequence);

// Loop thread only. The first picture is a key frame. At most 8 pictures or 2 MiB wait; when the
// viewer is slower than that, they are dropped, and everything up to the next key frame with them.
class VideoSocket {
 public:
  static constexpr size_t kPicturesMax = 8, kBytesMax = 2 * 1024 * 1024;

  struct Callbacks {
    std::function<void()> key_needed;
    std::function<void()> closed;
  };

  VideoSocket(const MainLoop& loop, GOwner<GIOStream> stream, Callbacks callbacks);
  ~VideoSocket();

  void deliver(const AccessUnit& unit);
  // Pictures were lost on the way here: nothing is sent up to the next key frame.
  void await_key() { wants_key_ = true; }
  void close(uint16_t code, const std::string& reason) { socket_->close(code, reason); }
  uint64_t dropped() const { return dropped_; }

 private:
  void overflow();

  const Callbacks callbacks_;
  std::shared_ptr<WebSocket> socket_;
  bool wants_key_ = true;
  uint32_t sequence_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace vita
