// When a frame of a paced session is due, and when to begin it.
#pragma once
#include <cstdint>

namespace vita {

// Not locked: its owner guards it. Time is the clock's, in microseconds.
class Pacer {
 public:
  // workers: how many frames are painted at once.
  Pacer(double fps, int workers);

  bool started() const { return started_; }
  // Frame `index` is due at `now_us`, the others in step.
  void start(int64_t index, int64_t now_us);
  int64_t due_us(int64_t index) const;
  // The latest frame that is due by then.
  int64_t due_by(int64_t now_us) const;
  // Whether a frame handed out now is more than a period late.
  bool late(int64_t index, int64_t now_us) const;

  // A frame took so long from its beginning until it was painted.
  void took(int64_t us);
  // How long before it is due a frame is begun: as long as painting mostly takes, so that it shows
  // the latest controls and is about in time; workers + 1 periods at most, and until one was timed.
  int64_t lead_us() const;
  int64_t begin_us(int64_t index) const { return due_us(index) - lead_us(); }
  // A frame that shows a new movement need not wait for its time. It may be so much earlier, less
  // than a period, so that a camera that is moved all the time gets frames in step, not ahead.
  int64_t soonest_us(int64_t index) const;

 private:
  double period_us_;
  int64_t lead_max_us_;
  bool started_ = false, timed_ = false;
  int64_t start_us_ = 0;  // when frame 0 was or would have been due
  double mean_us_ = 0, deviation_us_ = 0;
};

}  // namespace vita
