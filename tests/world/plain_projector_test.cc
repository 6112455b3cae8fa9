// The projector against the plain one of tests/plain_projector: byte by byte, on land with things.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "plain_projector/plain_projector.h"
#include "world/test_land.h"

namespace vita::world {
namespace {

constexpr Raster kRaster = {320, 180, 0, 0, 320, 180};
constexpr size_t kPixels = static_cast<size_t>(kRaster.width) * kRaster.height;
constexpr float kSunOfTest[3] = {.48f, .6f, .64f};

struct FreeAligned {
  void operator()(float* p) const { std::free(p); }
};
std::unique_ptr<float[], FreeAligned> make_scratch() {
  const size_t bytes = (projector_scratch_bytes(kRaster.height) + 63) / 64 * 64;
  return std::unique_ptr<float[], FreeAligned>(static_cast<float*>(std::aligned_alloc(64, bytes)));
}

struct Guide {
  std::vector<uint8_t> bytes = std::vector<uint8_t>((kGuidePlanes + 1) * kPixels);
  GuideView view() { return {bytes.data(), bytes.data() + kGuidePlanes * kPixels}; }
  // Share of the bytes of planes [first, last) within +-2; the kinds are the last plane.
  double alike(const Guide& other, int first, int last) const {
    size_t count = 0;
    const size_t begin = static_cast<size_t>(first) * kPixels,
                 end = static_cast<size_t>(last) * kPixels;
    for (size_t i = begin; i < end; i++) count += std::abs(bytes[i] - other.bytes[i]) <= 2;
    return static_cast<double>(count) / static_cast<double>(end - begin);
  }
};

class PlainProjectorTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    models_ = std::make_unique<ThingModels>();
    maps_ = std::make_unique<WorldMaps>(7, *models_);
    for (int z = -2; z <= 2; z++) {
      for (int x = -2; x <= 2; x++) {
        maps_->set_tile(x, z, fine_tile(x, z, hills).data(), density_of(-1, .25f).data());
      }
    }
    maps_->relight(kSunOfTest, 0, 0);
  }
  static void TearDownTestSuite() {
    maps_.reset();
    models_.reset();
  }
  static SceneView scene(bool bare) {
    float look[kLook] = {};
    std::copy_n(kSunOfTest, 3, look + kSun);
    look[kFog] = .6f;
    SceneView view = maps_->view(look, 12.5f);
    if (bare) view.tile_count = 0;
    return view;
  }
  // Low and high, level and steep.
  static std::vector<Camera> cameras() {
    auto standing = [](float x, float z, float height, float yaw, float pitch) {
      return Camera{x, maps_->surface(x, z) + height, z, yaw, pitch, .6f};
    };
    return {standing(470, 512, 3, .1f, -.02f), standing(512, 420, 30, 1.7f, -.35f),
            standing(700, 640, 90, 3.8f, -.25f), standing(300, 300, 60, 5.1f, -.9f),
            standing(200, 800, 2, 2.9f, .35f)};
  }
  static Guide plainly(const SceneView& view, const Camera& camera) {
    Guide guide;
    project_plainly(view, camera, kRaster, make_scratch().get(), guide.view());
    return guide;
  }
  static Guide quickly(const SceneView& view, const Camera& camera) {
    Guide guide;
    project(view, camera, kRaster, 0, kRaster.width, make_scratch().get(), guide.view());
    return guide;
  }

  static std::unique_ptr<ThingModels> models_;
  static std::unique_ptr<WorldMaps> maps_;
};
std::unique_ptr<ThingModels> PlainProjectorTest::models_;
std::unique_ptr<WorldMaps> PlainProjectorTest::maps_;

// Both find the land to a share of a step only, and fine noise tells of every decimetre.
TEST_F(PlainProjectorTest, Agrees) {
  for (const bool bare : {true, false}) {
    const SceneView view = scene(bare);
    for (const Camera& camera : cameras()) {
      const Guide plain = plainly(view, camera), quick = quickly(view, camera);
      EXPECT_GE(quick.alike(plain, kGuidePlanes, kGuidePlanes + 1), .9995) << "kinds";
      EXPECT_GE(quick.alike(plain, 0, 1), .999) << "depth";
      EXPECT_GE(quick.alike(plain, 1, 4), .99) << "directions";
      EXPECT_GE(quick.alike(plain, 15, kGuidePlanes), .985) << "edges, elevation, facing";
      EXPECT_GE(quick.alike(plain, 0, kGuidePlanes), .975);
    }
  }
}

TEST_F(PlainProjectorTest, TwoThreadsMakeTheGuideOfOne) {
  const SceneView view = scene(false);
  for (const Camera& camera : cameras()) {
    const Guide alone = quickly(view, camera);
    Guide shared;
    auto half = [&](int first, int last) {
      project(view, camera, kRaster, first, last, make_scratch().get(), shared.view());
    };
    std::thread other(half, 160, kRaster.width);
    half(0, 160);
    other.join();
    EXPECT_TRUE(alone.bytes == shared.bytes);
  }
}

}  // namespace
}  // namespace vita::world
