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
  // No other frame is under way: more threads than the one that paints it may help. The picture is
  // the same.
  bool alone = false;
};

struct StageTimes {  // thread-milliseconds spent on one frame, by stage
  double projector_ms = 0, painter_ms = 0;
};

// Where the world is, for those who watch it.
struct WorldStatus {
  double x = 0, z = 0;              // of the camera, metres
  float y = 0, yaw = 0, pitch = 0;  // y: above the ground or water
  double hour = 12;                 // of the day, 0 to 24
};

// One running world. advance(), control(), drop() and status() are called by one thread; paint() by
// up to `workers` threads at once, each with its own worker number.
class VideoState {
 public:
  virtual ~VideoState() = default;
  // A PromptControl, MoveControl, CameraControl, LookControl or EventControl; the others are the
  // session's. Takes effect at the next advance(). Throws Error on one that makes no sense, and
  // changes nothing then.
  virtual void control(const Control& control) = 0;
  // Moves the world to its time frame.time_s, which never falls, and returns a ticket for that
  // frame. At most `workers` + 2 tickets may be neither painted nor dropped. Does not allocate.
  virtual int advance(const FrameRequest& frame) = 0;
  // Gives a ticket back unpainted; nobody paints it.
  virtual void drop(int ticket) = 0;
  // As of the latest advance(). Does not allocate.
  virtual WorldStatus status() const = 0;
  // Projects and paints the frame of a ticket; `out` has the size that was opened, in every tier.
  // Neither waits for other frames' painting nor allocates.
  virtual StageTimes paint(int ticket, int worker, const FrameView& out) = 0;
  // Of the latest prompt that was taken.
  virtual const Understanding& understanding() const = 0;
};

// Weights and plans; immutable after construction, shared by all states.
class VideoModel {
 public:
  virtual ~VideoModel() = default;
  // Throws Error{invalid_argument} for sizes, rates or prompts it cannot serve.
  virtual std::unique_ptr<VideoState> open(const OpenRequest& request) const = 0;
  // Makes ready what the next open() like this one needs beside the states that run, its memory
  // above all; does nothing where that is ready. Takes as long as a first open(): for a thread that
  // nobody waits for.
  virtual void prepare(const OpenRequest& request) const = 0;
  virtual Understanding understand(const std::string& prompt) const = 0;
  virtual std::string weights_hash() const = 0;
};

}  // namespace vita
