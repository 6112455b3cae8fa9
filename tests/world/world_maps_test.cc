// The toroidal maps: what is put in comes out, neighbours meet, slots are used again cleanly.
#include "models/world/world_maps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "world/test_land.h"

namespace vita::world {
namespace {

constexpr int kPlane = kTileFine * kTileFine;
constexpr float kNoLook[kLook] = {};
constexpr float kRounding = kMapHeightStep * .51f;  // half, and what floats lose

size_t cell(int x, int z) {
  constexpr int kMask = kWindowFine - 1;
  return static_cast<size_t>(z & kMask) * kFinePitch + static_cast<size_t>(x & kMask);
}
constexpr size_t kCells = size_t{kWindowFine} * kFinePitch,
                 kShadeCells = size_t{kWindowShade} * kShadePitch;
int byte_at(int32_t word, int n) { return (word >> (8 * n)) & 255; }

class WorldMapsTest : public ::testing::Test {
 protected:
  MapsView view() const { return maps_.view(kNoLook, 0).maps; }
  void set(int x, int z, const HeightOf& height, float density = 0) {
    maps_.set_tile(x, z, fine_tile(x, z, height).data(), density_of(-1, density).data());
  }
  int dark_cells(int tile_x, int tile_z) const {
    constexpr int kTileShade = kWindowShade / 8, kMask = kWindowShade - 1;
    int dark = 0;
    for (int z = 0; z < kTileShade; z++) {
      for (int x = 0; x < kTileShade; x++) {
        dark += view().thing_light[((tile_z * kTileShade + z) & kMask) * kShadePitch +
                                   ((tile_x * kTileShade + x) & kMask)] < 255;
      }
    }
    return dark;
  }

  ThingModels models_;
  WorldMaps maps_{7, models_};
};

TEST_F(WorldMapsTest, ReadsBackWhatWasSet) {
  for (const auto& [tx, tz] : {std::pair{0, 0}, {-1, 2}}) {
    const std::vector<float> fine = fine_tile(tx, tz, hills);
    maps_.set_land(tx, tz, fine.data());
    for (int k = 0; k < kPlane; k += 7) {
      const double x = (tx * kTileFine + k % kTileFine + .5) * kFineMetres,
                   z = (tz * kTileFine + k / kTileFine + .5) * kFineMetres;
      const float h = fine[static_cast<size_t>(k)];
      ASSERT_NEAR(maps_.land(x, z), h, kRounding) << x << " " << z;
      ASSERT_EQ(maps_.surface(x, z), std::max(maps_.land(x, z), 0.f));
      if (k % kTileFine == kTileFine - 1) continue;
      const float next = fine[static_cast<size_t>(k) + 1];
      ASSERT_NEAR(maps_.land(x + 1, z), h * .75f + next * .25f, kRounding);
    }
  }
  EXPECT_LT(maps_.land(-500, -500), 0) << "land that nobody set is sea";
}

TEST_F(WorldMapsTest, KnowsItsTiles) {
  EXPECT_FALSE(maps_.has_tile(0, 0));
  set(0, 0, hills);
  EXPECT_TRUE(maps_.has_tile(0, 0));
  EXPECT_FALSE(maps_.has_tile(8, 0));
  EXPECT_FALSE(maps_.has_tile(0, -8));
  maps_.forget_tile(8, 0);  // not there: nothing happens
  EXPECT_TRUE(maps_.has_tile(0, 0));
  maps_.forget_tile(0, 0);
  EXPECT_FALSE(maps_.has_tile(0, 0));
  EXPECT_EQ(maps_.land(500, 500), kNoLand);
}

TEST_F(WorldMapsTest, PacksHeightsWithinTheirRange) {
  std::vector<float> fine(4 * kPlane, 0.f);
  constexpr float kHeights[] = {-1000, -500, -40, -.01f, 0, 1.f / 128, 123.456f, 499.99f, 500, 900};
  constexpr int kCount = static_cast<int>(std::size(kHeights));
  for (int k = 0; k < kPlane; k++) fine[static_cast<size_t>(k)] = kHeights[k % kTileFine % kCount];
  maps_.set_land(0, 0, fine.data());
  for (int x = 0; x < kTileFine; x++) {
    const float here = std::clamp(kHeights[x % kCount], -500.f, 500.f);
    ASSERT_NEAR(view().height[cell(x, 9)] * kMapHeightStep, here, kRounding) << x;
  }
  EXPECT_GE(view().top, 900);
}

// A look at a cell and the next one may begin at a row's last cell.
TEST_F(WorldMapsTest, RowsEndWithTheirFirstCell) {
  const auto expect_closed = [&](const char* after) {
    const MapsView maps = view();
    for (int z = 0; z < kWindowFine; z++) {
      const size_t first = cell(0, z), behind = first + kWindowFine;
      ASSERT_EQ(maps.height[behind], maps.height[first]) << after << ", row " << z;
      ASSERT_EQ(maps.surface[behind], maps.surface[first]) << after << ", row " << z;
      ASSERT_EQ(maps.light[behind], maps.light[first]) << after << ", row " << z;
    }
    for (size_t row = 0; row < kShadeCells; row += kShadePitch)
      ASSERT_EQ(maps.thing_light[row + kWindowShade], maps.thing_light[row]) << after;
  };
  expect_closed("as made");
  set(0, 0, hills, .9f);
  expect_closed("first tile");
  for (const auto& [x, z] : {std::pair{-1, 0}, {7, 1}, {8, 1}, {0, -1}}) set(x, z, hills, .9f);
  expect_closed("its neighbours");
  for (const auto& sun : {std::array{.9f, .3f, .316f}, std::array{.316f, .3f, -.9f}}) {
    maps_.relight(sun.data(), 0, 0);
    expect_closed("light");
  }
  int dark = 0;
  for (int z = 0; z < kWindowFine; z++) dark += view().light[cell(0, z)] >> 8 < 255;
  EXPECT_GT(dark, 20) << "nothing was shown";
  EXPECT_GT(dark_cells(0, 0), 1000) << "nothing was shown";
  maps_.set_centre(9, 9);
  expect_closed("tiles forgotten");
}

TEST_F(WorldMapsTest, PacksSharesIntoBytes) {
  std::vector<float> fine(4 * kPlane, 1.f);
  constexpr float kShares[] = {-1, 0, .25f, .5f, 1, 3};
  constexpr int kBytes[] = {0, 0, 64, 128, 255, 255};
  for (int c = 1; c < kFineChannels; c++) {
    for (int x = 0; x < kPlane; x++)
      fine[static_cast<size_t>(c * kPlane + x)] = kShares[(x + c) % 6];
  }
  maps_.set_land(0, 0, fine.data());
  for (int x = 0; x < kTileFine; x++) {
    EXPECT_EQ(byte_at(view().surface[cell(x, 0)], 2), kBytes[(x + 1) % 6]);
    EXPECT_EQ(byte_at(view().surface[cell(x, 0)], 3), kBytes[(x + 2) % 6]);
    EXPECT_EQ(byte_at(view().light[cell(x, 0)], 0), kBytes[(x + 3) % 6]);
  }
}

// All cells of 2x2 tiles and one cell around them hold the slopes of one big map.
TEST_F(WorldMapsTest, SlopesMeetAcrossBorders) {
  constexpr std::array<std::pair<int, int>, 4> kTiles = {{{0, 0}, {-1, 0}, {0, -1}, {-1, -1}}};
  auto known = [](int x, int z) {
    return x >= -kTileFine && x < kTileFine && z >= -kTileFine && z < kTileFine;
  };
  auto height = [&](int x, int z) {
    return known(x, z) ? hills((x + .5) * kFineMetres, (z + .5) * kFineMetres) : kNoLand;
  };
  for (const auto& [x, z] : kTiles) set(x, z, hills);
  for (int z = -kTileFine - 1; z <= kTileFine; z++) {
    for (int x = -kTileFine - 1; x <= kTileFine; x++) {
      const double dx = height(x - 1, z) - height(x + 1, z),
                   dz = height(x, z - 1) - height(x, z + 1);
      const double inv = 127 / std::sqrt(dx * dx + dz * dz + 64);
      const int32_t word = view().surface[cell(x, z)];
      ASSERT_NEAR(byte_at(word, 0), 127 + dx * inv, .75) << x << " " << z;
      ASSERT_NEAR(byte_at(word, 1), 127 + dz * inv, .75) << x << " " << z;
    }
  }
}

TEST_F(WorldMapsTest, DoesNotDependOnTheOrderOfTiles) {
  WorldMaps other(7, models_);
  const std::vector<float> dense = density_of(-1, .6f);
  std::vector<std::pair<int, int>> order = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
  for (const auto& [x, z] : order)
    maps_.set_tile(x, z, fine_tile(x, z, hills).data(), dense.data());
  std::ranges::reverse(order);
  for (const auto& [x, z] : order)
    other.set_tile(x, z, fine_tile(x, z, hills).data(), dense.data());
  const SceneView a = maps_.view(kNoLook, 0), b = other.view(kNoLook, 0);
  EXPECT_TRUE(std::equal(a.maps.surface, a.maps.surface + kCells, b.maps.surface));
  EXPECT_TRUE(std::equal(a.maps.height, a.maps.height + kCells, b.maps.height));
  ASSERT_EQ(a.tile_count, b.tile_count);
  for (int list = 0; list < a.tile_count; list++) {
    ASSERT_EQ(a.tile_thing_counts[list], b.tile_thing_counts[list]) << "list " << list;
    EXPECT_TRUE(std::equal(a.tile_things[list], a.tile_things[list] + a.tile_thing_counts[list],
                           b.tile_things[list]));
  }
}

// What stands at the rim, with the neighbours' land not there yet, stands on the true ground.
TEST_F(WorldMapsTest, ThingsStandOnTheGroundUpToTheRim) {
  set(
      0, 0, [](double x, double z) { return 30 + x * .1 + z * .05; }, 1);
  const SceneView scene = maps_.view(kNoLook, 0);
  int at_rim = 0;
  for (int i = 0; i < scene.tile_thing_counts[0]; i++) {
    const Thing& t = scene.tile_things[0][i];
    at_rim += t.x < 2 || t.z < 2 || t.x > 1022 || t.z > 1022;
    ASSERT_NEAR(t.y + .25, 30 + t.x * .1 + t.z * .05, .02) << t.x << " " << t.z;
  }
  EXPECT_GT(at_rim, 20);
}

TEST_F(WorldMapsTest, ReusesTheSlotOfTheTileEightAway) {
  set(0, 0, hills, 1);
  EXPECT_GT(count_things(maps_.view(kNoLook, 0)), 0);
  const auto high = [](double, double) { return 77.; };
  maps_.set_land(8, -8, fine_tile(8, -8, high).data());
  EXPECT_FALSE(maps_.has_tile(0, 0));
  EXPECT_TRUE(maps_.has_tile(8, -8));
  EXPECT_EQ(maps_.land(8 * 1024. + 300, -8 * 1024. + 300), 77);
  EXPECT_EQ(count_things(maps_.view(kNoLook, 0)), 0) << "the old tile's things went with it";
}

TEST_F(WorldMapsTest, ForgetsWhatLeavesTheWindow) {
  set(0, 0, hills, .5f);
  set(3, 0, hills);
  maps_.set_centre(4, 0);  // 0..7
  EXPECT_TRUE(maps_.has_tile(0, 0));
  maps_.set_centre(5, 0);  // 1..8
  EXPECT_FALSE(maps_.has_tile(0, 0));
  EXPECT_TRUE(maps_.has_tile(3, 0));
  EXPECT_EQ(maps_.land(500, 500), kNoLand);
  EXPECT_EQ(view().height[cell(100, 100)] * kMapHeightStep, kNoLand);
  EXPECT_EQ(count_things(maps_.view(kNoLook, 0)), 0);
  maps_.set_centre(3, 5);  // z 1..8
  EXPECT_FALSE(maps_.has_tile(3, 0));
}

TEST_F(WorldMapsTest, ShadowsOfThingsGoWithTheirTile) {
  constexpr float kSunAbove[3] = {.6f, .8f, 0};
  const auto plain = [](double, double) { return 12.; };
  set(0, 0, plain, 1);
  set(2, 0, plain, 1);
  maps_.relight(kSunAbove, 0, 0);
  EXPECT_GT(dark_cells(0, 0), 1000);
  EXPECT_EQ(dark_cells(2, 0), 0) << "further than a tile from the middle";
  maps_.set_centre(8, 0);
  set(8, 0, plain, 0);
  maps_.relight(kSunAbove, 11, 0);
  EXPECT_EQ(dark_cells(8, 0), 0) << "shadows of the tile that had the slot before";
}

TEST_F(WorldMapsTest, ShadowsOfThingsFollowTheSun) {
  constexpr float kEast[3] = {.6f, .8f, 0}, kWest[3] = {-.6f, .8f, 0};
  set(
      0, 0, [](double, double) { return 12.; }, .3f);
  maps_.relight(kEast, 0, 0);
  const auto copy = [&] {
    const uint8_t* all = view().thing_light;
    return std::vector<uint8_t>(all, all + kShadeCells);
  };
  const std::vector<uint8_t> east = copy();
  maps_.relight(kWest, 0, 0);
  EXPECT_NE(copy(), east);
  maps_.relight(kEast, 0, 0);
  EXPECT_EQ(copy(), east);
}

TEST_F(WorldMapsTest, ResetsToNew) {
  constexpr float kSunAbove[3] = {.6f, .8f, 0};
  set(0, 0, hills, 1);
  maps_.set_centre(2, 1);
  maps_.relight(kSunAbove, 0, 0);
  maps_.reset();
  const WorldMaps fresh(0, models_);
  const SceneView a = maps_.view(kNoLook, 0), b = fresh.view(kNoLook, 0);
  EXPECT_TRUE(std::equal(a.maps.height, a.maps.height + kCells, b.maps.height));
  EXPECT_TRUE(std::equal(a.maps.surface, a.maps.surface + kCells, b.maps.surface));
  EXPECT_TRUE(std::equal(a.maps.light, a.maps.light + kCells, b.maps.light));
  EXPECT_TRUE(std::equal(a.maps.thing_light, a.maps.thing_light + kShadeCells, b.maps.thing_light));
  EXPECT_EQ(a.tile_count, 0);
  EXPECT_EQ(a.seed, 0u);
  EXPECT_EQ(a.maps.top, b.maps.top);
  EXPECT_FALSE(maps_.has_tile(0, 0));
}

TEST_F(WorldMapsTest, LightDoesNotDependOnThreads) {
  constexpr float kSunAbove[3] = {.6f, .64f, .48f};
  ThreadPool pool({.threads = 2});
  WorldMaps other(7, models_);
  for (int x = -1; x <= 1; x++) {
    set(x, 0, hills, .3f);
    other.set_tile(x, 0, fine_tile(x, 0, hills).data(), density_of(-1, .3f).data());
  }
  maps_.relight(kSunAbove, 0, 0);
  other.relight(kSunAbove, 0, 0, &pool);
  const MapsView a = view(), b = other.view(kNoLook, 0).maps;
  EXPECT_TRUE(std::equal(a.light, a.light + kCells, b.light));
  EXPECT_TRUE(std::equal(a.thing_light, a.thing_light + kShadeCells, b.thing_light));
}

// However small the steps, what comes out is what one step makes.
TEST_F(WorldMapsTest, LightComesALittleAtATime) {
  for (const auto& sun : {std::array{.6f, .64f, .48f}, std::array{.3f, .64f, -.7f}}) {
    WorldMaps at_once(7, models_);
    for (int x = -1; x <= 1; x++) {
      for (int z = 0; z < 2; z++) {
        set(x, z, hills, .3f);
        at_once.set_tile(x, z, fine_tile(x, z, hills).data(), density_of(-1, .3f).data());
      }
    }
    at_once.relight(sun.data(), 0, 0);
    const MapsView a = at_once.view(kNoLook, 0).maps, b = view();
    maps_.begin_relight(sun.data(), 0, 0);
    EXPECT_TRUE(maps_.relighting());
    int steps = 0;
    do {
      steps++;
    } while (!maps_.go_on_relighting(300));
    EXPECT_GT(steps, 6);
    EXPECT_FALSE(maps_.relighting());
    EXPECT_TRUE(std::equal(a.light, a.light + kCells, b.light));
    EXPECT_TRUE(std::equal(a.thing_light, a.thing_light + kShadeCells, b.thing_light));
  }
}

TEST_F(WorldMapsTest, LightThatWasLeftHalfWayIsMadeWhole) {
  constexpr float kSun[3] = {.6f, .64f, .48f};
  WorldMaps at_once(7, models_);
  set(0, 0, hills, .3f);
  at_once.set_tile(0, 0, fine_tile(0, 0, hills).data(), density_of(-1, .3f).data());
  at_once.relight(kSun, 0, 0);
  maps_.begin_relight(kSun, 0, 0);
  EXPECT_FALSE(maps_.go_on_relighting(50));
  maps_.begin_relight(kSun, 0, 0);  // the sun is where it was, but the sweep was not done
  EXPECT_FALSE(maps_.go_on_relighting(50));
  maps_.relight(kSun, 0, 0);
  EXPECT_FALSE(maps_.relighting());
  const MapsView a = at_once.view(kNoLook, 0).maps, b = view();
  EXPECT_TRUE(std::equal(a.light, a.light + kCells, b.light));
  EXPECT_TRUE(std::equal(a.thing_light, a.thing_light + kShadeCells, b.thing_light));
}

TEST_F(WorldMapsTest, ReadsTheLandThatItShows) {
  const std::vector<float> fine = fine_tile(-3, 2, hills);
  maps_.set_land(-3, 2, fine.data());
  std::vector<float> read(fine.size());
  maps_.read_land(-3, 2, read.data());
  constexpr size_t kPlane = size_t{kTileFine} * kTileFine;
  for (size_t k = 0; k < fine.size(); k++)
    ASSERT_NEAR(read[k], fine[k], k < kPlane ? kRounding : .002) << k;
  const std::vector<int32_t> before(view().surface, view().surface + kPlane);
  maps_.set_land(-3, 2, read.data());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), view().surface));
}

TEST_F(WorldMapsTest, GrowthIsListedAndHides) {
  set(0, 0, hills, 1);
  maps_.set_growth(0, 0, .25f);
  const SceneView scene = maps_.view(kNoLook, 3);
  ASSERT_EQ(scene.tile_count, 1);
  EXPECT_EQ(scene.tile_growths[0], .25f);
  EXPECT_EQ(scene.time_s, 3);
  maps_.set_growth(0, 0, 0);
  EXPECT_EQ(maps_.view(kNoLook, 0).tile_count, 0);
}

TEST_F(WorldMapsTest, FindsTheNearestThing) {
  EXPECT_EQ(maps_.nearest_thing(500, 500, 30), 30);
  set(
      0, 0, [](double, double) { return 12.; }, .15f);
  const SceneView scene = maps_.view(kNoLook, 0);
  const Thing& t = scene.tile_things[0][scene.tile_thing_counts[0] / 2];
  EXPECT_EQ(maps_.nearest_thing(t.x, t.z, 30), 0);
  float best = 60;
  for (int i = 0; i < scene.tile_thing_counts[0]; i++) {
    const Thing& other = scene.tile_things[0][i];
    const float rim = scene.tables.prototypes[other.prototype].radius * other.scale * .5f;
    best = std::min(best, std::max(0.f, std::hypot(other.x - 300, other.z - 700) - rim));
  }
  EXPECT_NEAR(maps_.nearest_thing(300, 700, 60), best, 1e-3);
}

}  // namespace
}  // namespace vita::world
