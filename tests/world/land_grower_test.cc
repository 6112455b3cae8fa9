// Growing land: a model that only hashes what it is given shows which tiles a tile was made from.
#include "models/world/land_grower.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "core/error.h"
#include "core/thread_pool.h"
#include "models/world/map_prior.h"

namespace vita::world {
namespace {

constexpr float kAttributesOfTest[kAttributes] = {1, 2, 3};
constexpr TileIndex kAnchor = {5, -3};

uint32_t bits_of(float v) {
  uint32_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  return bits;
}

// What it makes of a tile is a hash of the request: seed, place, attributes and every tile given.
class HashingModel : public LandModel {
 public:
  void coarse(const LandRequest& r, float* out) override {
    begin_call();
    float expected[9] = {};
    for (const TileOffset& o : MapPrior::needed(r.tile.x, r.tile.z))
      expected[(o.dj + 1) * 3 + o.di + 1] = 1;
    for (size_t k = 0; k < 9; k++) {
      if ((r.tiles[k] != nullptr) != (expected[k] != 0)) wrong_tiles++;
      if (r.tiles[k] != nullptr && r.tiles[k][0] == 0) unfinished++;
    }
    write(r, 1, out);
    for (int k = 1; k < kMapChannels; k++) out[k * kTileCells * kTileCells] = out[0] + float(k);
    end_call();
  }
  void fine(const LandRequest& r, float* out) override {
    begin_call();
    int given = 0;
    for (const float* tile : r.tiles) {
      given += tile != nullptr;
      if (tile != nullptr && tile[0] == 0) unfinished++;
    }
    if (given != 9 && given != 1) wrong_tiles++;  // all around; itself alone for the first view
    fine_order.push_back(r.tile);
    write(r, 2, out);
    end_call();
  }

  std::atomic<int> calls{0}, unfinished{0}, wrong_tiles{0}, running{0};
  std::atomic<int> fail_at{-1};  // the call that throws
  std::chrono::microseconds delay{0};
  std::vector<TileIndex> fine_order;

 private:
  void begin_call() {
    running++;
    std::this_thread::sleep_for(delay);
    if (calls++ == fail_at) {
      running--;
      throw Error(ErrorCode::internal, "no more land");
    }
  }
  void end_call() { running--; }
  static void write(const LandRequest& r, uint32_t salt, float* out) {
    uint32_t hash = r.seed * 31 + salt;
    auto add = [&](uint32_t v) { hash = (hash ^ v) * 16777619u + (hash >> 15); };
    add(static_cast<uint32_t>(r.tile.x));
    add(static_cast<uint32_t>(r.tile.z));
    for (const float a : r.attributes) add(bits_of(a));
    for (const float* tile : r.tiles) add(tile == nullptr ? 0u : bits_of(tile[0]));
    out[0] = 1 + static_cast<float>(hash >> 9);
  }
};

LandGrower::Runner at_once() {
  return [](const std::function<void()>& task) { return task(), true; };
}
LandGrower::Runner later(ThreadPool& pool) {
  return [&pool](std::function<void()> task) { return pool.run_background(std::move(task)); };
}

struct Arrival {
  int64_t frame;
  TileIndex tile;
  float land, density;
  bool operator==(const Arrival&) const = default;
};

// Visits tiles, `stay` frames each or until nothing is left to do, and notes what arrives when.
std::vector<Arrival> walk(LandGrower& grower, const std::vector<TileIndex>& visits,
                          int64_t stay = 0) {
  constexpr int64_t kLongest = 5000;
  std::vector<Arrival> arrivals;
  int64_t frame = 0;
  for (const TileIndex& centre : visits) {
    grower.plan(centre, frame);
    const int64_t end = frame + (stay > 0 ? stay : kLongest);
    while (frame < end && (stay > 0 || !grower.idle())) {
      for (const FineTile& t : grower.due(frame))
        arrivals.push_back({frame, t.tile, t.fine[0], t.density[0]});
      frame++;
    }
  }
  return arrivals;
}

std::map<TileIndex, Arrival> by_tile(const std::vector<Arrival>& arrivals) {
  std::map<TileIndex, Arrival> tiles;
  for (const Arrival& a : arrivals) {
    const auto [old, is_new] = tiles.emplace(a.tile, a);
    EXPECT_TRUE(is_new || (old->second.land == a.land && old->second.density == a.density))
        << "tile " << a.tile.x << ", " << a.tile.z << " came out different the second time";
  }
  return tiles;
}

TEST(LandGrower, TilesDoNotDependOnTheWalk) {
  HashingModel model;
  auto tiles_of = [&](const std::vector<TileIndex>& visits) {
    LandGrower grower(model, at_once(), 7, kAttributesOfTest, kAnchor);
    grower.first();
    const auto tiles = by_tile(walk(grower, visits));
    EXPECT_TRUE(grower.idle());
    return tiles;
  };
  const auto a = tiles_of({{5, -3}, {8, -3}, {8, 0}, {7, 1}});
  const auto b = tiles_of({{5, -3}, {4, -2}, {5, 0}, {8, 1}});
  const auto c = tiles_of({{7, 0}});
  EXPECT_EQ(model.unfinished, 0);
  EXPECT_EQ(model.wrong_tiles, 0);
  int common = 0;
  for (const auto* other : {&b, &c}) {
    for (const auto& [tile, arrival] : a) {
      const auto found = other->find(tile);
      if (found == other->end()) continue;
      common++;
      EXPECT_EQ(found->second.land, arrival.land) << tile.x << ", " << tile.z;
      EXPECT_EQ(found->second.density, arrival.density) << tile.x << ", " << tile.z;
    }
  }
  EXPECT_GT(common, 40);
}

TEST(LandGrower, SeedAndAttributesMakeAnotherLand) {
  HashingModel model;
  auto centre_of = [&](uint32_t seed, float attribute) {
    float attributes[kAttributes] = {attribute};
    LandGrower grower(model, at_once(), seed, attributes, kAnchor);
    return by_tile(walk(grower, {kAnchor})).at(kAnchor).land;
  };
  EXPECT_EQ(centre_of(1, 0), centre_of(1, 0));
  EXPECT_NE(centre_of(1, 0), centre_of(2, 0));
  EXPECT_NE(centre_of(1, 0), centre_of(1, 1));
}

TEST(LandGrower, MakesAllAroundNearestFirst) {
  HashingModel model;
  LandGrower grower(model, at_once(), 7, kAttributesOfTest, kAnchor);
  const auto tiles = by_tile(walk(grower, {kAnchor}));
  EXPECT_EQ(tiles.size(), 25u);
  int last = 0;
  for (const TileIndex& t : model.fine_order) {  // counted from the anchor
    const int far = t.x * t.x + t.z * t.z;
    EXPECT_GE(far, last);
    last = far;
  }
}

TEST(LandGrower, FirstTileComesAtOnceAndAgain) {
  HashingModel model;
  LandGrower grower(model, at_once(), 7, kAttributesOfTest, kAnchor);
  const FineTile first = grower.first();
  EXPECT_EQ(first.tile, kAnchor);
  EXPECT_EQ(model.calls, 2);
  const auto tiles = by_tile(walk(grower, {kAnchor}));
  EXPECT_EQ(tiles.at(kAnchor).density, first.density[0]) << "the same coarse map";
  EXPECT_NE(tiles.at(kAnchor).land, first.fine[0]) << "with its neighbours at the rim";
}

TEST(LandGrower, SlowAndFastRunnersHandOverAtTheSameFrames) {
  HashingModel fast, slow;
  slow.delay = std::chrono::microseconds(300);
  ThreadPool pool({.threads = 1});
  LandGrower a(fast, at_once(), 7, kAttributesOfTest, kAnchor);
  LandGrower b(slow, later(pool), 7, kAttributesOfTest, kAnchor);
  const std::vector<TileIndex> visits = {{5, -3}, {6, -3}, {6, -1}};
  const std::vector<Arrival> expected = walk(a, visits, 90), found = walk(b, visits, 90);
  EXPECT_GT(expected.size(), 5u);
  EXPECT_TRUE(expected == found);
  EXPECT_EQ(slow.unfinished, 0);
}

TEST(LandGrower, ForgottenTilesComeOutEqual) {
  HashingModel model;
  LandGrower grower(model, at_once(), 7, kAttributesOfTest, kAnchor);
  const auto arrivals = walk(grower, {kAnchor, {12, -3}, kAnchor});
  long visits = std::ranges::count_if(arrivals, [](const Arrival& a) { return a.tile == kAnchor; });
  EXPECT_EQ(visits, 2) << "made again after the camera had gone far";
  by_tile(arrivals);
}

TEST(LandGrower, NearTilesAreNotMadeAgain) {
  HashingModel model;
  LandGrower grower(model, at_once(), 7, kAttributesOfTest, kAnchor);
  const auto arrivals = walk(grower, {kAnchor, {6, -3}, kAnchor});
  EXPECT_EQ(arrivals.size(), 30u);
}

TEST(LandGrower, ErrorsComeOutOfDue) {
  HashingModel model;
  model.fail_at = 3;
  LandGrower grower(model, at_once(), 7, kAttributesOfTest, kAnchor);
  grower.plan(kAnchor, 0);
  int errors = 0;
  for (int64_t frame = 0; frame < 1000; frame++) {
    try {
      grower.due(frame);
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "no more land");
      errors++;
    }
  }
  EXPECT_EQ(errors, 1);
  EXPECT_TRUE(grower.idle());
}

TEST(LandGrower, ABackgroundThatTakesNothingOrDoesNothingDelaysNothing) {
  HashingModel model;
  const auto full = [](const std::function<void()>&) { return false; };
  std::vector<std::function<void()>> kept;
  const auto idle = [&](std::function<void()> task) {
    return kept.push_back(std::move(task)), true;
  };
  LandGrower expected(model, at_once(), 7, kAttributesOfTest, kAnchor);
  const std::vector<Arrival> arrivals = walk(expected, {kAnchor});
  {
    LandGrower grower(model, full, 7, kAttributesOfTest, kAnchor);
    EXPECT_TRUE(walk(grower, {kAnchor}) == arrivals);
  }
  LandGrower grower(model, idle, 7, kAttributesOfTest, kAnchor);
  EXPECT_TRUE(walk(grower, {kAnchor}) == arrivals);
  EXPECT_GT(kept.size(), 25u);
  const int calls = model.calls;
  for (const auto& task : kept) task();  // too late: all was made on the spot
  EXPECT_EQ(model.calls, calls);
}

// Two worlds share a background: neither has to wait for all that the other has planned.
TEST(LandGrower, HandsOutOneJobAtATimeAndNotLongBeforeItIsDue) {
  HashingModel model;
  std::vector<std::function<void()>> kept;
  const auto collect = [&](std::function<void()> task) {
    return kept.push_back(std::move(task)), true;
  };
  LandGrower grower(model, collect, 7, kAttributesOfTest, kAnchor);
  grower.plan(kAnchor, 0);
  int64_t frame = 0;
  for (; kept.empty(); frame++) grower.due(frame);
  for (int k = 0; k < 3; k++) grower.due(frame);
  EXPECT_EQ(kept.size(), 1u) << "the second waits for the first";
  kept[0]();
  grower.due(frame);
  EXPECT_EQ(kept.size(), 2u);
  for (int k = 0; k < 100; k++) {
    kept.back()();
    grower.due(frame);
  }
  EXPECT_LT(kept.size(), 20u) << "of 74 jobs";
}

TEST(LandGrower, EndsWhileTheBackgroundWorks) {
  HashingModel model;
  model.delay = std::chrono::milliseconds(15);
  ThreadPool pool({.threads = 1});
  auto grower = std::make_unique<LandGrower>(model, later(pool), 7, kAttributesOfTest, kAnchor);
  grower->plan(kAnchor, 0);
  while (model.running == 0) std::this_thread::yield();
  grower.reset();
  EXPECT_EQ(model.running, 0) << "the destructor waits for the job that runs";
  const int calls = model.calls;
  pool.wait_background();
  EXPECT_EQ(model.calls, calls) << "jobs not begun do nothing";
}

}  // namespace
}  // namespace vita::world
