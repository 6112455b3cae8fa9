// Drives one VideoState: a director advances it in order, workers paint, one consumer takes the
// frames.
#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/histogram.h"
#include "core/video_model.h"
#include "stream/clock.h"
#include "stream/mailbox.h"
#include "stream/pacer.h"
#include "stream/step_observer.h"
#include "stream/tier_governor.h"
#include "vita/frame.h"
#include "vita/session.h"

namespace vita {

// A control with its time in the video; it takes effect at the first frame at or after that time.
struct ScheduledControl {
  double time_s = 0;
  Control control;  // one that a VideoState takes
};

// From frame `frame` on, frames are painted in this tier.
struct ScheduledTier {
  int64_t frame = 0;
  Tier tier = Tier::full;
};

// Where the worlds of ResetControls come from.
struct WorldSource {
  const VideoModel* model = nullptr;  // none: resets are refused
  std::string prompt;                 // of the world that runs
  uint64_t seed = 0;
};

struct PipelineOptions {
  int width = 1280, height = 720;
  double fps = 24;
  int workers = 1;
  int64_t frames = 0;  // 0: until stop()
  bool paced = false;
  bool paused = false;                     // makes the first frame and waits
  std::vector<ScheduledControl> schedule;  // sorted by time
  // Wished at first. Automatic: full, and in a paced session what the machine keeps up with.
  Tier tier = Tier::automatic;
  double tier_spread = 0;            // see TierGovernor::Options
  std::vector<ScheduledTier> tiers;  // sorted; if there are any, nothing else chooses: for replay
  WorldSource worlds;
  StepObserver* observer = nullptr;
};

struct PipelineStats {
  Histogram projector, painter;  // thread time per frame, as the model tells it
  Histogram paint_cpu;           // thread time of a whole paint() call, its helpers' included
  Histogram advance_cpu;         // thread time of a whole advance() call, controls included
  Histogram interval;            // wall time between two deliveries
  Histogram making;              // wall time from a frame's beginning until it is painted
  int64_t delivered = 0;
  PaceCounters pace;
  std::array<int64_t, 3> tiers{};  // frames delivered in full, three quarters and half
  int64_t tier_changes = 0;        // from a delivered frame to the next
};

// Owns the state, the threads and a ring of workers + 2 pictures. post(), next_receipt(), stats()
// and the like, and stop() may be called from any thread, next() from one. Nothing is allocated per
// frame. Paced: the clock starts when the first frame is taken; a frame is begun just in time and
// handed out when it is due; frames that can no longer be in time are not begun, but counted. On a
// prompt, a pose or a reset those that were begun and not handed out are dropped, and the next one
// begins at once in their place.
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
  WorldStatus status();  // as of the frame that was handed out last
  bool paused();
  Tier tier_wish();  // what the latest TierControl said
  Tier tier();       // of the frame that was handed out last

 private:
  struct Slot {
    std::unique_ptr<uint8_t[]> memory;
    FrameView view;
    Frame frame;
    WorldStatus status;
    int ticket = 0;
    Tier tier = Tier::full;
    int64_t skipped = 0;  // frames left out right before it
    int64_t begun_us = 0, painted_us = 0;
    bool first = false;   // of its world
    bool rested = false;  // the first after a rest
    bool eager = false;   // begun before its time, to be handed out when it is painted
    bool painted = false, dropped = false;
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
  bool urgent() const;
  bool eager() const;
  void leap();
  Tier next_tier(int64_t index);
  void advance_one(Lock& lock);
  void count_delivered(const Slot& s, int64_t now_us);
  bool pass_dropped();

  // In pipeline_control.cc: what controls do.
  void drop_begun();
  void reset(Lock& lock);
  std::unique_ptr<VideoState> open_world(Lock& lock, const WorldSource& wanted);
  void apply_controls(Lock& lock, int64_t index);
  Receipt apply(const Mailbox::Letter& letter, int64_t index);

  std::unique_ptr<VideoState> state_;
  PipelineOptions options_;
  Clock& clock_;
  Pacer pacer_;
  std::vector<Slot> slots_;

  std::mutex mutex_;
  std::condition_variable director_wake_, worker_wake_, consumer_wake_;
  Mailbox mailbox_;
  PipelineStats stats_;
  WorldStatus status_;
  TierGovernor governor_;
  Tier tier_ = Tier::full;
  std::exception_ptr error_;
  bool stopping_ = false, complete_ = false, holding_ = false;
  bool paused_ = false;
  bool rested_ = false;  // no frame was due for a while, so that those between were not skipped
  // Sequence numbers of slots: begun by the director, taken by workers, handed out, given back.
  int64_t begun_ = 0, taken_ = 0, delivered_ = 0, released_ = 0;
  int painting_ = 0;        // workers that are at it
  int64_t next_index_ = 0;  // of the frame that is begun next; in paced sessions it may leap
  // The world's own time is (index - origin_) / fps: it stands still while the session is paused
  // and begins anew with a new world.
  int64_t origin_ = 0;
  int64_t first_ = 0;     // sequence number of the world's first frame
  size_t scheduled_ = 0;  // how much of the schedule has been applied
  size_t scheduled_tiers_ = 0;
  int64_t skipped_before_ = 0;  // the next frame that is begun
  std::optional<int64_t> delivered_us_;
  std::thread undertaker_;  // ends the world before
  std::vector<std::thread> threads_;
};

}  // namespace vita
