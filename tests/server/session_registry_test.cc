#include "server/session_registry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "media/initialise.h"
#include "stream/fake_model.h"

namespace vita {
namespace {

// A server's sessions without its network.
class SessionRegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    initialise_media();
    options_.max_sessions = kSessions;
    registry_ = std::make_unique<SessionRegistry>(options_, metrics_, log_, tokens_);
    FakeModelOptions model;
    model.on_prepare = [this](const OpenRequest& request) {
      loop_.post([this, request] { prepared_.push_back(request); });
    };
    registry_->open({loop_, options_, metrics_, log_, encoders_, worker_,
                     std::make_shared<const FakeModel>(model), 1});
  }

  void create(SessionRegistry::Opened opened) {
    LiveOptions live;
    live.prompt = "snow";
    live.width = 1920;
    live.height = 1080;
    live.fps = 60;
    registry_->create(live, g_get_monotonic_time(), std::move(opened),
                      [](const HttpError& error) { ADD_FAILURE() << error.what(); });
  }

  static constexpr int kSessions = 4;
  MainLoop loop_;
  ServeOptions options_;
  Metrics metrics_;
  Log log_{LogLevel::error};
  Tokens tokens_{600};
  std::vector<OpenRequest> prepared_;
  EncoderStock encoders_{LiveEncoderOptions{}};
  BackgroundWorker worker_{64};
  std::unique_ptr<SessionRegistry> registry_;
};

TEST_F(SessionRegistryTest, ListsNoSessionThatHasClosed) {
  size_t listed = kSessions;
  create([&](HostedSession& session) {
    ControlChannel::Wire wire;
    wire.send = [](const std::string&) { return true; };
    wire.close = [&](uint16_t, const std::string&) {
      loop_.post([&] {
        listed = registry_->size();
        for (const auto& left : registry_->all()) EXPECT_FALSE(left->state().empty());
        loop_.quit();
      });
    };
    session.add_channel(Role::steer, std::move(wire));
    session.end("test");
  });
  loop_.run();
  EXPECT_EQ(listed, 0u);
}

// So that a reset need not wait for memory.
TEST_F(SessionRegistryTest, HasTheNextWorldOfASessionMadeReadyOnce) {
  create([](HostedSession&) {});
  int ticks_after = 0;
  const MainLoop::Timer tick = loop_.every(0.1, [&] {
    registry_->tick();
    if (!prepared_.empty() && ++ticks_after == 5) registry_->drain([&] { loop_.quit(); });
    return true;
  });
  loop_.run();
  ASSERT_EQ(prepared_.size(), 1u);
  EXPECT_EQ(prepared_[0].width, 1920);
  EXPECT_EQ(prepared_[0].workers, 1);
}

// A busy machine: encoders that fall behind, and a loop that hears of the end of a world at once
// and of all that follows too late, the last pictures and the end of the farewell among it.
TEST_F(SessionRegistryTest, OutlivesPicturesThatComeAfterTheFarewell) {
  std::function<void(int)> stall = [&](int ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    loop_.post([&] { stall(350); });
  };
  MainLoop::Timer end;
  int open = 0;
  for (int i = 0; i < kSessions; i++) {
    create([&](HostedSession&) {
      if (++open < kSessions) return;
      end = loop_.every(0.5, [&] {
        registry_->drain([&] { loop_.quit(); });
        loop_.post([&] { stall(30); });
        return false;
      });
    });
  }
  loop_.run();
  EXPECT_EQ(registry_->size(), 0u);
}

}  // namespace
}  // namespace vita
