// Where a world is first seen from, and the shapes of what stands in it.
#include "models/world/viewpoint.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/world/view_things.h"
#include "world/test_land.h"

namespace vita::world {
namespace {

constexpr float kSunWest[3] = {-.8f, .6f, 0};

TEST(Viewpoint, StandsInItsAreaAboveTheGround) {
  const ThingModels models;
  WorldMaps maps(3, models);
  for (int z = -1; z <= 1; z++) {
    for (int x = -1; x <= 1; x++)
      maps.set_tile(x, z, fine_tile(x, z, hills).data(), density_of(0, .1f).data());
  }
  const ViewArea area = {200, 800, 300, 700, 30, 4.f, 30.f};
  int distinct = 0;
  float last = 0;
  for (uint32_t seed = 0; seed < 6; seed++) {
    const Camera c = choose_viewpoint(maps, kSunWest, area, seed);
    EXPECT_TRUE(c.x >= 200 && c.x <= 800 && c.z >= 300 && c.z <= 700) << c.x << " " << c.z;
    const float height = c.y - maps.surface(c.x, c.z);
    EXPECT_TRUE(height > 3.99f && height < 30.01f) << height;
    EXPECT_LT(std::abs(c.pitch), .35f);
    EXPECT_GT(c.tan_half, .4f);
    EXPECT_GT(maps.nearest_thing(c.x, c.z, 20), 3) << "nothing in the face";
    const Camera again = choose_viewpoint(maps, kSunWest, area, seed);
    EXPECT_TRUE(c.x == again.x && c.y == again.y && c.yaw == again.yaw);
    distinct += c.x != last;
    last = c.x;
  }
  EXPECT_EQ(distinct, 6) << "another seed, another view";
}

// A few palms in a wide land: who asked for it is shown them, from a place where no hill hides
// them.
TEST(Viewpoint, ShowsWhatWasAskedFor) {
  const ThingModels models;
  constexpr int kPalm = 2, kPlane = kTileCells * kTileCells;
  WorldMaps maps(3, models);
  std::vector<float> density(static_cast<size_t>(kThingClasses) * kPlane);
  for (int z = 13; z < 16; z++) {
    for (int x = 19; x < 22; x++) density[kPalm * kPlane + z * kTileCells + x] = .6f;
  }
  maps.set_tile(0, 0,
                fine_tile(0, 0, [](double x, double z) { return 20 + hills(x, z) * .2; }).data(),
                density.data());
  const float look[kLook] = {};
  const SceneView scene = maps.view(look, 0);
  ASSERT_GT(count_things(scene), 0);
  ViewArea area = {150, 870, 150, 870, 24, 4.f, 30.f};
  const ViewThings wishing(scene, {0, 1024, 0, 1024}, 1u << kPalm),
      wishless(scene, {0, 1024, 0, 1024}, 0);
  int shown[2] = {};
  for (int asked = 0; asked < 2; asked++) {
    area.asked = asked != 0 ? 1u << kPalm : 0;
    for (uint32_t seed = 0; seed < 8; seed++) {
      const Camera c = choose_viewpoint(maps, kSunWest, area, seed);
      shown[asked] += wishing.worth(maps, c) > wishless.worth(maps, c);
    }
  }
  EXPECT_EQ(shown[1], 8);
  EXPECT_LT(shown[0], 8);
}

// A wall to the east of everything: one does not look at it from close by.
TEST(Viewpoint, PrefersAnOpenView) {
  const ThingModels models;
  WorldMaps maps(3, models);
  const auto wall = [](double x, double) { return x > 700 ? 3 + (x - 700) * 1.5 : 3.; };
  for (int z = -1; z <= 1; z++) {
    for (int x = -1; x <= 1; x++) maps.set_land(x, z, fine_tile(x, z, wall).data());
  }
  for (uint32_t seed = 0; seed < 6; seed++) {
    const Camera c = choose_viewpoint(maps, kSunWest, {500, 690, 300, 700, 60, 4, 30}, seed);
    EXPECT_LT(std::cos(c.yaw), .5f) << seed;
  }
}

bool inside(const ThingTables& tables, const Prim& prim, float x, float y, float z) {
  const float* a = prim.a;
  switch (prim.kind) {
    case kEllipsoid: return std::hypot((x - a[0]) / a[3], (y - a[1]) / a[4], (z - a[2]) / a[5]) < 1;
    case kFrustum: {
      const float share = (y - a[2]) / (a[3] - a[2]);
      return share > 0 && share < 1 &&
             std::hypot(x - a[0], z - a[1]) < a[4] + (a[5] - a[4]) * share;
    }
    case kHull: break;
  }
  for (int i = prim.plane_first; i < prim.plane_first + prim.plane_count; i++) {
    const Plane& p = tables.planes[i];
    if (p.x * x + p.y * y + p.z * z > p.d) return false;
  }
  return true;
}

// What shows above the ground lies within the sphere that the projector culls by, and it is there.
TEST(ThingModels, KeepWithinTheirBounds) {
  const ThingModels models;
  const ThingTables tables = models.tables();
  for (int id = 0; id < kPrototypes; id++) {
    const Prototype& p = tables.prototypes[id];
    ASSERT_GT(p.prim_count, 0);
    ASSERT_GT(p.blob_count, 0);
    ASSERT_LE(p.tint_low, p.tint_high);
    int filled = 0;
    for (float y = .1f; y < p.height + p.radius; y += .4f) {
      for (float z = -20; z <= 20; z += .4f) {
        for (float x = -20; x <= 20; x += .4f) {
          for (int i = p.prim_first; i < p.prim_first + p.prim_count; i++) {
            if (!inside(tables, tables.prims[i], x, y, z)) continue;
            filled++;
            ASSERT_LE(std::hypot(x, y - p.height / 2, z), p.radius * 1.05f)
                << "prototype " << id << " at " << x << " " << y << " " << z;
          }
        }
      }
    }
    EXPECT_GT(filled, 20) << "prototype " << id;
  }
}

TEST(ThingModels, HullsHaveUnitNormals) {
  const ThingModels models;
  const ThingTables tables = models.tables();
  int hulls = 0;
  for (int id = 0; id < kPrototypes; id++) {
    const Prototype& p = tables.prototypes[id];
    for (int i = p.prim_first; i < p.prim_first + p.prim_count; i++) {
      const Prim& prim = tables.prims[i];
      if (prim.kind != kHull) continue;
      hulls++;
      EXPECT_GE(prim.plane_count, 4);
      for (int k = prim.plane_first; k < prim.plane_first + prim.plane_count; k++) {
        const Plane& plane = tables.planes[k];
        EXPECT_NEAR(std::hypot(plane.x, plane.y, plane.z), 1, 1e-5);
      }
    }
  }
  EXPECT_GT(hulls, 8);
}

}  // namespace
}  // namespace vita::world
