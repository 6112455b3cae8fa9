#include "media/live_encoder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/thread_time.h"
#include "media/media_tools.h"

namespace vita {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

// An encoder, and everything that it gave.
class Harness {
 public:
  explicit Harness(LiveEncoderOptions options = {kWidth, kHeight, 24, 2000, 4})
      : encoder_(options, {[this](const AccessUnit& unit) { take(unit); },
                           [this](const std::string& text) { failure_ = text; }}) {}
  ~Harness() { release(); }

  LiveEncoder& encoder() { return encoder_; }
  // Encodes one picture and waits for it.
  AccessUnit encode(const Picture& picture, int64_t pts_us) {
    const size_t before = count();
    EXPECT_TRUE(encoder_.push(picture.frame, pts_us));
    EXPECT_TRUE(wait_for(before + 1));
    return units().back();
  }
  bool wait_for(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return units_.size() >= count; });
  }
  // Makes the encoder's thread wait in the callback, from the next picture on.
  void hold() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  std::vector<AccessUnit> units() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return units_;
  }
  size_t count() { return units().size(); }
  std::string failure_;

 private:
  void take(const AccessUnit& unit) {
    std::unique_lock<std::mutex> lock(mutex_);
    units_.push_back(unit);
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<AccessUnit> units_;
  bool held_ = false;
  LiveEncoder encoder_;
};

TEST(LiveEncoder, GivesEveryPictureWithItsPixelsAndTime) {
  const TemporaryFolder folder;
  Harness h;
  constexpr int kFrames = 30;
  for (int k = 0; k < kFrames; k++) {
    const int64_t before_us = monotonic_us();
    const AccessUnit unit = h.encode(draw(100 + k), 7 + 41'666 * int64_t{k});
    EXPECT_EQ(unit.frame, 100 + k);
    EXPECT_EQ(unit.pts_us, 7 + 41'666 * int64_t{k});
    EXPECT_EQ(unit.key, k == 0) << k;
    EXPECT_GE(unit.pushed_us, before_us);
    EXPECT_GE(unit.encoded_us, unit.pushed_us);
    EXPECT_LE(unit.encoded_us, monotonic_us());
  }
  const std::string raw = decode(h.units(), folder.path());
  ASSERT_EQ(raw.size(), kFrames * kLuma * 3 / 2);
  for (int k = 0; k < kFrames; k++) {
    const auto* found = reinterpret_cast<const uint8_t*>(raw.data()) + k * (kLuma * 3 / 2);
    EXPECT_LT(mean_error(draw(100 + k), found), 2) << "frame " << k;
  }
  const LiveEncoderCounters c = h.encoder().counters();
  EXPECT_EQ(c.pushed, kFrames);
  EXPECT_EQ(c.encoded, kFrames);
  EXPECT_EQ(c.key_frames, 1);
  EXPECT_EQ(c.dropped + c.flushed + c.refused, 0);
  EXPECT_EQ(h.encoder().stats().frames, kFrames);
  EXPECT_EQ(h.failure_, "");
}

TEST(LiveEncoder, IsConstrainedBaselineWithParametersBeforeEachKeyFrame) {
  Harness h;
  ASSERT_TRUE(h.encoder().prime());
  EXPECT_EQ(h.encoder().codec().substr(0, 9), "avc1.42c0") << h.encoder().codec();
  EXPECT_EQ(h.count(), 0u);  // the grey picture is nobody's
  for (int k = 0; k < 8; k++) {
    if (k % 3 == 0) h.encoder().request_key();
    const AccessUnit unit = h.encode(draw(k), k * 1000);
    EXPECT_EQ(unit.key, k % 3 == 0) << k;
    ASSERT_GT(unit.size, 5u);
    EXPECT_EQ(unit.data.get()[4] & 0x1f, unit.key ? 7 : 1) << "SPS first, or a slice alone";
  }
}

TEST(LiveEncoder, MakesAKeyFrameAfterTheInterval) {
  Harness h({kWidth, kHeight, 10, 2000, 0.5});
  std::string keys;
  for (int k = 0; k < 12; k++) keys += h.encode(draw(k), k * 100'000).key ? 'K' : '.';
  EXPECT_EQ(keys, "K....K....K.");
}

TEST(LiveEncoder, KeepsTheNewestPicturesWhenItIsBehind) {
  Harness h;
  h.hold();
  h.encode(draw(0), 0);
  for (int k = 1; k <= 5; k++) EXPECT_TRUE(h.encoder().push(draw(k).frame, k * 1000));
  h.release();
  ASSERT_TRUE(h.wait_for(3));
  const std::vector<AccessUnit> units = h.units();
  EXPECT_EQ(units[1].frame, 4);
  EXPECT_EQ(units[2].frame, 5);
  EXPECT_EQ(h.encoder().counters().dropped, 3);
}

TEST(LiveEncoder, FlushThrowsAwayWhatWaits) {
  Harness h;
  h.hold();
  h.encode(draw(0), 0);
  h.encoder().push(draw(1).frame, 1000);
  h.encoder().push(draw(2).frame, 2000);
  EXPECT_EQ(h.encoder().flush(), 2);
  EXPECT_EQ(h.encoder().flush(), 0);
  h.encoder().push(draw(3).frame, 3000);
  h.release();
  ASSERT_TRUE(h.wait_for(2));
  EXPECT_EQ(h.units()[1].frame, 3);
  EXPECT_EQ(h.encoder().counters().flushed, 2);
}

TEST(LiveEncoder, TakesAPauseAsAGapAndRefusesOldTimes) {
  Harness h;
  h.encode(draw(0), 1000);
  EXPECT_FALSE(h.encoder().push(draw(1).frame, 1000));
  EXPECT_FALSE(h.encoder().push(draw(1).frame, 999));
  EXPECT_EQ(h.encoder().counters().refused, 2);
  constexpr int64_t kHour = 3'600'000'000;
  EXPECT_EQ(h.encode(draw(1), kHour).pts_us, kHour);
  EXPECT_EQ(h.encode(draw(2), kHour + 1).pts_us, kHour + 1);
}

double kbps_of(Harness& h, int first, int count) {
  double bits = 0;
  for (int k = first; k < first + count; k++) {
    bits += 8.0 * static_cast<double>(h.encode(draw_noise(k), k * 40'000).size);
  }
  return bits / (count * 0.04) / 1000;
}

TEST(LiveEncoder, FollowsTheBitRate) {
  Harness h({kWidth, kHeight, 25, 3000, 60});
  kbps_of(h, 0, 25);
  const double before = kbps_of(h, 25, 50);
  h.encoder().set_bitrate(1000);
  EXPECT_EQ(h.encoder().bitrate_kbps(), 1000);
  kbps_of(h, 75, 25);
  const double after = kbps_of(h, 100, 50);
  EXPECT_NEAR(before, 3000, 600);
  EXPECT_NEAR(after, 1000, 250);
  h.encoder().set_bitrate(1);
  EXPECT_EQ(h.encoder().bitrate_kbps(), 50);
}

TEST(LiveEncoder, UnitsOutliveTheEncoder) {
  const TemporaryFolder folder;
  std::vector<AccessUnit> units;
  {
    Harness h;
    for (int k = 0; k < 10; k++) h.encode(draw(k), k * 1000);
    units = h.units();
  }
  EXPECT_EQ(decode(units, folder.path()).size(), 10 * kLuma * 3 / 2);
}

TEST(LiveEncoder, CanGoWhilePicturesWait) {
  for (int k = 0; k < 10; k++) {
    LiveEncoder encoder({kWidth, kHeight, 24, 2000, 4}, {});
    const Picture p = draw(0);
    for (int n = 0; n < k; n++) encoder.push(p.frame, n);
  }
}

TEST(LiveEncoder, EncodesTheSmallestAndTheLargestSize) {
  for (const auto& [width, height] : {std::pair{160, 96}, std::pair{1920, 1088}}) {
    std::promise<AccessUnit> promise;
    LiveEncoder encoder({width, height, 120, 2000, 4},
                        {[&](const AccessUnit& unit) { promise.set_value(unit); }, {}});
    const std::vector<uint8_t> grey(static_cast<size_t>(width) * height, 128);
    const uint8_t* p = grey.data();
    EXPECT_TRUE(encoder.push({0, 0, p, p, p, width, height, width, width / 2}, 0));
    std::future<AccessUnit> unit = promise.get_future();
    ASSERT_EQ(unit.wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(unit.get().key);
  }
}

TEST(LiveEncoder, RefusesWhatItCannotEncode) {
  for (const LiveEncoderOptions& o : std::vector<LiveEncoderOptions>{{158, 96},
                                                                     {161, 96},
                                                                     {160, 94},
                                                                     {1922, 1080},
                                                                     {1920, 1090},
                                                                     {640, 360, 0.5},
                                                                     {640, 360, 121},
                                                                     {640, 360, 24, 49},
                                                                     {640, 360, 24, 100001},
                                                                     {640, 360, 24, 900, 0},
                                                                     {640, 360, 24, 900, 61}}) {
    EXPECT_THROW(LiveEncoder(o, {}), Error) << o.width << "x" << o.height << " " << o.fps;
  }
  Harness h;
  Picture p = draw(0);
  p.frame.width = 160;
  EXPECT_THROW(h.encoder().push(p.frame, 0), Error);
  EXPECT_TRUE(h.encode(draw(0), 0).key);
}

}  // namespace
}  // namespace vita
