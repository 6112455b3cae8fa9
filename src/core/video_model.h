// What the engine knows of a model: open a state from a prompt, then advance and paint frames.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "vita/control.h"

namespace vita {

// An I420 picture in somebody else's memory. Widths and heights are even.
struct FrameView {
  uint8_t *y = nullptr, *u = nullptr, *v = nullptr;
  int width = 0, height = 0;
  int y_stride = 0, uv_stride = 0;  // bytes per row
};

// How finely a frame is painted; automatic: as finely as the machine keeps up with.
enum class Tier { automatic, full, three_quarters, half };

struct OpenRequest {
  std::string prompt;
  uint64_t seed = 0;
  int width = 1280, height = 720;
  double fps = 24;
  int workers = 1;  // how many threads will call paint() at once
};

struct FrameRequest {
  double time_s = 0;       // presentation time
  Tier tier = Tier::full;  // automatic counts as full
};

struct StageTimes {  // thread-milliseconds spent on one frame, by stage
  double projector_ms = 0, painter_ms = 0;
};

// One running world. advance() and control() are called by one thread; paint() by up to `workers`
// threads at once, each with its own worker number.
class VideoState {
 public:
  virtual ~VideoState() = default;
  // Takes effect at the next advance(). Throws Error on a control that makes no sense.
  virtual void control(const Control& control) = 0;
  // Moves the world to the frame's time and returns a ticket for it. At most `workers` + 2 tickets
  // may be unpainted. Does not allocate.
  virtual int advance(const FrameRequest& frame) = 0;
  // Projects and paints the frame of a ticket; `out` has the size that was opened, in every tier.
  // Neither waits for other frames' painting nor allocates.
  virtual StageTimes paint(int ticket, int worker, const FrameView& out) = 0;
  virtual const Understanding& understanding() const = 0;
};

// Weights and plans; immutable after construction, shared by all states.
class VideoModel {
 public:
  virtual ~VideoModel() = default;
  // Throws Error{invalid_argument} for sizes, rates or prompts it cannot serve.
  virtual std::unique_ptr<VideoState> open(const OpenRequest& request) const = 0;
  virtual Understanding understand(const std::string& prompt) const = 0;
  virtual std::string weights_hash() const = 0;
};

}  // namespace vita
