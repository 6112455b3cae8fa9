// Sun and shadow: the sweep against a march towards the sun from one cell at a time, and the
// shadows of things against the ellipses that they should be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/cpu.h"
#include "models/world/light_maps.h"
#include "world/test_land.h"

namespace vita {

// The builds of land_sweep.cc, each called for itself.
namespace avx512 {
void sweep_land(const world::SweepDesc&);
}
namespace avx2 {
void sweep_land(const world::SweepDesc&);
}
namespace baseline {
void sweep_land(const world::SweepDesc&);
}

namespace world {
namespace {

constexpr int kMask = kWindowFine - 1, kFirstX = -704, kFirstZ = 1296;
constexpr size_t kCells = static_cast<size_t>(kWindowFine) * kFinePitch;
constexpr double kDegree = 3.14159265358979 / 180;

struct Sun {
  double azimuth, elevation;  // degrees; azimuth 0 along x, 90 along z
  double x() const { return std::cos(azimuth * kDegree) * std::cos(elevation * kDegree); }
  double y() const { return std::sin(elevation * kDegree); }
  double z() const { return std::sin(azimuth * kDegree) * std::cos(elevation * kDegree); }
};

size_t cell(int x, int z) {
  return static_cast<size_t>(z & kMask) * kFinePitch + static_cast<size_t>(x & kMask);
}

int16_t steps(double metres) {
  return static_cast<int16_t>(std::lround(metres / double{kMapHeightStep}));
}

// A window of land whose low corner lies somewhere inside the torus.
class SweepTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    height_.resize(kCells);
    std::vector<double> wave(kWindowFine);
    for (int z = 0; z < kWindowFine; z++) {
      const double wz = z * 4.;
      for (int x = 0; x < kWindowFine; x++) {
        const double wx = x * 4.;
        if (z == 0) wave[static_cast<size_t>(x)] = std::sin(wx / 290 + 1);
        height_[cell(kFirstX + x, kFirstZ + z)] =
            steps(30 + 105 * wave[static_cast<size_t>(x)] * std::cos(wz / 330) +
                  26 * std::sin(wx / 111 + wz / 140));
      }
    }
  }
  static void TearDownTestSuite() { height_ = {}; }

  using Sweep = void (*)(const SweepDesc&);
  static std::vector<uint16_t> sweep(const Sun& sun, Sweep function = &sweep_land_light) {
    std::vector<uint16_t> light(kCells, 0x12ab);
    std::vector<float> scratch(kSweepScratch);
    function(
        {height_.data(),
         kFirstX,
         kFirstZ,
         {static_cast<float>(sun.x()), static_cast<float>(sun.y()), static_cast<float>(sun.z())},
         scratch.data(),
         light.data()});
    return light;
  }
  // Of the land, or of the water on it; cells counted from the window's corner, not wrapped.
  static double surface(double x, double z) {
    const int ix = static_cast<int>(std::floor(x)), iz = static_cast<int>(std::floor(z));
    const double u = x - ix, v = z - iz;
    auto at = [&](int cx, int cz) {
      return std::max(0., height_[cell(kFirstX + cx, kFirstZ + cz)] * double{kMapHeightStep});
    };
    return (at(ix, iz) * (1 - u) + at(ix + 1, iz) * u) * (1 - v) +
           (at(ix, iz + 1) * (1 - u) + at(ix + 1, iz + 1) * u) * v;
  }
  // How far the line to the sun clears all land, metres; negative in the shadow.
  static double clearance(const Sun& sun, int x, int z) {
    const double flat = std::hypot(sun.x(), sun.z());
    if (flat < 1e-9) return 1e9;
    const double dx = sun.x() / flat / 4, dz = sun.z() / flat / 4, rise = sun.y() / flat;
    const double from = surface(x, z);
    double least = 1e9;
    for (double s = 4; from + s * rise < 165; s += 2) {
      const double px = x + dx * s, pz = z + dz * s;
      if (px < 0 || pz < 0 || px >= kWindowFine - 1 || pz >= kWindowFine - 1) break;
      least = std::min(least, from + s * rise - surface(px, pz));
    }
    return least;
  }

  static std::vector<int16_t> height_;
};
std::vector<int16_t> SweepTest::height_;

class EachSun : public SweepTest, public ::testing::WithParamInterface<Sun> {};

TEST_P(EachSun, AgreesWithAMarchTowardsTheSun) {
  const Sun sun = GetParam();
  const std::vector<uint16_t> light = sweep(sun);
  std::minstd_rand random(11);
  constexpr int kSamples = 800;
  int lit = 0, dark = 0, close = 0;
  for (int i = 0; i < kSamples; i++) {
    const int x = 4 + static_cast<int>(random() % (kWindowFine - 8)),
              z = 4 + static_cast<int>(random() % (kWindowFine - 8));
    const double clear = clearance(sun, x, z);
    const int word = light[cell(kFirstX + x, kFirstZ + z)];
    ASSERT_EQ(word & 0xff, 0xab) << "the cap stays";
    const double found = (word >> 8) / 255., expected = std::clamp(clear * .3 + .75, 0., 1.);
    close += std::abs(found - expected) < .15;
    if (clear > .7) {
      lit++;
      EXPECT_GT(found, .85) << "cell " << x << ", " << z << " is clear by " << clear << " m";
    } else if (clear < -6) {
      dark++;
      EXPECT_LT(found, .1) << "cell " << x << ", " << z << " is shadowed by " << -clear << " m";
    }
  }
  EXPECT_GE(close, kSamples * 94 / 100);
  EXPECT_GT(lit, sun.elevation < 5 ? 10 : 50);
  if (sun.elevation < 20) {
    EXPECT_GT(dark, 30);
  }
}

TEST_F(SweepTest, InstructionSetsAgree) {
  std::vector<Sweep> others;
  if (cpu_isa() >= Isa::avx2) others.push_back(&avx2::sweep_land);
  if (cpu_isa() >= Isa::avx512) others.push_back(&avx512::sweep_land);
  if (others.empty()) GTEST_SKIP() << "this run may use the baseline only";
  for (const Sun& sun : {Sun{140, 12}, Sun{250, 3}, Sun{0, 20}}) {
    const std::vector<uint16_t> expected = sweep(sun, &baseline::sweep_land);
    for (const Sweep other : others) {
      const std::vector<uint16_t> found = sweep(sun, other);
      int worst = 0;
      for (size_t i = 0; i < kCells; i++) worst = std::max(worst, std::abs(found[i] - expected[i]));
      EXPECT_LE(worst >> 8, 1) << "azimuth " << sun.azimuth;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Suns, EachSun,
                         ::testing::Values(Sun{30, 12}, Sun{140, 12}, Sun{215, 15}, Sun{320, 9},
                                           Sun{0, 12}, Sun{90, 12}, Sun{180, 12}, Sun{270, 12},
                                           Sun{45, 30}, Sun{250, 3}, Sun{60, 80}, Sun{0, 90}),
                         [](const auto& suns) {
                           return "azimuth" + std::to_string(int(suns.param.azimuth)) +
                                  "elevation" + std::to_string(int(suns.param.elevation));
                         });

// A sea's shadow lies on its surface, not on its bottom far below.
TEST(Sweep, ShadesWaterAtItsSurface) {
  std::vector<int16_t> height(kCells, steps(kNoLand));
  std::vector<float> scratch(kSweepScratch);
  std::vector<uint16_t> light(kCells, 0);
  for (int z = 0; z < kWindowFine; z++) {
    for (int x = 1000; x < 1004; x++) height[cell(x, z)] = steps(60);
  }
  sweep_land_light({height.data(), 0, 0, {.8944f, .4472f, 0}, scratch.data(), light.data()});
  const auto lit = [&](double metres) {  // west of the wall, with the sun in the east
    return light[cell(1000 - static_cast<int>(metres / 4), 700)] >> 8;
  };
  EXPECT_LT(lit(100), 10);
  EXPECT_GT(lit(130), 240);
}

// --- things

// One thing with one blob, on an otherwise empty window.
class ThingShadow : public ::testing::Test {
 protected:
  void cast(float x, float z, const Sun& sun, int tile_x, int tile_z) {
    const Thing thing = {x, 0, z, 1, 0, 1, 0, 0};
    const float towards[3] = {static_cast<float>(sun.x()), static_cast<float>(sun.y()),
                              static_cast<float>(sun.z())};
    splat_thing_shadows({&prototype_, nullptr, nullptr, &blob_}, &thing, 1, towards, tile_x, tile_z,
                        light_.data());
  }
  // Darkness around a point, 0..1; cells of 2 m from (x - 60, z - 60) to (x + 60, z + 60).
  struct Spot {
    double sum = 0, x = 0, z = 0, along = 0, across = 0;  // centre, and radii of an even ellipse
  };
  Spot measure(double x, double z, double dir_x, double dir_z) const {
    Spot spot;
    auto each = [&](auto&& take) {
      const int first_x = static_cast<int>(std::floor(x / 2)) - 60,
                first_z = static_cast<int>(std::floor(z / 2)) - 60;
      for (int k = 0; k < 120 * 120; k++) {
        const int cx = first_x + k % 120, cz = first_z + k / 120;
        take(1 - at(cx, cz) / 255., cx * 2 + 1., cz * 2 + 1.);
      }
    };
    each([&](double dark, double px, double pz) {
      spot.sum += dark;
      spot.x += dark * px;
      spot.z += dark * pz;
    });
    spot.x /= spot.sum;
    spot.z /= spot.sum;
    each([&](double dark, double px, double pz) {
      const double u = (px - spot.x) * dir_x + (pz - spot.z) * dir_z,
                   v = (px - spot.x) * dir_z - (pz - spot.z) * dir_x;
      spot.along += dark * u * u;
      spot.across += dark * v * v;
    });
    spot.along = 2 * std::sqrt(spot.along / spot.sum);
    spot.across = 2 * std::sqrt(spot.across / spot.sum);
    return spot;
  }
  int at(int x, int z) const {
    return light_[static_cast<size_t>(z & (kWindowShade - 1)) * kShadePitch +
                  static_cast<size_t>(x & (kWindowShade - 1))];
  }
  long dark_cells() const {
    return std::count_if(light_.begin(), light_.end(), [](uint8_t v) { return v < 255; });
  }
  void clear() { std::fill(light_.begin(), light_.end(), 255); }

  ShadowBlob blob_ = {12, 5, 6};
  Prototype prototype_ = {0, 0, 20, 10, 0, 1, 0, 1};
  std::vector<uint8_t> light_ = std::vector<uint8_t>(size_t{kWindowShade} * kShadePitch, 255);
};

TEST_F(ThingShadow, LiesWhereTheSunThrowsIt) {
  constexpr float kX = -520.5f, kZ = -333.25f;  // tile (-1, -1)
  for (const Sun& sun :
       {Sun{0, 45}, Sun{30, 60}, Sun{130, 30}, Sun{200, 25}, Sun{300, 45}, Sun{90, 80}}) {
    clear();
    cast(kX, kZ, sun, -1, -1);
    const double stretch = 1 / std::tan(sun.elevation * kDegree);
    const double dir_x = -std::cos(sun.azimuth * kDegree), dir_z = -std::sin(sun.azimuth * kDegree);
    const double x = kX + dir_x * 12 * stretch, z = kZ + dir_z * 12 * stretch;
    const Spot spot = measure(x, z, dir_x, dir_z);
    EXPECT_NEAR(spot.x, x, .3) << "azimuth " << sun.azimuth;
    EXPECT_NEAR(spot.z, z, .3) << "azimuth " << sun.azimuth;
    EXPECT_NEAR(spot.along, std::hypot(5, 6 * stretch), 1.2) << "azimuth " << sun.azimuth;
    EXPECT_NEAR(spot.across, 5, 1) << "azimuth " << sun.azimuth;
    EXPECT_LT(at(static_cast<int>(std::floor(x / 2)), static_cast<int>(std::floor(z / 2))), 30);
  }
}

TEST_F(ThingShadow, StaysOnItsTileAndMeetsTheNext) {
  const Sun sun = {180, 30};  // shadows fall towards +x
  cast(1004, 500, sun, 0, 0);
  const long here = dark_cells();
  EXPECT_GT(here, 0);
  for (int z = 0; z < 512; z++) EXPECT_EQ(at(512, z), 255);
  cast(1004, 500, sun, 1, 0);
  EXPECT_GT(dark_cells(), here);
  EXPECT_LT(at(511, 250), 40);
  EXPECT_LT(at(512, 250), 40) << "no seam at the border";
  clear();
  cast(1004, 500, sun, 0, 1);
  cast(1004, 500, sun, -1, 0);
  cast(1004, 500, sun, 3, 0);
  EXPECT_EQ(dark_cells(), 0);
}

TEST_F(ThingShadow, AnEndlessShadowIsCut) {
  cast(500, 500, {0, .5}, 0, 0);
  EXPECT_GT(dark_cells(), 0);
  for (int x = 0; x < 512; x++) {
    if (x * 2 < 500 - 110 - 70) {
      EXPECT_EQ(at(x, 250), 255) << x;
    }
  }
}

TEST_F(ThingShadow, ShadowsDoNotAddUpBelowBlack) {
  for (int i = 0; i < 3; i++) cast(500, 500, {0, 60}, 0, 0);
  const std::vector<uint8_t> thrice = light_;
  clear();
  cast(500, 500, {0, 60}, 0, 0);
  EXPECT_TRUE(light_ == thrice) << "the same shadow again darkens nothing";
}

}  // namespace
}  // namespace world
}  // namespace vita
