// Chooses how finely the next frames of a paced session are painted, from what became of the last.
#pragma once
#include <array>
#include <cstdint>

#include "core/video_model.h"

namespace vita {

// What became of one frame.
struct FrameOutcome {
  Tier tier = Tier::full;  // that it was painted in
  double took_ms = 0;      // wall time from its beginning until it was painted
  double late_ms = 0;      // handed out so long after it was due; 0 or less: in time
  int64_t skipped = 0;     // frames left out right before it
};

// Not locked: its owner guards it. Knows no clock: time is the number of frames reported and
// skipped, so the same reports give the same tiers.
//
// Down: when several frames of late were late or skipped, or take longer than the workers have, to
// the finest tier that should fit (at least one step). Up: one step, when nothing was late for the
// hold and the next tier should leave a margin. A step up that has to be taken back soon doubles
// the hold, so that a machine that is just too slow is not asked over and over again; a tier that
// was kept for long halves it.
class TierGovernor {
 public:
  struct Options {
    double fps = 24;
    int workers = 1;
    // 0..1: part by which this session's holds are longer, so that several sessions on one machine
    // do not all go up at once.
    double spread = 0;
  };
  explicit TierGovernor(const Options& options);

  // automatic: choose; anything else holds at once until the next wish.
  void wish(Tier tier);
  Tier wish() const { return wish_; }
  // Of the frame that is begun next; never automatic.
  Tier tier() const { return wish_ == Tier::automatic ? chosen_ : wish_; }
  // In the order in which frames are handed out. Frames of another tier than the present one tell
  // nothing: they were begun before the latest change.
  void report(const FrameOutcome& outcome);

 private:
  static constexpr int kWindow = 24;  // frames of late that are looked at

  void change(Tier tier);
  void lower();
  bool strained() const;
  bool may_rise() const;

  double budget_ms_;  // that a frame may take if none is to be late
  double period_ms_;
  int64_t hold_least_, hold_most_;
  Tier wish_ = Tier::automatic, chosen_ = Tier::full;
  std::array<uint8_t, kWindow> troubles_{};  // frames that were late or after skipped ones, a ring
  int64_t since_change_ = 0;                 // frames
  int64_t since_trouble_ = 0;
  int64_t hold_;
  bool changed_ = false;  // ever
  bool rose_ = false;     // the latest change was a step up
  double took_ms_ = 0;    // of late; 0: not known in this tier
};

}  // namespace vita
