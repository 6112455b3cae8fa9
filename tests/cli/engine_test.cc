#include "vita/engine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "engine/bench.h"
#include "engine/picture_size.h"
#include "vita/error.h"

namespace vita {
namespace {

const char* const kModel = "tests/cli/fake_model";

TEST(Engine, ASessionOutlivesItsEngine) {
  std::optional<Session> session;
  {
    const Engine engine({kModel, 2});
    EXPECT_EQ(engine.weights_hash(), "fake");
    session = engine.start({.prompt = "snow dragon", .width = 320, .height = 192, .frames = 30});
  }
  EXPECT_EQ(session->understanding().ignored, std::vector<std::string>{"dragon"});
  int64_t frames = 0;
  uint64_t id = 0;
  while (const Frame* frame = session->next_frame()) {
    EXPECT_EQ(frame->index, frames++);
    if (frames == 3) id = session->control(MoveControl{1});
  }
  EXPECT_EQ(frames, 30);
  const auto receipt = session->next_receipt();
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->control_id, id);
  EXPECT_EQ(session->pace().skipped, 0);
}

TEST(Engine, APacedSessionKeepsTime) {
  const Engine engine({kModel, 1});
  Session session = engine.start(
      {.prompt = "snow", .width = 160, .height = 96, .fps = 50, .frames = 11, .paced = true});
  session.next_frame();
  const auto start = std::chrono::steady_clock::now();
  while (session.next_frame()) {
  }
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(199));
}

TEST(Engine, RefusesWhatItCannotServe) {
  EXPECT_THROW(Engine({"no/such/folder"}), Error);
  EXPECT_THROW(Engine({kModel, -1}), Error);
  const Engine engine({kModel, 1});
  EXPECT_THROW(engine.start({.prompt = ""}), Error);
  EXPECT_THROW(engine.start({.prompt = "snow", .width = 1281}), Error);
  EXPECT_THROW(engine.start({.prompt = "snow", .fps = 0}), Error);
  EXPECT_THROW(engine.start({.prompt = "snow", .frames = -1}), Error);
  EXPECT_THROW(engine.start({.prompt = "forbidden"}), Error);
  EXPECT_THROW(engine.understand("\xff"), Error);
}

TEST(Engine, TheBundledModelIsFoundByTheEnvironment) {
  setenv("VITA_MODEL_DIR", "some/folder", 1);
  EXPECT_EQ(default_model_dir(), "some/folder");
  unsetenv("VITA_MODEL_DIR");
}

TEST(Bench, PercentilesAreOfTheNearestRank) {
  EXPECT_EQ(percentiles({}).count, 0);
  EXPECT_EQ(percentiles({7}).p99, 7);
  std::vector<double> hundred;
  for (int k = 100; k >= 1; k--) hundred.push_back(k);
  const Percentiles p = percentiles(hundred);
  EXPECT_EQ(p.count, 100);
  EXPECT_EQ(p.p50, 50);
  EXPECT_EQ(p.p95, 95);
  EXPECT_EQ(p.p99, 99);
}

TEST(Bench, MeasuresAtLeastTwentyDifferentPrompts) {
  std::vector<std::string> prompts = bench_prompts(false);
  EXPECT_GE(prompts.size(), 20u);
  std::sort(prompts.begin(), prompts.end());
  EXPECT_EQ(std::unique(prompts.begin(), prompts.end()), prompts.end());
}

TEST(PictureSize, CountsFrames) {
  EXPECT_EQ(frames_in(10, 24), 240);
  EXPECT_EQ(frames_in(1.0 / 24, 24), 1);
  EXPECT_THROW(frames_in(0.001, 24), Error);
}

}  // namespace
}  // namespace vita
