// The camera's path: never in the ground, smooth by itself, obedient to the keys.
#include "models/world/camera_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "world/test_land.h"

namespace vita::world {
namespace {

constexpr float kFrame = 1.f / 24;
constexpr int kThreeMinutes = 180 * 24;
constexpr double kTurn = 2 * 3.14159265358979;

// Repeats every tile, so that the window has no end.
double waves(double x, double z, double steepness) {
  const double u = x * kTurn / kTileMetres, v = z * kTurn / kTileMetres;
  return 12 + 45 * std::sin(u + 1) * std::cos(v) + 25 * std::sin(3 * u + 2 * v) +
         steepness * (9 * std::sin(13 * u) * std::sin(11 * v) + 4 * std::sin(31 * u + 27 * v));
}

class CameraPathTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    models_ = std::make_unique<ThingModels>();
    hills_ = land(.3);
    rough_ = land(2.5);
  }
  static void TearDownTestSuite() {
    hills_.reset();
    rough_.reset();
    models_.reset();
  }
  static std::unique_ptr<WorldMaps> land(double steepness) {
    auto maps = std::make_unique<WorldMaps>(3, *models_);
    const auto fine = fine_tile(0, 0, [=](double x, double z) { return waves(x, z, steepness); });
    for (int z = -4; z < 4; z++) {
      for (int x = -4; x < 4; x++) maps->set_land(x, z, fine.data());
    }
    maps->set_things(0, 0, density_of(0, .2f).data());
    return maps;
  }
  static Camera start(const WorldMaps& maps, float height = 6) {
    return {300, maps.surface(300, 200) + height, 200, .5f, 0, .6f};
  }
  // Keys and autopilot, changed about once a second.
  static MoveControl random_move(std::minstd_rand& random) {
    auto key = [&] { return static_cast<float>(static_cast<int>(random() % 3)) - 1; };
    MoveControl move;
    move.forward = key();
    move.right = key();
    move.up = key();
    move.yaw = key();
    move.pitch = key();
    move.autopilot = random() % 4 == 0;
    return move;
  }
  // Holds the keys for some seconds.
  static Camera held(const MoveControl& move, float seconds = 1, float frame = kFrame) {
    CameraPath path(start(*hills_), *hills_);
    path.steer(move);
    for (float t = 0; t < seconds - frame / 2; t += frame) path.advance(*hills_, frame);
    return path.camera();
  }

  static std::unique_ptr<ThingModels> models_;
  static std::unique_ptr<WorldMaps> hills_, rough_;
};
std::unique_ptr<ThingModels> CameraPathTest::models_;
std::unique_ptr<WorldMaps> CameraPathTest::hills_, CameraPathTest::rough_;

TEST_F(CameraPathTest, NeverComesNearTheGround) {
  CameraPath path(start(*rough_), *rough_);
  std::minstd_rand random(4);
  double steepest = 0, lowest = 1e9;
  for (int i = 0; i < kThreeMinutes; i++) {
    if (random() % 24 == 0) path.steer(random_move(random));
    const Camera& c = path.advance(*rough_, kFrame);
    const float ground = rough_->surface(c.x, c.z);
    ASSERT_GE(c.y, ground + 1) << "frame " << i;
    ASSERT_LE(std::abs(c.pitch), 1.3f);
    lowest = std::min<double>(lowest, c.y - ground);
    steepest = std::max<double>(steepest, std::abs(rough_->land(c.x + 4, c.z) - ground) / 4);
  }
  EXPECT_LT(lowest, 5) << "the walk went low";
  EXPECT_GT(steepest, .8) << "the land was rough";
}

TEST_F(CameraPathTest, IsDeterministic) {
  CameraPath a(start(*rough_), *rough_), b(start(*rough_), *rough_);
  std::minstd_rand random_a(9), random_b(9);
  for (int i = 0; i < 1000; i++) {
    if (i % 20 == 10) {
      a.steer(random_move(random_a));
      b.steer(random_move(random_b));
    }
    const Camera &p = a.advance(*rough_, kFrame), &q = b.advance(*rough_, kFrame);
    ASSERT_TRUE(p.x == q.x && p.y == q.y && p.z == q.z && p.yaw == q.yaw && p.pitch == q.pitch);
  }
}

TEST_F(CameraPathTest, FliesSmoothlyByItself) {
  CameraPath path(start(*hills_), *hills_);
  Camera last = path.camera();
  float last_turn = 0, last_climb = 0, travelled = 0;
  for (int i = 0; i < kThreeMinutes; i++) {
    const Camera c = path.advance(*hills_, kFrame);
    const float turn = (c.yaw - last.yaw) / kFrame, climb = (c.y - last.y) / kFrame;
    const float speed = std::hypot(c.x - last.x, c.z - last.z) / kFrame;
    ASSERT_LE(std::abs(turn), .25f) << "rad/s, frame " << i;
    ASSERT_LE(std::abs(turn - last_turn), .02f) << "rad/s in a frame, frame " << i;
    ASSERT_LE(std::abs(c.pitch), .25f);
    ASSERT_LE(std::abs(c.pitch - last.pitch) / kFrame, .15f) << "rad/s, frame " << i;
    ASSERT_LE(std::abs(climb), 12.f) << "m/s, frame " << i;
    ASSERT_LE(std::abs(climb - last_climb), 1.3f) << "m/s in a frame, frame " << i;
    ASSERT_LE(speed, 8.2f);
    travelled += speed * kFrame;
    last = c;
    last_turn = turn;
    last_climb = climb;
  }
  EXPECT_GT(travelled, 1200);
}

TEST_F(CameraPathTest, KeysMoveAsTheySay) {
  const Camera from = start(*hills_), still = held({});
  EXPECT_EQ(still.x, from.x);
  EXPECT_EQ(still.z, from.z);
  EXPECT_EQ(still.yaw, from.yaw);
  auto along = [&](const Camera& c) {
    return (c.x - from.x) * std::cos(from.yaw) + (c.z - from.z) * std::sin(from.yaw);
  };
  auto aside = [&](const Camera& c) {
    return (c.z - from.z) * std::cos(from.yaw) - (c.x - from.x) * std::sin(from.yaw);
  };
  for (const float key : {1.f, -1.f}) {
    const Camera forward = held({.forward = key}), right = held({.right = key}),
                 up = held({.up = key}), yaw = held({.yaw = key}), pitch = held({.pitch = key});
    EXPECT_GT(along(forward) * key, 10);
    EXPECT_NEAR(aside(forward), 0, 1e-2);
    EXPECT_GT(aside(right) * key, 10);
    EXPECT_NEAR(along(right), 0, 1e-2);
    EXPECT_GT((up.y - still.y) * key, 3);
    EXPECT_GT((yaw.yaw - from.yaw) * key, .8f);
    EXPECT_GT((pitch.pitch - from.pitch) * key, .8f);
  }
}

TEST_F(CameraPathTest, KeysDoNotDependOnTheFrameRate) {
  const MoveControl move = {.forward = 1, .right = .5f, .yaw = .4f};
  const Camera slow = held(move, 2, 1.f / 24), fast = held(move, 2, 1.f / 60);
  EXPECT_NEAR(slow.x, fast.x, 1);
  EXPECT_NEAR(slow.z, fast.z, 1);
  EXPECT_NEAR(slow.yaw, fast.yaw, .03);
}

TEST_F(CameraPathTest, JumpLandsAtTheHeightAskedFor) {
  for (const float height : {3.f, 40.f, 1000.f}) {
    CameraPath path(start(*hills_), *hills_);
    path.steer({.forward = 1});
    for (int i = 0; i < 24; i++) path.advance(*hills_, kFrame);
    path.jump({-700, 950, height, 2.f, -.3f}, *hills_);
    const Camera& c = path.camera();
    EXPECT_EQ(c.x, -700);
    EXPECT_EQ(c.z, 950);
    EXPECT_FLOAT_EQ(c.y, hills_->surface(-700, 950) + height);
    EXPECT_EQ(c.yaw, 2.f);
    EXPECT_EQ(c.pitch, -.3f);
    path.steer({});  // no key: it stays
    for (int i = 0; i < 48; i++) path.advance(*hills_, kFrame);
    EXPECT_NEAR(c.y, hills_->surface(-700, 950) + height, .01);
    EXPECT_NEAR(c.x, -700, .01);
  }
}

TEST_F(CameraPathTest, JumpStaysOutOfTheGround) {
  CameraPath path(start(*hills_), *hills_);
  path.jump({100, 100, -5, 0, 3}, *hills_);
  EXPECT_GE(path.camera().y, hills_->surface(100, 100) + 1);
  EXPECT_LE(path.camera().pitch, 1.3f);
}

}  // namespace
}  // namespace vita::world
