// The governor against tables of how long frames take: a machine that is paced is played in a few
// lines.
#include "stream/tier_governor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace vita {
namespace {

constexpr double kFps = 24, kPeriod_ms = 1e3 / kFps;

double cost(Tier tier) { return tier == Tier::full ? 1 : tier == Tier::three_quarters ? .6 : .3; }

struct Played {
  std::vector<Tier> tiers;  // of every frame that was made
  int changes = 0, late = 0, skipped = 0;
  int count(Tier tier) const {
    return static_cast<int>(std::count(tiers.begin(), tiers.end(), tier));
  }
};

// Two workers; a frame in full takes full_ms(frame). Frames are begun two periods before they are
// due, those that are overtaken are skipped.
Played play(int frames, const std::function<double(int)>& full_ms, TierGovernor& governor) {
  Played played;
  double free_ms[2] = {-1e3, -1e3};
  int64_t skipped = 0;
  for (int frame = 0; frame < frames; frame++) {
    double& worker = *std::min_element(free_ms, free_ms + 2);
    const double due = frame * kPeriod_ms, begin = std::max(due - 2 * kPeriod_ms, worker);
    if (begin > due + kPeriod_ms) {
      skipped++;
      played.skipped++;
      continue;
    }
    const Tier tier = governor.tier();
    if (!played.tiers.empty() && played.tiers.back() != tier) played.changes++;
    played.tiers.push_back(tier);
    const double took = full_ms(frame) * cost(tier);
    worker = begin + took;
    if (worker > due + kPeriod_ms) played.late++;
    governor.report({tier, took, worker - due, skipped});
    skipped = 0;
  }
  return played;
}

TierGovernor two_workers() { return TierGovernor({kFps, 2, 0}); }

TEST(TierGovernor, StaysInFullWhileFramesAreInTime) {
  TierGovernor governor = two_workers();
  const Played played = play(
      2000, [](int) { return 60.; }, governor);
  EXPECT_EQ(played.count(Tier::full), 2000);
}

TEST(TierGovernor, ASingleHitchChangesNothing) {
  TierGovernor governor = two_workers();
  const Played played = play(
      2000, [](int frame) { return frame % 200 == 100 ? 130. : 40.; }, governor);
  EXPECT_EQ(played.changes, 0);
}

struct SlowCase {
  double full_ms;
  Tier ends_at;
};
class SlowMachine : public testing::TestWithParam<SlowCase> {};

TEST_P(SlowMachine, FindsTheTierThatFitsWithinASecondAndReturnsWhenTheMachineIsFree) {
  const SlowCase c = GetParam();
  TierGovernor governor = two_workers();
  const Played slow = play(
      480, [&](int) { return c.full_ms; }, governor);
  EXPECT_EQ(governor.tier(), c.ends_at);
  EXPECT_LT(slow.late + slow.skipped, 36) << "late and skipped in 20 s";
  EXPECT_EQ(slow.tiers[30], c.ends_at) << "about a second in";
  const Played quiet = play(
      2400, [](int) { return 35.; }, governor);
  EXPECT_EQ(governor.tier(), Tier::full);
  EXPECT_LE(quiet.changes, 2);
}

INSTANTIATE_TEST_SUITE_P(Loads, SlowMachine,
                         testing::Values(SlowCase{70, Tier::full},
                                         SlowCase{110, Tier::three_quarters},
                                         SlowCase{120, Tier::three_quarters},
                                         SlowCase{180, Tier::half}, SlowCase{250, Tier::half}));

TEST(TierGovernor, AMachineThatIsJustTooSlowIsNotAskedOverAndOver) {
  // Half of the time full fits, and it looks as if it would whenever three quarters are painted.
  TierGovernor governor = two_workers();
  const Played played = play(
      24 * 600, [](int frame) { return frame / 120 % 2 == 0 ? 58. : 130.; }, governor);
  EXPECT_LT(played.changes, 40) << "in ten minutes";
  EXPECT_GT(played.changes, 1);
  EXPECT_LT(played.late + played.skipped, 24 * 600 / 50);
}

TEST(TierGovernor, RisesAgainAfterABusyTime) {
  TierGovernor governor = two_workers();
  const Played played = play(
      24 * 60, [](int frame) { return frame > 240 && frame < 480 ? 150. : 40.; }, governor);
  EXPECT_EQ(played.tiers.front(), Tier::full);
  EXPECT_GT(played.count(Tier::half) + played.count(Tier::three_quarters), 200);
  EXPECT_EQ(played.tiers.back(), Tier::full);
  EXPECT_LE(played.changes, 8);
}

TEST(TierGovernor, SpreadHoldsLonger) {
  const auto first_rise = [](double spread) {
    TierGovernor governor({kFps, 2, spread});
    for (int k = 0; k < 4; k++) governor.report({Tier::full, 120, 100, 0});
    EXPECT_EQ(governor.tier(), Tier::three_quarters);
    int frames = 0;
    for (; governor.tier() != Tier::full && frames < 5000; frames++)
      governor.report({governor.tier(), 20, 0, 0});
    return frames;
  };
  EXPECT_GT(first_rise(.5), first_rise(0));
  EXPECT_LT(first_rise(1), 24 * 10);
}

TEST(TierGovernor, AWishHoldsWhateverHappens) {
  TierGovernor governor = two_workers();
  governor.wish(Tier::half);
  EXPECT_EQ(governor.tier(), Tier::half);
  for (int k = 0; k < 500; k++) governor.report({Tier::half, 5, 0, 0});
  EXPECT_EQ(governor.tier(), Tier::half);
  governor.wish(Tier::full);
  for (int k = 0; k < 500; k++) governor.report({Tier::full, 200, 300, 5});
  EXPECT_EQ(governor.tier(), Tier::full);
  governor.wish(Tier::automatic);
  EXPECT_EQ(governor.tier(), Tier::full) << "goes on from where it stands";
  for (int k = 0; k < 12; k++) governor.report({Tier::full, 200, 300, 5});
  EXPECT_EQ(governor.tier(), Tier::half);
}

TEST(TierGovernor, FramesBegunBeforeAChangeTellNothing) {
  TierGovernor governor = two_workers();
  for (int k = 0; k < 4; k++) governor.report({Tier::full, 120, 100, 0});
  ASSERT_EQ(governor.tier(), Tier::three_quarters);
  for (int k = 0; k < 6; k++) governor.report({Tier::full, 300, 400, 4});
  EXPECT_EQ(governor.tier(), Tier::three_quarters);
}

}  // namespace
}  // namespace vita
