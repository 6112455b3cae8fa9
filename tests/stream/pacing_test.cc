#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "stream/fake_clock.h"
#include "stream/fake_model.h"
#include "stream/pacer.h"
#include "stream/pipeline.h"

namespace vita {
namespace {

struct Paced {
  std::vector<int64_t> indices, times_us;
  PaceCounters pace;
};

// Plays one second of 20 fps in a paced session of one worker; the frame of index k takes
// paint_us(k).
Paced play(int64_t (*paint_us)(int painted)) {
  FakeClock clock;
  std::atomic<int> painted{0};
  FakeModel model({[&](int, int) { clock.pass_until(clock.now_us() + paint_us(painted++)); }, {}});
  PipelineOptions options;
  options.width = 160;
  options.height = 96;
  options.fps = 20;
  options.frames = 20;
  options.paced = true;
  Pipeline pipeline(model.open({"snow", 0, 160, 96, 20, 1}), options, clock);
  Paced result;
  while (const Frame* frame = pipeline.next()) {
    result.indices.push_back(frame->index);
    result.times_us.push_back(clock.now_us());
  }
  result.pace = pipeline.pace();
  return result;
}

TEST(Pacing, HandsOutEachFrameWhenItIsDue) {
  const Paced played = play([](int) -> int64_t { return 1000; });
  ASSERT_EQ(played.indices.size(), 20u);
  EXPECT_EQ(played.pace.skipped, 0);
  EXPECT_EQ(played.pace.late, 0);
  for (size_t k = 1; k < 20; k++) {
    const int64_t since_us = played.times_us[k] - played.times_us[0];
    // The next frame's painting may pass its millisecond before the clock is read here.
    EXPECT_GE(since_us, static_cast<int64_t>(k) * 50000 - 1000) << k;
    EXPECT_LE(since_us, static_cast<int64_t>(k) * 50000 + 50000) << k;
  }
}

TEST(Pacing, SkipsAndCountsFramesThatCannotBeInTime) {
  // One frame takes a third of a second: six or seven periods.
  const Paced played = play([](int painted) -> int64_t { return painted == 5 ? 333000 : 1000; });
  EXPECT_GT(played.pace.skipped, 2);
  EXPECT_GT(played.pace.late, 0);
  EXPECT_EQ(static_cast<int64_t>(played.indices.size()) + played.pace.skipped, 20);
  for (size_t k = 1; k < played.indices.size(); k++) {
    EXPECT_GT(played.indices[k], played.indices[k - 1]);
  }
}

TEST(Pacing, BuildsNoBacklogWhenEveryFrameIsTooSlow) {
  const Paced played = play([](int) -> int64_t { return 150000; });
  EXPECT_GE(played.pace.skipped, 10);
  const int64_t last = played.indices.back();
  const int64_t behind_us = played.times_us.back() - played.times_us[0] - last * 50000;
  EXPECT_LE(behind_us, 400000);  // two frames of painting at most, however long it runs
}

// The control comes while the frame before is painted. Where the clock has passed on before the
// threads had their turn a frame comes at its usual time; so some are early, not all.
TEST(Pacing, AMovementDoesNotWaitForTheNextFramesTime) {
  FakeClock clock;
  std::atomic<Pipeline*> running{nullptr};
  std::atomic<int> painted{0};
  FakeModel model({[&](int, int) {
                     clock.pass_until(clock.now_us() + 1000);
                     Pipeline* pipeline = running;
                     if (painted++ % 5 == 3 && pipeline) pipeline->post(MoveControl{1});
                   },
                   {}});
  PipelineOptions options;
  options.width = 160;
  options.height = 96;
  options.fps = 20;
  options.frames = 60;
  options.paced = true;
  Pipeline pipeline(model.open({"snow", 0, 160, 96, 20, 1}), options, clock);
  running = &pipeline;
  std::vector<int64_t> times_us;
  while (pipeline.next()) times_us.push_back(clock.now_us());
  ASSERT_EQ(times_us.size(), 60u);
  int sooner = 0;
  for (size_t k = 5; k < 60; k++) {
    const int64_t early_us = times_us[0] + static_cast<int64_t>(k) * 50000 - times_us[k];
    EXPECT_LE(early_us, k % 5 == 4 ? 42000 : 5000) << k;
    sooner += early_us > 30000 ? 1 : 0;
  }
  EXPECT_GE(sooner, 2);
  EXPECT_EQ(pipeline.pace().skipped, 0);
}

TEST(Pacer, BeginsAFrameAboutAsLongBeforeItIsDueAsPaintingTakes) {
  Pacer pacer(20, 2);
  EXPECT_EQ(pacer.lead_us(), 150000);  // nothing is known: workers + 1 periods
  for (int k = 0; k < 100; k++) pacer.took(15000);
  EXPECT_GE(pacer.lead_us(), 15000);
  EXPECT_LE(pacer.lead_us(), 17000);  // what is begun sooner shows older controls
  for (int k = 0; k < 100; k++) pacer.took(k % 2 == 0 ? 10000 : 20000);
  EXPECT_GE(pacer.lead_us(), 19000);  // most are in time
  EXPECT_LE(pacer.lead_us(), 25000);
  for (int k = 0; k < 100; k++) pacer.took(400000);
  EXPECT_EQ(pacer.lead_us(), 150000);
}

}  // namespace
}  // namespace vita
