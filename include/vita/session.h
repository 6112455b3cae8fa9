// One running world: steer it from any thread, pull its frames in order from one.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "vita/control.h"
#include "vita/export.h"
#include "vita/frame.h"

namespace vita {

struct SessionOptions {
  std::string prompt;
  uint64_t seed = 0;
  int width = 1280, height = 720;  // even, from 160x96 to 1920x1088
  double fps = 24;
  int64_t frames = 0;  // how many to make; 0: until stop()
  // How finely to paint. Automatic: in full, and in a paced session what the machine keeps up with.
  Tier tier = Tier::automatic;
  bool paced = false;  // true: one frame per 1/fps of the clock, late ones are skipped and counted
};

// Frames since the start that were skipped, delivered more than one period late, or dropped because
// a control came that they do not show; paced sessions only.
struct PaceCounters {
  int64_t skipped = 0, late = 0, dropped = 0;
};

// Made by Engine::start. control(), next_receipt() and stop() may be called from any thread;
// next_frame() from one thread at a time. The engine may go before its sessions.
class VITA_API Session {
 public:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // Takes effect at the next frame that is begun; returns the id that its receipt will carry.
  // Throws Error{invalid_argument} for a control that makes no sense.
  uint64_t control(const Control& control);
  // The oldest unread receipt, if any. Only the latest 256 are kept.
  std::optional<Receipt> next_receipt();
  // Waits for the next frame. Null at the end; throws what went wrong inside.
  const Frame* next_frame();
  // Ends the session; a waiting next_frame() returns null.
  void stop();
  // What was taken from the first prompt.
  const Understanding& understanding() const;
  PaceCounters pace() const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace vita
