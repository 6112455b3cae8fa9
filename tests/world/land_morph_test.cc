// Turning tiles into others: what is shown between, at the end, and after a change of mind.
#include "models/world/land_morph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "world/test_land.h"

namespace vita::world {
namespace {

constexpr float kNoLook[kLook] = {};
constexpr TileIndex kTile = {1, -2};
constexpr double kX = 1024 + 402, kZ = -2048 + 602;  // a cell's centre on it

class LandMorphTest : public ::testing::Test {
 protected:
  // Flat land with things of one class.
  FineTile flat(double height, int thing_class, TileIndex at = kTile) {
    densities_.push_back(std::make_unique<std::vector<float>>(density_of(thing_class, .5f)));
    return {at, fine_tile(at.x, at.z, [=](double, double) { return height; }),
            densities_.back()->data()};
  }
  double land() const { return maps_.land(kX, kZ); }
  float growth() const {
    const SceneView scene = maps_.view(kNoLook, 0);
    return scene.tile_count == 0 ? 0 : scene.tile_growths[0];
  }
  // Which prototype stands first in the list; -1 for none.
  int first_kind() const {
    const SceneView scene = maps_.view(kNoLook, 0);
    return scene.tile_count == 0 ? -1 : scene.tile_things[0][0].prototype;
  }

  ThingModels models_;
  WorldMaps maps_{7, models_};
  LandMorph morph_{maps_};
  std::vector<std::unique_ptr<std::vector<float>>> densities_;
};

TEST_F(LandMorphTest, ShowsAtOnceWhereNothingWas) {
  morph_.begin(flat(10, 2), 0, 1);
  EXPECT_FALSE(morph_.active());
  EXPECT_FALSE(morph_.advance(.5));
  EXPECT_EQ(land(), 10);
  EXPECT_EQ(first_kind(), kPalm);
  EXPECT_EQ(growth(), 1);
  morph_.begin(flat(20, 3), 1, 0);
  EXPECT_EQ(land(), 20) << "no seconds: at once too";
  EXPECT_EQ(first_kind(), kCactus);
}

TEST_F(LandMorphTest, GoesSmoothlyToItsTarget) {
  morph_.begin(flat(10, 2), 0, 0);
  morph_.begin(flat(30, 3), 1, 2);
  double last = 10, fastest = 0;
  for (int i = 0; i < 40; i++) {
    const double t = 1 + i * .05;
    EXPECT_TRUE(morph_.advance(t));
    EXPECT_GE(land(), last);
    fastest = std::max(fastest, land() - last);
    last = land();
    if (std::abs(t - 2) < .01) {
      EXPECT_NEAR(last, 20, .5);
    }
  }
  EXPECT_LT(fastest, 20 * .05 / 2 * 1.6) << "no jump";
  EXPECT_TRUE(morph_.active());
  EXPECT_TRUE(morph_.advance(3.01));
  EXPECT_EQ(land(), 30);
  EXPECT_FALSE(morph_.active());
  EXPECT_FALSE(morph_.advance(3.1));
}

TEST_F(LandMorphTest, EndsOnItsTargetToTheBit) {
  morph_.begin({kTile, fine_tile(kTile.x, kTile.z, [](double x, double) { return x * .0137; }),
                flat(0, 2).density},
               0, 0);
  FineTile target = flat(0, 3);
  target.fine = fine_tile(kTile.x, kTile.z, hills);
  WorldMaps expected(7, models_);
  expected.set_land(kTile.x, kTile.z, target.fine.data());
  morph_.begin(std::move(target), 0, 1);
  for (const double t : {.3, .7, 1.}) morph_.advance(t);
  for (int z = 0; z < kTileFine; z++) {
    for (int x = 0; x < kTileFine; x++) {
      const double at_x = kTile.x * 1024. + 4 * x + 2, at_z = kTile.z * 1024. + 4 * z + 2;
      ASSERT_EQ(maps_.land(at_x, at_z), expected.land(at_x, at_z));
    }
  }
}

TEST_F(LandMorphTest, OldThingsShrinkAndNewOnesGrow) {
  morph_.begin(flat(10, 2), 0, 0);
  morph_.begin(flat(30, 3), 0, 1);
  float last = 1;
  for (const double t : {.1, .2, .3, .4, .49}) {
    morph_.advance(t);
    EXPECT_EQ(first_kind(), kPalm);
    EXPECT_LT(growth(), last);
    last = growth();
  }
  EXPECT_LT(last, .05f);
  last = 0;
  for (const double t : {.51, .6, .7, .8, .9, 1.}) {
    morph_.advance(t);
    EXPECT_EQ(first_kind(), kCactus);
    EXPECT_GT(growth(), last);
    last = growth();
    EXPECT_NEAR(maps_.view(kNoLook, 0).tile_things[0][0].y, 30 - .25, 1e-4);
  }
  EXPECT_EQ(last, 1);
}

TEST_F(LandMorphTest, FarTilesTakeTurnsAndAllEndWell) {
  constexpr TileIndex kFar = {4, -2};
  for (const TileIndex at : {kTile, kFar}) {
    morph_.begin(flat(10, 2, at), 0, 0);
    morph_.begin(flat(30, 3, at), 0, 1);
  }
  const auto far_land = [&] { return maps_.land(4 * 1024 + 402, kZ); };
  int near_moves = 0, far_moves = 0;
  for (int frame = 1; frame < 24; frame++) {
    const double near = land(), far = far_land();
    EXPECT_TRUE(morph_.advance_in_turns(frame / 24., kX, kZ));
    near_moves += land() != near ? 1 : 0;
    far_moves += far_land() != far ? 1 : 0;
  }
  EXPECT_GE(near_moves, 10);
  EXPECT_GE(far_moves, 1);
  EXPECT_LE(far_moves, 2);
  for (int frame = 24; frame < 24 + 24; frame++) morph_.advance_in_turns(frame / 24., kX, kZ);
  EXPECT_FALSE(morph_.active());
  EXPECT_EQ(land(), 30);
  EXPECT_EQ(far_land(), 30);
  const SceneView scene = maps_.view(kNoLook, 0);
  ASSERT_EQ(scene.tile_count, 2);
  for (int k = 0; k < 2; k++) {
    EXPECT_EQ(scene.tile_growths[k], 1);
    EXPECT_EQ(scene.tile_things[k][0].prototype, kCactus);
  }
}

TEST_F(LandMorphTest, AChangeOfMindMakesNoJump) {
  for (const double stop : {.2, .45, .55, .8}) {
    morph_.begin(flat(10, 2), 0, 0);
    morph_.begin(flat(30, 3), 0, 1);
    morph_.advance(stop);
    const double height = land();
    const float size = growth();
    const int kind = first_kind();
    morph_.begin(flat(-15, 0), stop, 1);
    morph_.advance(stop);
    EXPECT_NEAR(land(), height, 1e-4) << stop;
    EXPECT_NEAR(growth(), size, 1e-5) << stop;
    EXPECT_EQ(first_kind(), kind) << stop;
    morph_.advance(stop + .01);
    EXPECT_NEAR(land(), height, .1) << stop;
    EXPECT_NEAR(growth(), size, .03) << stop;
    morph_.advance(stop + 1);
    EXPECT_EQ(land(), -15) << stop;
    EXPECT_EQ(growth(), 0) << "nothing stands in the sea";
  }
}

TEST_F(LandMorphTest, EqualThingsStayAndStepOntoTheNewLand) {
  morph_.begin(flat(10, 2), 0, 0);
  morph_.begin(flat(30, 2), 0, 1);
  auto first_y = [&] { return maps_.view(kNoLook, 0).tile_things[0][0].y; };
  for (const double t : {.2, .5, .8}) {
    morph_.advance(t);
    EXPECT_EQ(growth(), 1);
    EXPECT_NEAR(first_y(), 10 - .25, 1e-4);
  }
  morph_.advance(1);
  EXPECT_EQ(growth(), 1);
  EXPECT_NEAR(first_y(), 30 - .25, 1e-4);
}

// The memory of the old density is gone, and that of the new one may lie where it lay.
TEST_F(LandMorphTest, ThingsAreNotToldApartByAddress) {
  std::vector<float> density = density_of(2, .5f);
  FineTile from = flat(10, 2), to = flat(30, 2);
  from.density = to.density = density.data();
  morph_.begin(std::move(from), 0, 0);
  std::ranges::copy(density_of(3, .5f), density.begin());
  morph_.begin(std::move(to), 0, 1);
  morph_.advance(.25);
  EXPECT_LT(growth(), .6f) << "palms shrink, for cacti are to grow";
  morph_.advance(.75);
  EXPECT_EQ(first_kind(), kCactus);
}

TEST_F(LandMorphTest, ABareTileLosesItsThings) {
  FineTile bare = flat(30, 2);
  bare.density = nullptr;
  morph_.begin(flat(10, 2), 0, 0);
  morph_.begin(std::move(bare), 0, 1);
  morph_.advance(.25);
  EXPECT_EQ(first_kind(), kPalm);
  for (const double t : {.5, .75, 1.}) {
    morph_.advance(t);
    EXPECT_EQ(first_kind(), -1) << "no palm grows again";
  }
  morph_.begin(flat(50, 3), 2, 1);
  morph_.advance(3);
  EXPECT_EQ(first_kind(), kCactus);
}

TEST_F(LandMorphTest, ForgetsWhatIsFar) {
  const TileIndex near = {0, 0}, far = {3, 0};
  for (const TileIndex t : {near, far}) morph_.begin(flat(10, 2, t), 0, 1);
  for (const TileIndex t : {near, far}) morph_.begin(flat(30, 2, t), 0, 1);
  morph_.forget_beyond({-1, 0}, 3);
  EXPECT_TRUE(maps_.has_tile(0, 0));
  EXPECT_FALSE(maps_.has_tile(3, 0));
  morph_.advance(2);
  EXPECT_FALSE(maps_.has_tile(3, 0)) << "its change is forgotten too";
  EXPECT_EQ(maps_.land(502, 502), 30);
  morph_.begin(flat(50, 2, far), 2, 1);
  EXPECT_EQ(maps_.land(3 * 1024 + 502, 502), 50) << "at once: it showed nothing";
}

// A tile and its mirror images, set side by side, are continuous across every border.
TEST(Mirrored, TilesMeetAtTheirBorders) {
  std::vector<float> own = density_of(-1, 0);
  for (size_t i = 0; i < own.size(); i++) own[i] = static_cast<float>(i % 977) / 977;
  const FineTile tile = {{4, -7}, fine_tile(4, -7, hills), own.data()};
  auto expect_meet = [](const float* low, const float* high, int n, int planes, bool along_x) {
    for (int p = 0; p < planes; p++) {
      for (int k = 0; k < n; k++) {
        const int last = along_x ? k * n + n - 1 : (n - 1) * n + k, first = along_x ? k * n : k;
        ASSERT_EQ(low[p * n * n + last], high[p * n * n + first]) << p << " " << k;
      }
    }
  };
  for (int z = -2; z <= 2; z++) {
    for (int x = -2; x <= 2; x++) {
      const auto image = [&](int dx, int dz) { return mirror_image(tile, {x + dx, z + dz}, true); };
      const MirrorImage a = image(0, 0), right = image(1, 0), below = image(0, 1);
      const auto land = [&](const MirrorImage& i) {
        return flipped_land(tile.fine, i.flip_x, i.flip_z);
      };
      const std::vector<float> here = land(a);
      EXPECT_EQ(a.tile, (TileIndex{4 + x, -7 + z}));
      expect_meet(here.data(), land(right).data(), kTileFine, kFineChannels, true);
      expect_meet(here.data(), land(below).data(), kTileFine, kFineChannels, false);
      expect_meet(a.density.data(), right.density.data(), kTileCells, kThingClasses, true);
      expect_meet(a.density.data(), below.density.data(), kTileCells, kThingClasses, false);
      EXPECT_TRUE(mirror_image(tile, {x, z}, false).density.empty());
      if (x % 2 == 0 && z % 2 == 0) {
        EXPECT_TRUE(here == tile.fine);
        EXPECT_TRUE(a.density == own);
      }
    }
  }
}

// A tile with its images shows the same as all of them one by one, and changes from there alike.
TEST_F(LandMorphTest, ShowsMirrorImagesAtOnce) {
  ThreadPool pool({.threads = 2});
  const std::vector<float> dense = density_of(-1, .5f);
  const FineTile tile = {kTile, fine_tile(kTile.x, kTile.z, hills), dense.data()};
  std::vector<MirrorImage> images;
  for (const TileIndex offset : {TileIndex{1, 0}, {0, -1}, {1, 1}, {-2, 0}})
    images.push_back(mirror_image(tile, offset, offset.x != -2));
  WorldMaps other(7, models_);
  LandMorph one_by_one(other);
  one_by_one.begin(tile, 0, 0);
  for (const MirrorImage& i : images) {
    one_by_one.begin({i.tile, flipped_land(tile.fine, i.flip_x, i.flip_z),
                      i.density.empty() ? nullptr : i.density.data()},
                     0, 0);
  }
  morph_.show(tile, images, pool);
  const auto expect_alike = [&] {
    const SceneView a = maps_.view(kNoLook, 0), b = other.view(kNoLook, 0);
    const size_t cells = static_cast<size_t>(kWindowFine) * kFinePitch;
    EXPECT_TRUE(std::equal(a.maps.surface, a.maps.surface + cells, b.maps.surface));
    EXPECT_TRUE(std::equal(a.maps.height, a.maps.height + cells, b.maps.height));
    ASSERT_EQ(a.tile_count, b.tile_count);
    for (int list = 0; list < a.tile_count; list++)
      EXPECT_EQ(a.tile_thing_counts[list], b.tile_thing_counts[list]) << list;
    EXPECT_EQ(a.maps.top, b.maps.top);
  };
  expect_alike();
  for (LandMorph* morph : {&morph_, &one_by_one}) {
    morph->begin(flat(10, 2, images[0].tile), 0, 1);
    morph->advance(.4);
  }
  expect_alike();
  // And so do tiles that turn into images of another one, those on their way included.
  const auto flat_land = std::make_shared<const std::vector<float>>(flat(25, 2).fine);
  const auto hilly = std::make_shared<const std::vector<float>>(fine_tile(3, 3, hills));
  for (const auto& [land, at] : {std::pair{flat_land, .5}, {hilly, .7}}) {
    morph_.begin_images(land, images, at, 1);
    for (const MirrorImage& i : images) {
      one_by_one.begin({i.tile, flipped_land(*land, i.flip_x, i.flip_z),
                        i.density.empty() ? nullptr : i.density.data()},
                       at, 1);
    }
    for (LandMorph* morph : {&morph_, &one_by_one}) morph->advance(at + .1);
    expect_alike();
  }
  for (LandMorph* morph : {&morph_, &one_by_one}) morph->advance(2);
  expect_alike();
}

}  // namespace
}  // namespace vita::world
