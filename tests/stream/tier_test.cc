// The tier on its way through a pipeline: chosen, wished, counted, told and replayed.
#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "stream/fake_clock.h"
#include "stream/fake_model.h"
#include "stream/pipeline.h"

namespace vita {
namespace {

constexpr int kWidth = 160, kHeight = 96;
constexpr double kFps = 20;  // a period of 50 ms

class Notes : public StepObserver {
 public:
  void begun(int64_t frame, int64_t, Tier tier) override { tiers.push_back({frame, tier}); }
  void controlled(int64_t, const Control&) override {}
  void opened(int64_t, const std::string&, uint64_t) override {}
  void dropped(int64_t) override {}
  std::vector<ScheduledTier> tiers;
};

PipelineOptions options(bool paced, int64_t frames) {
  PipelineOptions o;
  o.width = kWidth;
  o.height = kHeight;
  o.fps = kFps;
  o.frames = frames;
  o.paced = paced;
  return o;
}

// A machine of one worker on which a frame in full takes `full_us`.
struct Machine {
  explicit Machine(int64_t full_us)
      : model({[this, full_us](int, int) { clock.pass_until(clock.now_us() + cost_us(full_us)); },
               {},
               [this](const FrameRequest& request) {
                 const std::lock_guard lock(mutex);
                 asked.push_back(request.tier);
               }}) {}
  int64_t cost_us(int64_t full_us) {
    const std::lock_guard lock(mutex);
    switch (asked.back()) {
      case Tier::three_quarters: return full_us * 6 / 10;
      case Tier::half: return full_us * 3 / 10;
      default: return full_us;
    }
  }
  std::unique_ptr<VideoState> open() const {
    return model.open({"snow", 0, kWidth, kHeight, kFps, 1});
  }

  FakeClock clock;
  std::mutex mutex;
  std::vector<Tier> asked;  // of the model
  FakeModel model;
};

void play(Pipeline& pipeline) {
  while (pipeline.next()) {
  }
}

TEST(PipelineTier, FollowsLateFramesAndTellsTheModelAndTheObserver) {
  Machine machine(70000);
  Notes notes;
  PipelineOptions o = options(true, 120);
  o.observer = &notes;
  Pipeline pipeline(machine.open(), o, machine.clock);
  play(pipeline);
  const PipelineStats stats = pipeline.stats();
  EXPECT_GT(stats.tiers[1] + stats.tiers[2], 60);
  EXPECT_GT(stats.tiers[0], 2) << "it began in full";
  EXPECT_EQ(stats.tiers[0] + stats.tiers[1] + stats.tiers[2], stats.delivered);
  EXPECT_GT(stats.tier_changes, 0);
  ASSERT_EQ(notes.tiers.size(), machine.asked.size());
  for (size_t k = 0; k < notes.tiers.size(); k++) EXPECT_EQ(notes.tiers[k].tier, machine.asked[k]);
  EXPECT_EQ(pipeline.tier(), machine.asked.back());
}

TEST(PipelineTier, IsPlayedAgainAsItWasRecorded) {
  Machine machine(70000), again(10000);
  Notes notes, replayed;
  PipelineOptions o = options(true, 100);
  o.observer = &notes;
  Pipeline recorded(machine.open(), o, machine.clock);
  play(recorded);
  EXPECT_GT(recorded.stats().tier_changes, 0);
  PipelineOptions r = options(false, 100);
  r.observer = &replayed;
  r.tiers = notes.tiers;
  Pipeline replay(again.open(), r, again.clock);
  play(replay);
  ASSERT_EQ(replayed.tiers.size(), 100u);
  for (const ScheduledTier& frame : notes.tiers)
    EXPECT_EQ(replayed.tiers[static_cast<size_t>(frame.frame)].tier, frame.tier) << frame.frame;
}

TEST(PipelineTier, StaysFullWhereNoClockPresses) {
  Machine machine(200000);
  Pipeline pipeline(machine.open(), options(false, 60), machine.clock);
  play(pipeline);
  EXPECT_EQ(pipeline.stats().tiers[0], 60);
}

TEST(PipelineTier, SaysWhenAFrameIsAlone) {
  for (const bool paced : {false, true}) {
    std::mutex mutex;
    int alone = 0, under_way = 0, wrong = 0;
    FakeClock clock;
    FakeModel model({[&](int, int) {
                       clock.pass_until(clock.now_us() + 1000);
                       const std::lock_guard lock(mutex);
                       under_way--;
                     },
                     {},
                     [&](const FrameRequest& request) {
                       const std::lock_guard lock(mutex);
                       alone += request.alone ? 1 : 0;
                       wrong += request.alone && under_way > 0 ? 1 : 0;
                       under_way++;
                     }});
    Pipeline pipeline(model.open({"snow", 0, kWidth, kHeight, kFps, 2}), options(paced, 30), clock);
    play(pipeline);
    EXPECT_EQ(wrong, 0);
    if (paced) {
      EXPECT_GT(alone, 20) << "a frame each 50 ms, painted in one";
    } else {
      EXPECT_EQ(alone, 0) << "where every frame is wanted at once, each has a core of its own";
    }
  }
}

TEST(PipelineTier, AWishHoldsUntilTheNext) {
  Machine machine(1000);
  PipelineOptions o = options(false, 60);
  o.tier = Tier::half;
  Pipeline pipeline(machine.open(), o, machine.clock);
  EXPECT_EQ(pipeline.tier_wish(), Tier::half);
  for (int k = 0; k < 10; k++) {
    ASSERT_NE(pipeline.next(), nullptr);
    EXPECT_EQ(pipeline.tier(), Tier::half);
  }
  pipeline.post(TierControl{Tier::three_quarters});
  EXPECT_EQ(pipeline.tier_wish(), Tier::three_quarters);
  play(pipeline);
  const PipelineStats stats = pipeline.stats();
  EXPECT_EQ(stats.tiers[0], 0);
  EXPECT_GE(stats.tiers[1], 40);
  EXPECT_EQ(stats.tier_changes, 1);
}

}  // namespace
}  // namespace vita
