// Placing things: a function of the seed and of what the maps say at each place.
#include "models/world/place_things.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/world/thing_models.h"
#include "world/test_land.h"

namespace vita::world {
namespace {

enum ThingClass : int { kConifer, kBroadleaf, kPalms, kCacti, kRocks, kCrystals, kHouse, kTower };

struct Ground {
  std::function<float(int, double, double)> density;
  HeightAt height = [](double, double) { return 20.f; };
};

Ground covered(int thing_class, float density) {
  return {[=](int c, double, double) { return c == thing_class ? density : 0.f; }};
}

DensitiesAt all_classes(const Ground& ground) {
  return [density = ground.density](double x, double z, float* out) {
    for (int c = 0; c < kThingClasses; c++) out[c] = density(c, x, z);
  };
}

std::vector<Thing> place(const Ground& ground, uint32_t seed = 5, int x = 0, int z = 0) {
  static const ThingModels models;
  std::vector<Thing> out;
  place_things(seed, x, z, all_classes(ground), ground.height, models.tables().prototypes, out);
  return out;
}

TEST(PlaceThings, IsAFunctionOfTheSeed) {
  const Ground ground = covered(kConifer, .4f);
  const std::vector<Thing> once = place(ground);
  ASSERT_GT(once.size(), 500u);
  EXPECT_TRUE(once == place(ground));
  EXPECT_FALSE(once == place(ground, 6));
}

TEST(PlaceThings, TilesDoNotDependOnEachOther) {
  const Ground ground = covered(kBroadleaf, .5f);
  static const ThingModels models;
  std::vector<Thing> both;
  for (int x : {-3, 4})
    place_things(5, x, -1, all_classes(ground), ground.height, models.tables().prototypes, both);
  std::vector<Thing> apart = place(ground, 5, 4, -1);
  ASSERT_LT(apart.size(), both.size());
  EXPECT_TRUE(std::equal(apart.rbegin(), apart.rend(), both.rbegin()));
  for (const Thing& t : apart) {
    EXPECT_TRUE(t.x >= 4096 && t.x <= 5120 && t.z >= -1024 && t.z <= 0) << t.x << " " << t.z;
  }
}

TEST(PlaceThings, NoDensityNoThings) {
  EXPECT_TRUE(place({[](int, double, double) { return 0.f; }}).empty());
  EXPECT_TRUE(place({[](int, double, double) { return .04f; }}).empty()) << "a network's none";
}

TEST(PlaceThings, CountGrowsWithDensity) {
  constexpr float kShares[kThingClasses] = {.75f, .65f, .45f, .30f, .28f, .30f, .22f, .05f};
  for (int c = 0; c < kThingClasses; c++) {
    size_t last = 0;
    for (const float density : {.2f, .5f, 1.f}) {
      const size_t count = place(covered(c, density)).size();
      EXPECT_GT(count, last);
      const double expected = 86. * 86 * kShares[c] * density;
      EXPECT_NEAR(static_cast<double>(count), expected, 5 * std::sqrt(expected)) << "class " << c;
      last = count;
    }
  }
}

TEST(PlaceThings, KeepsToItsClass) {
  for (int c = 0; c < kThingClasses; c++) {
    const ClassPrototypes& kinds = ThingModels::of_class(c);
    std::vector<int> seen(kPrototypes);
    for (const Thing& t : place(covered(c, 1))) {
      seen[static_cast<size_t>(t.prototype)]++;
      EXPECT_TRUE(t.scale >= kinds.scale_low && t.scale <= kinds.scale_high) << t.scale;
      EXPECT_TRUE(t.tint >= 0 && t.tint <= 1) << t.tint;
      EXPECT_NEAR(t.cos_yaw * t.cos_yaw + t.sin_yaw * t.sin_yaw, 1, 1e-5);
    }
    for (int id = 0; id < kPrototypes; id++) {
      const bool mine =
          std::find(kinds.ids, kinds.ids + kinds.count, id) != kinds.ids + kinds.count;
      EXPECT_EQ(seen[static_cast<size_t>(id)] > 0, mine) << "class " << c << ", prototype " << id;
    }
  }
}

TEST(PlaceThings, NothingStandsInWater) {
  Ground shore = covered(kRocks, 1);
  shore.height = [](double x, double) { return static_cast<float>((x - 512) * .1); };
  const std::vector<Thing> things = place(shore);
  EXPECT_GT(things.size(), 500u);
  for (const Thing& t : things) {
    EXPECT_GE(t.x, 522 - .1f);
    EXPECT_NEAR(t.y, (t.x - 512) * .1 - .25, .01);
  }
}

TEST(PlaceThings, NothingStandsOnSteepGround) {
  auto slope = [](int c, double rise) {
    Ground ground = covered(c, 1);
    ground.height = [=](double x, double z) { return static_cast<float>(9 + (x + z) * rise); };
    return place(ground).size();
  };
  for (int c = 0; c < kThingClasses; c++) {
    EXPECT_GT(slope(c, .1), 0u) << "class " << c;
    EXPECT_EQ(slope(c, 1.5), 0u) << "class " << c;
  }
  EXPECT_EQ(slope(kHouse, .3), 0u) << "a house wants flatter ground than a tree";
  EXPECT_GT(slope(kConifer, .3), 0u);
}

TEST(PlaceThings, LooksAtTheDensityOfThePlace) {
  const Ground half = {
      [](int c, double x, double z) { return c == kCacti && x < 512 && z < 256 ? 1.f : 0.f; }};
  const std::vector<Thing> things = place(half);
  EXPECT_GT(things.size(), 100u);
  for (const Thing& t : things) EXPECT_TRUE(t.x < 512 && t.z < 256);
}

TEST(PlaceThings, AForestLeavesItsVillageStanding) {
  const Ground village = {[](int c, double, double) {
    return c == kHouse ? .5f : c == kConifer ? 1.f : 0.f;
  }};
  const std::vector<Thing> alone = place(covered(kHouse, .5f)), among = place(village);
  EXPECT_EQ(std::ranges::count_if(among, [](const Thing& t) { return t.prototype >= kCabin; }),
            static_cast<long>(alone.size()));
}

}  // namespace
}  // namespace vita::world
