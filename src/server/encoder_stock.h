// Encoders that are ready before somebody needs one.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "media/live_encoder.h"

namespace vita {

// A LiveEncoder whose pictures go to whom it is given later.
class RoomEncoder {
 public:
  explicit RoomEncoder(const LiveEncoderOptions& options);

  // From now on; nothing comes out before, since nothing was pushed.
  void set_callbacks(LiveEncoderCallbacks callbacks);
  LiveEncoder& encoder() { return *encoder_; }
  const LiveEncoderOptions& options() const { return options_; }

 private:
  struct Receiver {
    std::mutex mutex;
    LiveEncoderCallbacks callbacks;
  };
  const LiveEncoderOptions options_;
  std::shared_ptr<Receiver> receiver_ = std::make_shared<Receiver>();
  std::unique_ptr<LiveEncoder> encoder_;
};

// Keeps one that is open and primed, of the usual size. Any thread.
class EncoderStock {
 public:
  explicit EncoderStock(const LiveEncoderOptions& usual) : usual_(usual) {}

  // Makes the spare one if there is none; takes some ten milliseconds.
  void fill();
  // The spare one if it fits, else a new one.
  std::unique_ptr<RoomEncoder> take(const LiveEncoderOptions& options);

 private:
  const LiveEncoderOptions usual_;
  std::mutex mutex_;
  std::unique_ptr<RoomEncoder> spare_;
};

}  // namespace vita
