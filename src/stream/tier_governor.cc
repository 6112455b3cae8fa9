#include "stream/tier_governor.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vita {
namespace {

constexpr int kTroublesToFall = 4;    // frames in a window; a single hitch makes two or three
constexpr double kLatePart = .5;      // of a period: less is not seen
constexpr double kFull = 1.;          // of the budget: more cannot last
constexpr double kFits = .9;          // of the budget: leaves something to catch up with
constexpr double kMarginToRise = .7;  // of the budget
constexpr double kHoldLeast_s = 3, kHoldMost_s = 96;
constexpr double kSmoothing = 1. / 12;
// Frames after a change until the time that they take is known and what was late has caught up.
constexpr int kSettled = 12;

// What a frame costs, of one in full.
double cost(Tier tier) {
  switch (tier) {
    case Tier::three_quarters: return .6;
    case Tier::half: return .3;
    case Tier::automatic:
    case Tier::full: break;
  }
  return 1;
}

Tier finer(Tier tier) { return tier == Tier::half ? Tier::three_quarters : Tier::full; }
Tier coarser(Tier tier) { return tier == Tier::full ? Tier::three_quarters : Tier::half; }

}  // namespace

TierGovernor::TierGovernor(const Options& options)
    : budget_ms_(1e3 / options.fps * options.workers),
      period_ms_(1e3 / options.fps),
      hold_least_(std::llround(options.fps * kHoldLeast_s * (1 + options.spread))),
      hold_most_(std::llround(options.fps * kHoldMost_s)),
      hold_(hold_least_) {}

void TierGovernor::wish(Tier tier) {
  const Tier before = this->tier();
  wish_ = tier;
  if (tier != Tier::automatic) chosen_ = tier;
  if (chosen_ != before) change(chosen_);
}

void TierGovernor::change(Tier tier) {
  rose_ = cost(tier) > cost(chosen_);
  chosen_ = tier;
  changed_ = true;
  since_change_ = since_trouble_ = 0;
  troubles_.fill(0);
  took_ms_ = 0;
}

bool TierGovernor::strained() const {
  const int troubles = std::accumulate(troubles_.begin(), troubles_.end(), 0);
  return troubles >= kTroublesToFall ||
         (since_change_ >= kSettled && took_ms_ > kFull * budget_ms_);
}

bool TierGovernor::may_rise() const {
  if (chosen_ == Tier::full || since_trouble_ < hold_ || since_change_ < hold_) return false;
  return took_ms_ * cost(finer(chosen_)) / cost(chosen_) <= kMarginToRise * budget_ms_;
}

void TierGovernor::lower() {
  if (rose_ && since_change_ < 2 * hold_) hold_ = std::min(2 * hold_, hold_most_);
  const double whole_ms = took_ms_ / cost(chosen_);
  Tier tier = coarser(chosen_);
  while (tier != Tier::half && whole_ms * cost(tier) > kFits * budget_ms_) tier = coarser(tier);
  change(tier);
}

void TierGovernor::report(const FrameOutcome& outcome) {
  if (wish_ != Tier::automatic || outcome.tier != chosen_) return;
  const bool catching_up = changed_ && since_change_ < kSettled;
  const bool trouble =
      !catching_up && (outcome.skipped > 0 || outcome.late_ms > kLatePart * period_ms_);
  troubles_[static_cast<size_t>(since_change_) % kWindow] = trouble ? 1 : 0;
  since_change_++;
  since_trouble_ = trouble ? 0 : since_trouble_ + 1;
  took_ms_ += (took_ms_ == 0 ? 1 : kSmoothing) * (outcome.took_ms - took_ms_);
  if (strained()) {
    if (chosen_ != Tier::half) lower();
  } else if (may_rise()) {
    change(finer(chosen_));
  } else if (since_change_ % (4 * hold_) == 0 && since_trouble_ >= hold_) {
    hold_ = std::max(hold_ / 2, hold_least_);
  }
}

}  // namespace vita
