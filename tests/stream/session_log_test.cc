// From a live session to its log, and from the log to the same frames.
#include "stream/session_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "core/error.h"
#include "core/hash.h"
#include "stream/fake_clock.h"
#include "stream/fake_model.h"
#include "stream/live_session.h"
#include "stream/replay.h"

namespace vita {
namespace {

constexpr int kWidth = 160, kHeight = 96;

struct Seen {
  int64_t index = 0;
  std::string luma;
  bool operator==(const Seen&) const = default;
};

Seen seen(const Frame& frame) {
  const auto* bytes = reinterpret_cast<const std::byte*>(frame.y);
  return {frame.index, sha256_hex({bytes, static_cast<size_t>(kWidth) * kHeight})};
}

// Steps that a model was asked for.
struct Asked {
  std::mutex mutex;
  std::vector<std::pair<double, Tier>> steps;
  void add(const FrameRequest& request) {
    const std::lock_guard lock(mutex);
    steps.emplace_back(request.time_s, request.tier);
  }
};

void steer(LiveSession& session, int frame) {
  switch (frame) {
    case 5: session.post(PromptControl{"desert night", 1}); break;
    case 10: session.post(MoveControl{.forward = 0.3F, .yaw = 0.1F}); break;
    case 15:
      session.post(CameraControl{.x = 77.7, .z = 2, .y = 3, .yaw = 1, .pitch = -0.5F});
      break;
    case 25: session.post(EventControl{EventName::rain, 0.7, 2}); break;
    case 30: session.post(TierControl{Tier::half}); break;
    case 35: session.post(ResetControl{9, "snowy night"}); break;
    case 45:
      session.post(LookControl{6.5F, 1});
      session.post(LookControl{6.5F, 6.5F});
      break;
    default: break;
  }
}

TEST(SessionLog, HoldsAllThatMakesTheSameFramesAgain) {
  FakeClock clock;
  Asked asked, again;
  std::atomic<int> painted{0};
  std::atomic<LiveSession*> running{nullptr};
  const auto paint = [&](int, int) {
    const int number = painted++;
    clock.pass_until(clock.now_us() + (number == 20 ? 333000 : 1000));
    if (number != 13) return;
    // A prompt that meets a frame under way, for certain: this one, which is not handed out.
    LiveSession& session = *running.load();
    session.post(PromptControl{"desert noon", 1});
    while (session.pace().dropped == 0) std::this_thread::yield();
  };
  const auto model = std::make_shared<FakeModel>(
      FakeModelOptions{paint, {}, [&](const FrameRequest& request) { asked.add(request); }});
  LiveSession session(
      model,
      {.prompt = "snow", .seed = 3, .width = kWidth, .height = kHeight, .fps = 20, .workers = 2},
      clock);
  running = &session;
  std::vector<Seen> live, replayed;
  for (int k = 0; k < 60; k++) {
    const Frame* frame = session.next();
    ASSERT_NE(frame, nullptr);
    live.push_back(seen(*frame));
    steer(session, k);
  }
  EXPECT_GT(session.pace().skipped, 2);
  EXPECT_GT(session.pace().dropped, 0);
  session.stop();
  while (session.next()) {
  }
  const std::string text = session.log();
  const FakeModel second({{}, {}, [&](const FrameRequest& request) { again.add(request); }});
  Replay replay(second, parse_session_log(text, "test"));
  while (const Frame* frame = replay.next()) replayed.push_back(seen(*frame));
  ASSERT_GE(replayed.size(), live.size()) << text;
  EXPECT_LE(replayed.size(), live.size() + 4) << "those under way at the end";
  for (size_t k = 0; k < live.size(); k++) {
    EXPECT_EQ(replayed[k].index, live[k].index) << text;
    EXPECT_EQ(replayed[k].luma, live[k].luma) << "frame " << live[k].index << "\n" << text;
  }
  // The director may have begun one more frame while the log was read.
  ASSERT_LE(again.steps.size(), asked.steps.size());
  for (size_t k = 0; k < again.steps.size(); k++) EXPECT_EQ(again.steps[k], asked.steps[k]) << k;
}

constexpr const char* kHeader =
    R"({"vitascope_log":1,"weights":"fake","prompt":"snow","seed":18446744073709551615,)"
    R"("width":160,"height":96,"fps":24.0,"workers":1})"
    "\n";

SessionLogHeader header() { return {"fake", "snow", ~uint64_t{0}, kWidth, kHeight, 24, 1}; }

TEST(SessionLog, IsOneLineForFramesThatFollowEachOther) {
  SessionLog log(header());
  EXPECT_EQ(log.text(), kHeader + std::string("{\"end\":-1,\"cut\":false}\n"));
  for (int64_t k = 0; k < 5; k++) log.begun(k, k, Tier::full);
  log.dropped(2);
  log.controlled(3, MoveControl{.forward = 1});
  log.begun(3, 5, Tier::half);
  EXPECT_EQ(log.text(), kHeader + std::string(R"({"frame":0,"step":0,"frames":5,"tier":"full"}
{"dropped":2}
{"frame":3,"step":5,"control":{"forward":1.0,"pitch":0.0,"right":0.0,"type":"move","up":0.0,"yaw":0.0}}
{"frame":3,"step":5,"frames":1,"tier":"half"}
{"end":3,"cut":false}
)"));
  const LoggedSession read = parse_session_log(log.text(), "test");
  EXPECT_EQ(read.header.seed, ~uint64_t{0});
  ASSERT_EQ(read.entries.size(), 4u);
  EXPECT_EQ(std::get<LoggedRun>(read.entries[0]).count, 3);
  EXPECT_FALSE(std::get<LoggedRun>(read.entries[0]).dropped);
  EXPECT_EQ(std::get<LoggedRun>(read.entries[1]).count, 2);
  EXPECT_EQ(std::get<LoggedRun>(read.entries[1]).step, 3);
  EXPECT_TRUE(std::get<LoggedRun>(read.entries[1]).dropped);
}

TEST(SessionLog, SaysThatItIsCutAtItsLimit) {
  SessionLog log(header(), 1000);
  for (int64_t k = 0; k < 100; k++) {
    log.controlled(k, LookControl{0.1F, 0});
    log.begun(k, k, Tier::full);
  }
  const std::string text = log.text();
  EXPECT_LT(text.size(), 1100u);
  const LoggedSession read = parse_session_log(text, "test");
  EXPECT_TRUE(read.cut);
  EXPECT_GT(read.entries.size(), 4u);
}

TEST(SessionLog, RefusesWhatItDoesNotKnow) {
  const struct {
    std::string text, expected;
  } kCases[] = {
      {"", "line 1: found the end of the file, expected a header"},
      {"{}\n", "line 1: found {}, expected a header"},
      {"{\"vitascope_log\":2}\n", "\"vitascope_log\" is 2, expected 1"},
      {kHeader, "line 2: found the end of the file, expected an end line"},
      {kHeader + std::string("{\"end\":-1,\"cut\":false}\n{}\n"), "line 3: found more text"},
      {kHeader + std::string("{\"end\":7,\"cut\":false}\n"), "\"end\" is 7, expected -1"},
      {kHeader + std::string("{\"dropped\":1}\n"), "line 2: found 1 dropped frames, but only 0"},
      {kHeader + std::string("{\"hello\":1}\n"), "expected a line with one of frames"},
      {kHeader + std::string("nonsense\n"), "line 2: expected JSON"},
      {kHeader + std::string(R"({"frame":0,"step":0,"frames":1,"tier":"auto"})"),
       "\"tier\" is \"auto\", expected one of full"},
      {kHeader + std::string(R"({"frame":0,"step":0,"control":{"type":"pause"}})"),
       "expected a control of the world"},
      {kHeader + std::string("{\"frame\":0,\"step\":0,\"frames\":3,\"tier\":\"full\"}\n"
                             "{\"frame\":3,\"step\":2,\"frames\":3,\"tier\":\"full\"}\n"),
       "line 3: \"step\" is 2, expected a whole number from 3"},
  };
  for (const auto& c : kCases) {
    try {
      parse_session_log(c.text, "bad.log");
      ADD_FAILURE() << "accepted: " << c.text;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::corrupt);
      EXPECT_NE(std::string(e.what()).find(c.expected), std::string::npos) << e.what();
      EXPECT_NE(std::string(e.what()).find("bad.log"), std::string::npos);
    }
  }
}

TEST(SessionLog, IsNotReplayedWithOtherWeights) {
  LoggedSession log;
  log.header = header();
  log.header.weights = "others";
  EXPECT_THROW(Replay(FakeModel(), log), Error);
}

}  // namespace
}  // namespace vita
