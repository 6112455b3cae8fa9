#include "stream/pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "stream/count_allocations.h"
#include "stream/fake_model.h"

namespace vita {
namespace {

constexpr int kWidth = 160, kHeight = 96;

std::unique_ptr<VideoState> open_fake(const FakeModel& model, int workers) {
  return model.open({"snow", 0, kWidth, kHeight, 24, workers});
}

PipelineOptions small(int workers, int64_t frames) {
  PipelineOptions options;
  options.width = kWidth;
  options.height = kHeight;
  options.workers = workers;
  options.frames = frames;
  return options;
}

uint64_t hash_of(const Frame& frame) {
  uint64_t hash = 14695981039346656037u;
  for (int k = 0; k < kWidth * kHeight * 3 / 2; k++) hash = (hash ^ frame.y[k]) * 1099511628211u;
  return hash;
}

std::vector<uint64_t> hashes(int workers, std::vector<ScheduledControl> schedule) {
  // Uneven painting times shuffle the order in which frames get ready.
  FakeModel model({[](int ticket, int) {
                     std::this_thread::sleep_for(std::chrono::microseconds(ticket * 300));
                   },
                   {}});
  PipelineOptions options = small(workers, 60);
  options.schedule = std::move(schedule);
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, workers), options, clock);
  std::vector<uint64_t> result;
  while (const Frame* frame = pipeline.next()) {
    EXPECT_EQ(frame->index, static_cast<int64_t>(result.size()));
    result.push_back(hash_of(*frame));
  }
  return result;
}

TEST(Pipeline, FramesDoNotDependOnTheNumberOfWorkers) {
  const std::vector<ScheduledControl> schedule = {
      {0.5, PromptControl{"desert"}}, {1.0, MoveControl{1}}, {1.5, CameraControl{100}}};
  const std::vector<uint64_t> one = hashes(1, schedule);
  ASSERT_EQ(one.size(), 60u);
  EXPECT_NE(one[0], one[1]);
  for (const int workers : {2, 3, 7}) EXPECT_EQ(hashes(workers, schedule), one) << workers;
}

TEST(Pipeline, ScheduleTakesEffectAtTheFirstFrameOfItsTime) {
  const std::vector<uint64_t> plain = hashes(2, {});
  const std::vector<uint64_t> changed = hashes(2, {{0.5, PromptControl{"night"}}});
  for (size_t k = 0; k < 12; k++) EXPECT_EQ(plain[k], changed[k]) << k;
  for (size_t k = 12; k < 60; k++) EXPECT_NE(plain[k], changed[k]) << k;
}

TEST(Pipeline, AllocatesNothingPerFrameAfterWarmUp) {
  FakeModel model;
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 2), small(2, 300), clock);
  for (int k = 0; k < 50; k++) ASSERT_NE(pipeline.next(), nullptr);
  const long before = allocation_count();
  for (int k = 0; k < 200; k++) ASSERT_NE(pipeline.next(), nullptr);
  EXPECT_EQ(allocation_count() - before, 0);
}

TEST(Pipeline, AnswersControlsWithTheFrameThatShowsThem) {
  FakeModel model;
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 2), small(2, 100), clock);
  std::vector<uint64_t> seen;
  for (int k = 0; k < 10; k++) seen.push_back(hash_of(*pipeline.next()));
  const uint64_t id = pipeline.post(CameraControl{8});
  while (const Frame* frame = pipeline.next()) seen.push_back(hash_of(*frame));
  const auto receipt = pipeline.next_receipt();
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->control_id, id);
  EXPECT_EQ(receipt->outcome, Receipt::Outcome::applied);
  // Four pictures may be under way: two painted or painting, one ready, one just taken.
  EXPECT_GE(receipt->frame, 10);
  EXPECT_LE(receipt->frame, 14);
  const std::vector<uint64_t> same =
      hashes(1, {{static_cast<double>(receipt->frame) / 24, CameraControl{8}}});
  for (size_t k = 0; k < same.size(); k++) EXPECT_EQ(seen[k], same[k]) << k;
  EXPECT_FALSE(pipeline.next_receipt());
}

TEST(Pipeline, ARefusedControlIsAnsweredAndTheSessionGoesOn) {
  FakeModel model;
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 1), small(1, 40), clock);
  EXPECT_THROW(pipeline.post(MoveControl{2}), Error);
  EXPECT_THROW(pipeline.post(PromptControl{""}), Error);
  pipeline.next();
  pipeline.post(PromptControl{"forbidden"});
  int frames = 1;
  while (pipeline.next()) frames++;
  EXPECT_EQ(frames, 40);
  const auto receipt = pipeline.next_receipt();
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->outcome, Receipt::Outcome::refused);
  EXPECT_NE(receipt->reason.find("forbidden"), std::string::npos);
}

TEST(Pipeline, AnErrorOfAWorkerEndsTheSessionWithItsMessage) {
  std::atomic<int> painted{0};
  FakeModel model({[&](int, int) {
                     if (++painted == 20) throw Error(ErrorCode::internal, "brush broke");
                   },
                   {}});
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 2), small(2, 0), clock);
  std::string message;
  try {
    while (pipeline.next()) {
    }
  } catch (const Error& e) {
    message = e.what();
  }
  EXPECT_EQ(message, "brush broke");
  EXPECT_THROW(pipeline.next(), Error);
}

TEST(Pipeline, AnErrorOfAScheduledControlEndsTheSession) {
  FakeModel model;
  SteadyClock clock;
  PipelineOptions options = small(2, 0);
  options.schedule = {{0.25, PromptControl{"forbidden"}}};
  Pipeline pipeline(open_fake(model, 2), options, clock);
  EXPECT_THROW(while (pipeline.next()){}, Error);
}

TEST(Pipeline, StopsFromAnotherThread) {
  FakeModel model;
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 2), small(2, 0), clock);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    pipeline.stop();
  });
  while (pipeline.next()) {
  }
  stopper.join();
  EXPECT_EQ(pipeline.next(), nullptr);
}

TEST(Pipeline, DoesNotComputeWhatNobodyTakes) {
  std::atomic<int> advanced{0};
  FakeModel model({{}, [&](double) { advanced++; }});
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 2), small(2, 0), clock);
  pipeline.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(advanced, 1);  // the second frame waits until the first is given back
  pipeline.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(advanced, 5);  // one given back, and the ring: workers + 2
}

TEST(Pipeline, TheSecondFrameWaitsForTheFirst) {
  std::atomic<int> advanced{0};
  std::atomic<int> advanced_at_first{-1};
  FakeModel model({[&](int, int) {
                     if (advanced_at_first >= 0) return;
                     std::this_thread::sleep_for(std::chrono::milliseconds(20));
                     advanced_at_first = advanced.load();
                   },
                   [&](double) { advanced++; }});
  SteadyClock clock;
  Pipeline pipeline(open_fake(model, 2), small(2, 10), clock);
  while (pipeline.next()) {
  }
  EXPECT_EQ(advanced_at_first, 1);
}

TEST(Pipeline, RefusesOptionsThatMakeNoSense) {
  FakeModel model;
  SteadyClock clock;
  for (const auto& change : std::vector<void (*)(PipelineOptions&)>{
           [](PipelineOptions& o) { o.width = 161; }, [](PipelineOptions& o) { o.height = 0; },
           [](PipelineOptions& o) { o.fps = 0; }, [](PipelineOptions& o) { o.workers = 0; },
           [](PipelineOptions& o) { o.frames = -1; }}) {
    PipelineOptions options = small(1, 1);
    change(options);
    EXPECT_THROW(Pipeline(open_fake(model, 1), options, clock), Error);
  }
}

}  // namespace
}  // namespace vita
