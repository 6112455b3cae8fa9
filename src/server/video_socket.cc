#include "server/video_socket.h"

#include <utility>

namespace vita {
namespace {

// Small, so that pictures wait where they can still be dropped.
constexpr int kSendBufferBytes = 128 * 1024;

template <class Integer>
void append_little(std::string& text, Integer value) {
  for (size_t k = 0; k < sizeof value; k++) {
    text += static_cast<char>((static_cast<uint64_t>(value) >> (8 * k)) & 0xff);
  }
}

}  // namespace

std::string picture_header(const AccessUnit& unit, uint32_t sequence) {
  std::string header = "V1";
  header += static_cast<char>(unit.key ? 1 : 0);
  header += '\0';
  append_little(header, sequence);
  append_little(header, unit.frame);
  append_little(header, unit.pts_us);
  return header;
}

VideoSocket::VideoSocket(const MainLoop& loop, GOwner<GIOStream> stream, Callbacks callbacks)
    : callbacks_(std::move(callbacks)) {
  WebSocketLimits limits;
  limits.message_bytes = 1024;
  limits.queued_messages = kPicturesMax;
  limits.queued_bytes = kBytesMax;
  limits.send_buffer_bytes = kSendBufferBytes;
  WebSocket::Callbacks of_socket;
  of_socket.message = [this](WebSocketKind, std::string_view) {
    socket_->close(kCloseUnsupported, "this socket only sends");
  };
  of_socket.closed = callbacks_.closed;
  socket_ = WebSocket::open(loop, std::move(stream), limits, std::move(of_socket));
}

VideoSocket::~VideoSocket() { socket_->forget_owner(); }

void VideoSocket::overflow() {
  dropped_ += socket_->drop_waiting() + 1;
  wants_key_ = true;
  callbacks_.key_needed();
}

void VideoSocket::deliver(const AccessUnit& unit) {
  if (socket_->closing()) return;
  if (wants_key_ && !unit.key) return;
  SharedBytes bytes{unit.data, unit.size};
  if (!socket_->send(WebSocketKind::binary, picture_header(unit, sequence_), std::move(bytes))) {
    return overflow();
  }
  wants_key_ = false;
  sequence_++;
}

}  // namespace vita
