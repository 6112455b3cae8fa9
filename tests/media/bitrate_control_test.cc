#include "media/bitrate_control.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"

namespace vita {
namespace {

constexpr int64_t kSecond = 1'000'000;
const BitrateLimits kLimits{300, 6000, 3000};

struct Step {
  double loss, rtt_ms;
  int expected_kbps;
};

// One report a second of one viewer.
void follow(const std::vector<Step>& steps) {
  BitrateControl control(kLimits);
  int64_t now_us = kSecond;
  for (const Step& step : steps) {
    SCOPED_TRACE("second " + std::to_string(now_us / kSecond));
    EXPECT_EQ(control.update(1, {step.loss, step.rtt_ms}, now_us), step.expected_kbps);
    now_us += kSecond;
  }
}

TEST(BitrateControl, GrowsOnACleanPathUpToTheCeiling) {
  std::vector<Step> steps;
  for (int k = 1; k <= 14; k++) steps.push_back({0.01, 30, std::min(3000 + 300 * k, 6000)});
  follow(steps);
}

TEST(BitrateControl, FallsWithLossAndHoldsBeforeItGrows) {
  follow({{0.05, 30, 2700},
          {0.2, 30, 1890},
          {0, 30, 1890},
          {0, 30, 1890},
          {0, 30, 2190},
          {0, 30, 2490},
          {0.03, 30, 2241},
          {0, 30, 2241}});
}

TEST(BitrateControl, NeverFallsBelowTheFloor) {
  BitrateControl control(kLimits);
  for (int k = 1; k < 30; k++) control.update(1, {1, 0}, k * kSecond);
  EXPECT_EQ(control.target_kbps(30 * kSecond), 300);
}

TEST(BitrateControl, TakesAGrownRoundTripForAQueue) {
  follow({{0, 20, 3300}, {0, 110, 3600}, {0, 130, 3240}, {0, 20, 3240}});
  follow({{0, 200, 3300}, {0, 290, 3600}, {0, 350, 3900}, {0, 450, 3510}});  // a long path
}

TEST(BitrateControl, ServesTheWorstViewerWithinReason) {
  BitrateControl control(kLimits);
  for (int k = 1; k <= 20; k++) {
    control.update(1, {0, 30}, k * kSecond);
    control.update(2, {0, 30}, k * kSecond);
    control.update(3, {k <= 4 ? 0.05 : 0.02, 30}, k * kSecond);
  }
  const int64_t now_us = 20 * kSecond;
  EXPECT_EQ(control.viewer_kbps(1), 6000);
  EXPECT_EQ(control.target_kbps(now_us), control.viewer_kbps(3));
  for (int k = 0; k < 20; k++) control.update(3, {0.5, 30}, now_us);
  EXPECT_EQ(control.viewer_kbps(3), 300);
  EXPECT_EQ(control.target_kbps(now_us), 3000);  // half of the others'
  control.remove(3);
  EXPECT_EQ(control.target_kbps(now_us), 6000);
}

TEST(BitrateControl, ForgetsViewersThatAreSilent) {
  BitrateControl control(kLimits);
  control.update(1, {0, 30}, kSecond);
  control.update(2, {0.5, 30}, kSecond);
  EXPECT_EQ(control.target_kbps(kSecond), 2100);
  control.update(1, {0, 30}, 12 * kSecond);
  EXPECT_EQ(control.target_kbps(12 * kSecond), 3600);
  EXPECT_EQ(control.target_kbps(60 * kSecond), 3000);  // nobody: the start rate
}

TEST(BitrateControl, BearsNonsense) {
  BitrateControl control(kLimits);
  EXPECT_EQ(control.update(1, {std::nan(""), 30}, kSecond), 3000);
  EXPECT_EQ(control.update(1, {0, INFINITY}, kSecond), 3000);
  EXPECT_EQ(control.update(1, {-5, -1}, kSecond), 3300);
  EXPECT_EQ(control.update(1, {77, 0}, kSecond), 2310);
}

TEST(BitrateControl, RefusesLimitsOutOfOrder) {
  EXPECT_THROW(BitrateControl({0, 6000, 3000}), Error);
  EXPECT_THROW(BitrateControl({300, 2000, 3000}), Error);
  EXPECT_THROW(BitrateControl({300, 6000, 200}), Error);
}

}  // namespace
}  // namespace vita
