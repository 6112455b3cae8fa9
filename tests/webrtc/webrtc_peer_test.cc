#include "webrtc/webrtc_peer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <thread>

#include "core/error.h"
#include "media/live_encoder.h"
#include "media/media_tools.h"
#include "webrtc/viewer.h"

namespace vita {
namespace {

// A session that has run for thirteen hours: nothing may wait for these times, and the RTP time
// stamp runs over within the first second.
constexpr int64_t kStart_us = 47'721'600'000;
constexpr auto kPatience = std::chrono::seconds(20);

// What a peer has said, for tests to wait for.
struct Heard {
  std::promise<std::string> answered, closed;
  std::promise<void> connected, channel_open;
  std::promise<std::string> message;
  std::promise<WebrtcPeerStats> stats;
  std::atomic<bool> stats_given{false};
  std::atomic<int> keys_needed{0}, closings{0};

  WebrtcPeerCallbacks callbacks() {
    WebrtcPeerCallbacks on;
    on.answered = [this](const std::string& sdp) { answered.set_value(sdp); };
    on.connected = [this] { connected.set_value(); };
    on.channel_open = [this] { channel_open.set_value(); };
    on.message = [this](std::string_view text) { message.set_value(std::string(text)); };
    on.key_needed = [this] { keys_needed++; };
    on.stats = [this](const WebrtcPeerStats& s) {
      if (s.reported && !stats_given.exchange(true)) stats.set_value(s);
    };
    on.closed = [this](const std::string& reason) {
      closings++;
      closed.set_value(reason);
    };
    return on;
  }
};

template <class T>
bool comes(std::future<T>& future) {
  return future.wait_for(kPatience) == std::future_status::ready;
}

// For what no future tells.
bool soon(const std::function<bool()>& holds) {
  for (int tries = 0; tries < 2000 && !holds(); tries++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return holds();
}

class WebrtcPeerTest : public testing::Test {
 protected:
  void open(WebrtcPeerOptions options = {}) {
    options.offer = viewer_.offer();
    ASSERT_FALSE(options.offer.empty());
    peer_.emplace(options, heard_.callbacks());
  }
  void connect(const WebrtcPeerOptions& options = {}) {
    open(options);
    auto answered = heard_.answered.get_future();
    ASSERT_TRUE(comes(answered));
    answer_ = answered.get();
    viewer_.answer(answer_);
    auto connected = heard_.connected.get_future();
    ASSERT_TRUE(comes(connected));
  }
  void stream(int64_t first, int64_t count) {
    LiveEncoder encoder({kWidth, kHeight, 24, 2000, 4},
                        {[this](const AccessUnit& unit) {
                           if (peer_->send(unit)) sent_.push_back(unit);
                         },
                         [](const std::string& text) { FAIL() << text; }});
    ASSERT_TRUE(encoder.prime());
    for (int64_t k = first; k < first + count; k++) {
      encoder.push(draw(k).frame, kStart_us + k * 41'667);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT_TRUE(soon([&] { return encoder.counters().encoded >= count; }));
  }

  Heard heard_;
  Viewer viewer_;
  std::string answer_;
  std::vector<AccessUnit> sent_;
  std::optional<WebrtcPeer> peer_;  // goes first
};

TEST_F(WebrtcPeerTest, PicturesArriveWithTheirTimes) {
  connect();
  stream(3, 24);
  ASSERT_EQ(sent_.size(), 24u);
  ASSERT_TRUE(sent_.front().key);
  // The last picture is whole in the viewer only when something follows it.
  ASSERT_TRUE(viewer_.wait([](const Viewer::Seen& s) { return s.units.size() >= 23; }));
  const Viewer::Seen seen = viewer_.seen();
  ASSERT_GE(seen.rtp_times.size(), 23u);
  for (size_t k = 0; k < 23; k++)
    EXPECT_EQ(seen.rtp_times[k], static_cast<uint32_t>(sent_[k].pts_us * 9 / 100)) << k;
  const TemporaryFolder folder;
  const std::string pictures = decode(seen.units, folder.path());
  const size_t size = kLuma * 3 / 2;
  ASSERT_GE(pictures.size(), 23 * size);
  for (size_t k = 0; k < 23; k++) {
    const auto* found = reinterpret_cast<const uint8_t*>(pictures.data() + k * size);
    EXPECT_LT(mean_error(draw(static_cast<int64_t>(k) + 3), found), 6) << k;
  }
  EXPECT_EQ(peer_->stats().units_sent, 24);
}

TEST_F(WebrtcPeerTest, NothingIsSentBeforeAKeyFrame) {
  connect();
  AccessUnit delta;
  delta.data = std::make_shared<const uint8_t>(uint8_t{0});
  delta.size = 1;
  EXPECT_FALSE(peer_->send(delta));
  EXPECT_EQ(peer_->stats().units_dropped, 1);
  // Asked for when it connected.
  EXPECT_TRUE(soon([&] { return heard_.keys_needed >= 1; }));
}

TEST_F(WebrtcPeerTest, MessagesGoBothWays) {
  connect();
  auto open = heard_.channel_open.get_future();
  ASSERT_TRUE(comes(open));
  ASSERT_TRUE(viewer_.wait([](const Viewer::Seen& s) { return s.channel_open; }));
  viewer_.send_message("{\"v\":1,\"type\":\"ping\"}");
  auto message = heard_.message.get_future();
  ASSERT_TRUE(comes(message));
  EXPECT_EQ(message.get(), "{\"v\":1,\"type\":\"ping\"}");
  EXPECT_TRUE(peer_->send_message("Grüße"));
  ASSERT_TRUE(viewer_.wait([](const Viewer::Seen& s) { return !s.messages.empty(); }));
  EXPECT_EQ(viewer_.seen().messages.front(), "Grüße");
  EXPECT_EQ(peer_->stats().messages_received, 1);
  EXPECT_EQ(peer_->stats().messages_sent, 1);
}

TEST_F(WebrtcPeerTest, AMessageTooLargeIsDroppedAndCounted) {
  WebrtcPeerOptions options;
  options.max_message_bytes = 100;
  connect(options);
  ASSERT_TRUE(viewer_.wait([](const Viewer::Seen& s) { return s.channel_open; }));
  viewer_.send_message(std::string(101, 'x'));
  viewer_.send_message("small");
  auto message = heard_.message.get_future();
  ASSERT_TRUE(comes(message));
  EXPECT_EQ(message.get(), "small");
  EXPECT_EQ(peer_->stats().messages_dropped, 1);
}

TEST_F(WebrtcPeerTest, TheViewersWishForAKeyFrameIsPassedOn) {
  connect();
  stream(0, 6);
  ASSERT_TRUE(viewer_.wait([](const Viewer::Seen& s) { return s.units.size() >= 4; }));
  const int before = heard_.keys_needed;
  viewer_.ask_for_key();
  EXPECT_TRUE(soon([&] { return heard_.keys_needed > before; }));
  EXPECT_GE(peer_->stats().key_requests, 1);
}

TEST_F(WebrtcPeerTest, TheReceiversReportBecomesStatistics) {
  WebrtcPeerOptions options;
  options.stats_interval_us = 200'000;
  connect(options);
  // Receivers report every few seconds, of what they received since.
  for (int64_t k = 0; k < 40 && !heard_.stats_given; k++) stream(k * 25, 25);
  auto stats = heard_.stats.get_future();
  ASSERT_TRUE(comes(stats));
  const WebrtcPeerStats s = stats.get();
  EXPECT_GE(s.rtt_ms, 0);
  EXPECT_LT(s.rtt_ms, 1000);
  EXPECT_EQ(s.loss, 0);
  EXPECT_GT(s.packets_sent, 0);
}

TEST_F(WebrtcPeerTest, ClosesFromAnotherThreadAndSaysSoOnce) {
  connect();
  peer_->close();
  auto closed = heard_.closed.get_future();
  ASSERT_TRUE(comes(closed));
  EXPECT_EQ(closed.get(), "closed");
  EXPECT_TRUE(peer_->closed());
  EXPECT_FALSE(peer_->send_message("too late"));
  peer_->close();
  peer_.reset();
  EXPECT_EQ(heard_.closings, 1);
}

TEST_F(WebrtcPeerTest, MayBeDestroyedBeforeItAnswered) {
  open();
  peer_.reset();
  SUCCEED();
}

TEST(WebrtcPeer, MayBeDestroyedByItsOwnCallback) {
  Viewer viewer;
  std::promise<void> gone;
  std::unique_ptr<WebrtcPeer> peer;
  std::promise<void> made;
  std::shared_future<void> is_made(made.get_future());
  WebrtcPeerCallbacks on;
  on.answered = [&](const std::string&) {
    is_made.wait();
    peer.reset();
    gone.set_value();
  };
  WebrtcPeerOptions options;
  options.offer = viewer.offer();
  peer = std::make_unique<WebrtcPeer>(options, on);
  made.set_value();
  auto future = gone.get_future();
  ASSERT_TRUE(comes(future));
  EXPECT_EQ(peer, nullptr);
}

TEST_F(WebrtcPeerTest, RefusesBadCandidatesAndTooMany) {
  open();
  EXPECT_FALSE(peer_->add_candidate(0, "nonsense"));
  EXPECT_FALSE(peer_->add_candidate(-1, "candidate:1 1 UDP 2015363327 127.0.0.1 9 typ host"));
  int taken = 0;
  for (int k = 0; k < 200; k++) {
    taken += peer_->add_candidate(
        0, "candidate:" + std::to_string(k + 1) + " 1 UDP 2015363327 127.0.0.1 9 typ host");
  }
  EXPECT_EQ(taken, 64);
}

TEST(WebrtcPeer, RefusesPortsOutOfRange) {
  WebrtcPeerOptions options;
  options.min_port = 70000;
  options.max_port = 70001;
  EXPECT_THROW(WebrtcPeer(options, {}), Error);
}

TEST(WebrtcPeer, WarmsUp) { EXPECT_NO_THROW(warm_up_webrtc()); }

}  // namespace
}  // namespace vita
