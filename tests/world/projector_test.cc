// The projector against a plain reference, on an island with all kinds of things.
#include "models/world/projector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>

#include "core/cpu.h"
#include "stream/count_allocations.h"
#include "world/projector_reference.h"
#include "world/test_land.h"

namespace vita {

// The builds of project_strip.cc, each called for itself.
namespace avx512 {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}
namespace avx2 {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}
namespace baseline {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}

namespace world {
namespace {

constexpr Raster kRaster = {192, 108, 0, 0, 192, 108};
constexpr float kSunOfTest[3] = {.48f, .6f, .64f};

struct FreeAligned {
  void operator()(float* p) const { std::free(p); }
};
using Scratch = std::unique_ptr<float[], FreeAligned>;

Scratch make_scratch(int rows) {
  const size_t bytes = (projector_scratch_bytes(rows) + 63) / 64 * 64;
  Scratch scratch(static_cast<float*>(std::aligned_alloc(64, bytes)));
  std::fill_n(scratch.get(), bytes / sizeof(float), std::numeric_limits<float>::quiet_NaN());
  return scratch;
}

struct Guide {
  explicit Guide(const Raster& r)
      : raster(r),
        pixels(static_cast<size_t>(r.width) * static_cast<size_t>(r.height)),
        planes(kGuidePlanes * pixels, 99),
        kinds(pixels, 99) {}
  GuideView view() { return {planes.data(), kinds.data()}; }
  int at(int plane, int x, int y) const {
    return planes[static_cast<size_t>(plane) * pixels + static_cast<size_t>(y * raster.width + x)];
  }
  int kind(int x, int y) const { return kinds[static_cast<size_t>(y * raster.width + x)]; }
  // A direction written to planes 1 to 3.
  Vector direction(int x, int y) const {
    return {at(1, x, y) / 127.5 - 1, at(2, x, y) / 127.5 - 1, at(3, x, y) / 127.5 - 1};
  }
  bool operator==(const Guide& other) const {
    return planes == other.planes && kinds == other.kinds;
  }

  Raster raster;
  size_t pixels;
  std::vector<uint8_t> planes, kinds;
};

double dot(const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
double code(double unit) { return std::clamp(unit, 0., 1.) * 255; }

// Hills on an island with lakes, in the middle of a deep sea.
double island(double x, double z) {
  const double far = std::hypot(x - 512, z - 512), share = std::clamp((far - 900) / 550, 0., 1.);
  return hills(x, z) * (1 - share) + kNoLand * share;
}
constexpr double kSteepest = 1.3;

class ProjectorTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    models_ = std::make_unique<ThingModels>();
    maps_ = std::make_unique<WorldMaps>(7, *models_);
    for (int z = -1; z <= 1; z++) {
      for (int x = -1; x <= 1; x++) maps_->set_land(x, z, fine_tile(x, z, island).data());
    }
    maps_->relight(kSunOfTest, 0, 0);
    place_one_of_each();
  }
  static void TearDownTestSuite() {
    maps_.reset();
    models_.reset();
    things_.clear();
  }
  // Two of each prototype in rings around the middle.
  static void place_one_of_each() {
    for (int i = 0; i < 2 * kPrototypes; i++) {
      const float around = static_cast<float>(i) * 2.4f, far = 25 + 7.f * static_cast<float>(i);
      const float x = 512 + std::cos(around) * far, z = 512 + std::sin(around) * far;
      things_.push_back({x, maps_->surface(x, z) - .25f, z, std::cos(around * 3),
                         std::sin(around * 3), .8f + .03f * static_cast<float>(i),
                         static_cast<float>(i % 5) * .2f, i % kPrototypes});
    }
  }
  static SceneView scene() {
    static const Thing* list;
    static int count;
    static constexpr float kGrown = 1;
    list = things_.data();
    count = static_cast<int>(things_.size());
    float look[kLook] = {};
    std::copy_n(kSunOfTest, 3, look + kSun);
    look[kFog] = .6f;
    SceneView view = maps_->view(look, 12.5f);
    view.tile_things = &list;
    view.tile_thing_counts = &count;
    view.tile_growths = &kGrown;
    view.tile_count = 1;
    return view;
  }
  static Camera standing(float x, float z, float height, float yaw, float pitch) {
    return {x, maps_->surface(x, z) + height, z, yaw, pitch, .6f};
  }
  static std::vector<Camera> cameras() {
    return {standing(470, 512, 9, .1f, -.12f), standing(512, 420, 30, 1.7f, -.35f),
            standing(700, 640, 60, 3.8f, -.25f)};
  }
  static Guide project_all(const SceneView& view, const Camera& camera,
                           const Raster& raster = kRaster) {
    Guide guide(raster);
    const Scratch scratch = make_scratch(raster.height);
    project(view, camera, raster, 0, raster.width, scratch.get(), guide.view());
    return guide;
  }

  static std::unique_ptr<ThingModels> models_;
  static std::unique_ptr<WorldMaps> maps_;
  static std::vector<Thing> things_;
};
std::unique_ptr<ThingModels> ProjectorTest::models_;
std::unique_ptr<WorldMaps> ProjectorTest::maps_;
std::vector<Thing> ProjectorTest::things_;

// Counts how many values come close.
struct Agreement {
  int all = 0, close = 0;
  void add(double found, double expected, double tolerance) {
    all++;
    close += std::abs(found - expected) <= tolerance;
  }
  double share() const { return all == 0 ? 0 : static_cast<double>(close) / all; }
};

double depth_code(double t) { return code(std::log2(1 + t / 10) / 8.1); }
double fog(const SceneView& s, double t, double y) {
  const double density = s.look[kFog] / 300;
  return code(1 - std::exp(-t * density * (.75 + .8 * std::exp(-std::max(y, 0.) / 45))));
}

TEST_F(ProjectorTest, SeesWhatTheReferenceSees) {
  const SceneView view = scene();
  const ProjectorReference reference(view, kSteepest);
  for (const Camera& camera : cameras()) {
    const Guide guide = project_all(view, camera);
    Agreement kinds, land_depth, thing_depth, fogs;
    int count[4] = {};
    for (int y = 0; y < kRaster.height; y++) {
      for (int x = 0; x < kRaster.width; x++) {
        const Seen seen = reference.look(camera, kRaster, x, y);
        const int kind = guide.kind(x, y);
        kinds.add(kind, seen.kind, 0);
        count[seen.kind]++;
        if (kind != seen.kind || kind == kSky) continue;
        Agreement& depth = kind == kThing ? thing_depth : land_depth;
        depth.add(guide.at(0, x, y), depth_code(seen.t), 2);
        if (std::abs(guide.at(0, x, y) - depth_code(seen.t)) < 1)
          fogs.add(guide.at(9, x, y), fog(view, seen.t, seen.at.y), 3);
      }
    }
    EXPECT_GE(kinds.share(), .99);
    EXPECT_GE(land_depth.share(), .98);
    EXPECT_GE(thing_depth.share(), .97);
    EXPECT_GE(fogs.share(), .99);
    EXPECT_GT(count[kTerrain], 3000);
    EXPECT_GT(count[kThing], 300);
    EXPECT_GT(count[kLiquid] + count[kSky], 300);
  }
}

TEST_F(ProjectorTest, TerrainPlanesMeanWhatTheySay) {
  const SceneView view = scene();
  const ProjectorReference reference(view, kSteepest);
  Agreement normals, shares, light, sun, facing, height, elevation;
  for (const Camera& camera : cameras()) {
    const Guide guide = project_all(view, camera);
    for (int y = 0; y < kRaster.height; y += 2) {
      for (int x = 0; x < kRaster.width; x += 2) {
        const Seen seen = reference.look(camera, kRaster, x, y);
        if (guide.kind(x, y) != kTerrain || seen.kind != kTerrain ||
            std::abs(guide.at(0, x, y) - depth_code(seen.t)) > 1) {
          continue;
        }
        const Vector n = reference.normal(seen.at.x, seen.at.z), found = guide.direction(x, y);
        normals.add(dot(n, found), 1, .02);
        for (int n_byte : {2, 3})
          shares.add(guide.at(n_byte + 2, x, y),
                     reference.surface_byte(n_byte, seen.at.x, seen.at.z), 5);
        shares.add(guide.at(6, x, y), reference.light_byte(0, seen.at.x, seen.at.z), 5);
        light.add(guide.at(7, x, y), reference.light_byte(1, seen.at.x, seen.at.z), 8);
        sun.add(guide.at(8, x, y), code(dot(found, {.48, .6, .64})), 4);
        facing.add(guide.at(19, x, y), code(-dot(found, seen.ray)), 4);
        height.add(guide.at(10, x, y), code(seen.at.y / 12), 8);
        elevation.add(guide.at(15, x, y), code(seen.ray.y * .7 + .5), 1);
      }
    }
  }
  EXPECT_GT(normals.all, 2000);
  EXPECT_GE(normals.share(), .98);
  EXPECT_GE(shares.share(), .98);
  EXPECT_GE(light.share(), .97);
  EXPECT_GE(sun.share(), .99);
  EXPECT_GE(facing.share(), .99);
  EXPECT_GE(height.share(), .95);
  EXPECT_EQ(elevation.share(), 1);
}

TEST_F(ProjectorTest, ThingPlanesMeanWhatTheySay) {
  const SceneView view = scene();
  const ProjectorReference reference(view, kSteepest);
  Agreement parts, tints, units, facing;
  std::vector<int> seen_parts(8);
  for (const Camera& camera : cameras()) {
    const Guide guide = project_all(view, camera);
    for (int y = 0; y < kRaster.height; y++) {
      for (int x = 0; x < kRaster.width; x++) {
        if (guide.kind(x, y) != kThing) continue;
        const Seen seen = reference.look(camera, kRaster, x, y);
        if (seen.kind != kThing) continue;
        int part = 0;
        for (int bit = 0; bit < 3; bit++) {
          ASSERT_EQ(guide.at(4 + bit, x, y) % 255, 0) << "a bit is 0 or 255";
          part |= (guide.at(4 + bit, x, y) / 255) << bit;
        }
        const bool windows_or_stripes = seen.prim.part == kWall || seen.prim.part == kPale;
        if (!windows_or_stripes) parts.add(part, seen.prim.part, 0);
        seen_parts[static_cast<size_t>(part)]++;
        tints.add(guide.at(12, x, y), code(seen.tint + seen.prim.tint), 2);
        const Vector n = guide.direction(x, y);
        units.add(dot(n, n), 1, .03);
        facing.add(guide.at(19, x, y), code(-dot(n, seen.ray)), 4);
      }
    }
  }
  EXPECT_GE(parts.share(), .97);
  EXPECT_GE(tints.share(), .95);
  EXPECT_EQ(units.share(), 1);
  EXPECT_GE(facing.share(), .99);
  for (int part : {kBark, kFoliage, kStone, kWall, kRoof, kCrystalPart})
    EXPECT_GT(seen_parts[static_cast<size_t>(part)], 5) << "part " << part;
}

TEST_F(ProjectorTest, WaterMirrors) {
  const SceneView view = scene();
  const Camera camera = {-900, 25, 512, .1f, -.05f, .6f};  // on the sea, towards the island
  const Guide guide = project_all(view, camera);
  int sky = 0, land = 0;
  for (int y = 0; y < kRaster.height; y++) {
    for (int x = 0; x < kRaster.width; x++) {
      if (guide.kind(x, y) != kLiquid) continue;
      const Vector d = ProjectorReference::ray(camera, kRaster, x, y), n = guide.direction(x, y);
      EXPECT_EQ(guide.at(18, x, y), 255) << "no edge on water";
      EXPECT_GE(n.y, -.01);
      EXPECT_NEAR(guide.at(15, x, y), code(-d.y * .7 + .5), 12);
      if (guide.at(11, x, y) > 0) {
        land++;
        continue;
      }
      sky++;
      EXPECT_NEAR(n.x, d.x, .13);
      EXPECT_NEAR(n.y, -d.y, .13);
      EXPECT_NEAR(n.z, d.z, .13);
      EXPECT_EQ(guide.at(8, x, y), 0) << "the sky has no side that faces the sun";
    }
  }
  EXPECT_GT(sky, 1000);
  EXPECT_GT(land, 50) << "the island shows in the sea";
}

TEST_F(ProjectorTest, SkyHasItsSun) {
  const float yaw = std::atan2(kSunOfTest[2], kSunOfTest[0]);
  const Camera camera = {-1200, 40, 512, yaw, .5f, .6f};
  const Guide guide = project_all(scene(), camera);
  int best = 0;
  Vector brightest{};
  for (int y = 0; y < kRaster.height; y++) {
    for (int x = 0; x < kRaster.width; x++) {
      if (guide.kind(x, y) != kSky) continue;
      const Vector d = ProjectorReference::ray(camera, kRaster, x, y);
      EXPECT_NEAR(dot(guide.direction(x, y), d), 1, .02);
      EXPECT_EQ(guide.at(0, x, y), 255);
      EXPECT_EQ(guide.at(9, x, y), 255);
      if (guide.at(19, x, y) > best) {
        best = guide.at(19, x, y);
        brightest = d;
      }
    }
  }
  EXPECT_GT(best, 200);
  EXPECT_GT(dot(brightest, {.48, .6, .64}), .9998);
}

TEST_F(ProjectorTest, SkyHasItsRidge) {
  const Camera camera = {-1200, 40, 512, 2.5f, .05f, .6f};
  const Guide guide = project_all(scene(), camera);
  int inside = 0, outside = 0;
  for (int y = 0; y < kRaster.height; y++) {
    for (int x = 0; x < kRaster.width; x++) {
      if (guide.kind(x, y) != kSky) continue;
      const Vector d = ProjectorReference::ray(camera, kRaster, x, y);
      const double slope = d.y / std::hypot(d.x, d.z);
      if (slope > .2) {
        EXPECT_EQ(guide.at(6, x, y), 255) << "above every ridge";
      }
      inside += guide.at(6, x, y) < 127;
      outside += guide.at(6, x, y) > 127;
    }
  }
  EXPECT_GT(inside, 20);
  EXPECT_GT(outside, 1000);
}

TEST_F(ProjectorTest, SnowFallsWhenItShould) {
  SceneView view = scene();
  const Camera camera = cameras()[0];
  auto particles = [&] {
    const Guide guide = project_all(view, camera);
    const uint8_t* plane = guide.planes.data() + 17 * guide.pixels;
    return std::count_if(plane, plane + guide.pixels, [](uint8_t v) { return v > 60; });
  };
  EXPECT_EQ(particles(), 0);
  view.look[kSnow] = 1;
  EXPECT_GT(particles(), 100);
  view.look[kSnow] = 0;
  view.look[kRain] = 1;
  EXPECT_GT(particles(), 100);
}

TEST_F(ProjectorTest, DoesNotDependOnHowColumnsAreSplit) {
  const SceneView view = scene();
  for (const Camera& camera : cameras()) {
    const Guide whole = project_all(view, camera);
    EXPECT_TRUE(whole == project_all(view, camera)) << "the second time";
    Guide parts(kRaster);
    for (const auto& [first, last] : {std::pair{128, 192}, {0, 32}, {96, 128}, {32, 96}}) {
      const Scratch scratch = make_scratch(kRaster.height);
      project(view, camera, kRaster, first, last, scratch.get(), parts.view());
    }
    EXPECT_TRUE(whole == parts);
  }
}

TEST_F(ProjectorTest, APartOfThePictureIsThatPart) {
  const Camera camera = cameras()[1];
  const Guide whole = project_all(scene(), camera);
  const Guide part = project_all(scene(), camera, {192, 108, 64, 40, 64, 68});
  Agreement same;
  for (int y = 0; y < 68; y++) {
    for (int x = 0; x < 64; x++) same.add(part.at(0, x, y), whole.at(0, x + 64, y + 40), 1);
  }
  EXPECT_GE(same.share(), .995);
}

TEST_F(ProjectorTest, InstructionSetsAgree) {
  const SceneView view = scene();
  using Strip = decltype(&baseline::project_strip);
  std::vector<Strip> others;
  if (cpu_isa() >= Isa::avx2) others.push_back(&avx2::project_strip);
  if (cpu_isa() >= Isa::avx512) others.push_back(&avx512::project_strip);
  if (others.empty()) GTEST_SKIP() << "this run may use the baseline only";
  const Scratch scratch = make_scratch(kRaster.height);
  for (const Camera& camera : cameras()) {
    auto by = [&](Strip strip) {
      Guide guide(kRaster);
      for (int x = 0; x < kRaster.width; x += kGuideStrip)
        strip(view, camera, kRaster, x, scratch.get(), guide.view());
      return guide;
    };
    const Guide expected = by(&baseline::project_strip);
    for (const Strip other : others) {
      const Guide found = by(other);
      Agreement planes, kinds;
      for (size_t i = 0; i < found.planes.size(); i++)
        planes.add(found.planes[i], expected.planes[i], 2);
      for (size_t i = 0; i < found.pixels; i++) kinds.add(found.kinds[i], expected.kinds[i], 0);
      EXPECT_GE(planes.share(), .995);
      EXPECT_GE(kinds.share(), .999);
    }
  }
}

// None of these may crash, hang or write anything that is no kind.
TEST_F(ProjectorTest, BearsExtremeCameras) {
  constexpr float kDown = -1.5707963f, kHuge = 1e9f, kInfinity = INFINITY, kNan = NAN;
  const std::vector<Camera> extremes = {
      {512, 90, 512, 0, kDown, .6f},      {512, 90, 512, 0, -kDown, .6f},
      {512, -30, 512, 0, 0, .6f},         {512, -300, 512, 1, -1, .6f},
      {512, 4000, 512, 1, -1.2f, .6f},    {30000, 20, -70000, 2, -.1f, .6f},
      {kHuge, 50, -kHuge, 2, -.1f, .6f},  {1e30f, 1e30f, 1e30f, 2, -.1f, .6f},
      {512, 50, 512, 1e6f, -.1f, .6f},    {512, 50, 512, 1, -.1f, 1e-4f},
      {512, 50, 512, 1, -.1f, 50},        {kNan, 50, 512, 1, -.1f, .6f},
      {512, kInfinity, 512, 1, -.1f, .6f}};
  for (size_t i = 0; i < extremes.size(); i++) {
    const Guide guide = project_all(scene(), extremes[i]);
    EXPECT_TRUE(std::ranges::all_of(guide.kinds, [](uint8_t k) { return k <= kSky; })) << i;
  }
  const Guide down = project_all(scene(), extremes[0]), up = project_all(scene(), extremes[1]);
  EXPECT_EQ(std::ranges::count(down.kinds, kSky), 0);
  EXPECT_EQ(std::ranges::count(up.kinds, kSky), static_cast<long>(up.pixels));
}

TEST_F(ProjectorTest, DoesNotAllocate) {
  const SceneView view = scene();
  Guide guide(kRaster);
  const Scratch scratch = make_scratch(kRaster.height);
  const Camera camera = cameras()[0];
  const long before = allocation_count();
  project(view, camera, kRaster, 0, kRaster.width, scratch.get(), guide.view());
  EXPECT_EQ(allocation_count(), before);
}

}  // namespace
}  // namespace world
}  // namespace vita
