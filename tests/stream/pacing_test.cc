#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "stream/fake_clock.h"
#include "stream/fake_model.h"
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

}  // namespace
}  // namespace vita
