// Drives one VideoState: a director advances it in order, workers paint, one consumer takes the
// frames.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/histogram.h"
#include "core/video_model.h"
#include "stream/clock.h"
#include "stream/mailbox.h"
#include "vita/frame.h"
#include "vita/session.h"

namespace vita {

// A control with its time in the video; it takes effect at the first frame at or after that time.
struct ScheduledControl {
  double time_s = 0;
  Control control;
};

struct PipelineOptions {
  int width = 1280, height = 720;
  double fps = 24;
  int workers = 1;
  int64_t frames = 0;  // 0: until stop()
  bool paced = false;
  std::vector<ScheduledControl> schedule;  // sorted by time
};

struct PipelineStats {
  Histogram projector, painter;  // thread time per frame, as the model tells it
  Histogram paint_cpu;           // thread time of a whole paint() call
  Histogram advance_cpu;         // thread time of a whole advance() call, controls included
  Histogram interval;            // wall time between two deliveries
  int64_t delivered = 0;
  int64_t skipped = 0, late = 0;  // see PaceCounters
};

// Owns the state, the threads and a ring of workers + 2 pictures. post(), next_receipt(), stats()
// and stop() may be called from any thread, next() from one. Nothing is allocated per frame. Paced:
// the clock starts when the first frame is taken; frame i is begun at most a few periods before it
// is due and handed out when it is due; frames that can no longer be in time are not begun, but
// counted.
class Pipeline {
 public:
  Pipeline(std::unique_ptr<VideoState> state, PipelineOptions options, Clock& clock);
  ~Pipeline();

  uint64_t post(const Control& control);
  std::optional<Receipt> next_receipt();
  // Waits for the next frame, which holds until the next call. Null at the end; throws what a
  // thread threw.
  const Frame* next();
  void stop();
  PipelineStats stats();
  PaceCounters pace();
  const VideoState& state() const { return *state_; }

 private:
  struct Slot {
    std::unique_ptr<uint8_t[]> memory;
    FrameView view;
    Frame frame;
    int ticket = 0;
    bool painted = false;
  };
  using Lock = std::unique_lock<std::mutex>;

  void make_slots();
  void stop_and_join();
  Slot& slot(int64_t sequence) { return slots_[static_cast<size_t>(sequence) % slots_.size()]; }
  void direct();
  void paint(int worker);
  template <class Body>
  void guard(Body body);
  bool may_advance() const;
  bool wait_for_turn(Lock& lock);
  void advance_one(Lock& lock);
  void apply_controls(Lock& lock, int64_t index);
  void wait_until_due(Lock& lock, int64_t due_us);
  int64_t due_us(int64_t index) const;

  std::unique_ptr<VideoState> state_;
  PipelineOptions options_;
  Clock& clock_;
  double period_us_;
  std::vector<Slot> slots_;

  std::mutex mutex_;
  std::condition_variable director_wake_, worker_wake_, consumer_wake_;
  Mailbox mailbox_;
  PipelineStats stats_;
  std::exception_ptr error_;
  bool stopping_ = false, complete_ = false, holding_ = false;
  // Sequence numbers of slots: begun by the director, taken by workers, handed out, given back.
  int64_t begun_ = 0, taken_ = 0, delivered_ = 0, released_ = 0;
  int64_t next_index_ = 0;  // of the frame that is begun next; in paced sessions it may leap
  size_t scheduled_ = 0;    // how much of the schedule has been applied
  std::optional<int64_t> start_us_, delivered_us_;
  std::vector<std::thread> threads_;
};

}  // namespace vita
