// A model without weights, for tests: a pattern that moves with the time, the prompt and the
// camera.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "core/video_model.h"

namespace vita {

struct FakeModelOptions {
  // Called at the start of each paint(), outside every lock.
  std::function<void(int ticket, int worker)> on_paint;
  // Called in advance() with the frame's time.
  std::function<void(double time_s)> on_advance;
  // Likewise, with all of the request.
  std::function<void(const FrameRequest& request)> on_request;
  std::function<void(const OpenRequest& request)> on_prepare;
};

// The byte of the luma plane at (x, y) that the fake paints at `time_s` for `phase`.
uint8_t fake_luma(int x, int y, double time_s, uint32_t phase);
// The phase that a prompt gives the pattern.
uint32_t fake_phase(const std::string& prompt);

// understand() takes the words "snow", "snowy", "desert" and "night" and ignores the rest. A prompt
// that holds "forbidden" is refused, by open() and by control().
class FakeModel : public VideoModel {
 public:
  explicit FakeModel(FakeModelOptions options = {});
  std::unique_ptr<VideoState> open(const OpenRequest& request) const override;
  void prepare(const OpenRequest& request) const override;
  Understanding understand(const std::string& prompt) const override;
  std::string weights_hash() const override { return "fake"; }

 private:
  FakeModelOptions options_;
};

}  // namespace vita
