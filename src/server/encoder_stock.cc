#include "server/encoder_stock.h"

#include <utility>

namespace vita {

RoomEncoder::RoomEncoder(const LiveEncoderOptions& options) : options_(options) {
  LiveEncoderCallbacks forward;
  forward.encoded = [receiver = receiver_](const AccessUnit& unit) {
    const std::lock_guard lock(receiver->mutex);
    if (receiver->callbacks.encoded) receiver->callbacks.encoded(unit);
  };
  forward.failed = [receiver = receiver_](const std::string& reason) {
    const std::lock_guard lock(receiver->mutex);
    if (receiver->callbacks.failed) receiver->callbacks.failed(reason);
  };
  encoder_ = std::make_unique<LiveEncoder>(options, std::move(forward));
}

void RoomEncoder::set_callbacks(LiveEncoderCallbacks callbacks) {
  const std::lock_guard lock(receiver_->mutex);
  receiver_->callbacks = std::move(callbacks);
}

void EncoderStock::fill() {
  {
    const std::lock_guard lock(mutex_);
    if (spare_) return;
  }
  auto made = std::make_unique<RoomEncoder>(usual_);
  made->encoder().prime();
  const std::lock_guard lock(mutex_);
  spare_ = std::move(made);
}

std::unique_ptr<RoomEncoder> EncoderStock::take(const LiveEncoderOptions& options) {
  {
    const std::lock_guard lock(mutex_);
    const bool fits = spare_ && options.width == usual_.width && options.height == usual_.height &&
                      options.fps == usual_.fps;
    if (fits) {
      spare_->encoder().set_bitrate(options.bitrate_kbps);
      return std::move(spare_);
    }
  }
  return std::make_unique<RoomEncoder>(options);
}

}  // namespace vita
