// Enlarging: every build against plain loops, and the loops against what a smooth picture is.
#include "models/world/enlarge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/cpu.h"
#include "models/world/enlarge_row.h"
#include "models/world/paint_tiers.h"
#include "stream/count_allocations.h"

namespace vita::avx512 {
void enlarge_row(const world::EnlargeRow&);
}
namespace vita::avx2 {
void enlarge_row(const world::EnlargeRow&);
}
namespace vita::baseline {
void enlarge_row(const world::EnlargeRow&);
}

namespace vita::world {
namespace {

struct Picture {
  Picture(int w, int h) : width(w), height(h) {
    const auto luma = static_cast<size_t>(w) * static_cast<size_t>(h);
    planes[0].assign(luma + Enlarger::kSlackBytes, 0);
    for (int c = 1; c < 3; c++) planes[c].assign(luma / 4 + Enlarger::kSlackBytes, 0);
  }
  FrameView view() {
    return {planes[0].data(), planes[1].data(), planes[2].data(), width, height, width, width / 2};
  }
  int width_of(int plane) const { return plane == 0 ? width : width / 2; }
  int height_of(int plane) const { return plane == 0 ? height : height / 2; }
  uint8_t& at(int plane, int x, int y) {
    return planes[plane][static_cast<size_t>(y * width_of(plane) + x)];
  }
  // The value of each plane at a place in 0..1 of the picture's width and height.
  template <class Value>
  void fill(const Value& value) {
    for (int p = 0; p < 3; p++) {
      for (int y = 0; y < height_of(p); y++) {
        for (int x = 0; x < width_of(p); x++) at(p, x, y) = value(p, x, y);
      }
    }
  }
  int width, height;
  std::vector<uint8_t> planes[3];
};

Picture noise(int width, int height) {
  std::mt19937 rng(5);
  Picture picture(width, height);
  picture.fill([&](int, int, int) {
    return static_cast<uint8_t>(rng() % 3 == 0 ? rng() % 2 * 255 : rng());
  });
  return picture;
}

Picture enlarged(const Enlarger& enlarger, Picture& from) {
  Picture to(enlarger.desc().to_width, enlarger.desc().to_height);
  std::vector<int16_t> scratch(static_cast<size_t>(enlarger.scratch_elements()));
  enlarger.run(from.view(), to.view(), scratch.data());
  return to;
}

// rs(a * b, 15), as the kernels multiply.
int product(int a, int b) { return (a * b + (1 << 14)) >> 15; }

// What enlarge_row() is to give for one sample.
uint8_t plain_sample(const EnlargeRow& r, int x) {
  int sum = 32;
  for (int tap = 0; tap < 4; tap++) {
    const int column = std::clamp(r.first[x] + tap, 0, r.columns - 1);
    int mixed = 0;
    for (int k = 0; k < 4; k++) mixed += product(r.rows[k][column] << 6, r.row_weights[k]);
    sum += product(mixed, r.weights[tap][x]);
  }
  return static_cast<uint8_t>(std::clamp(sum >> 6, 0, 255));
}

TEST(EnlargeRow, EveryBuildMatchesPlainLoops) {
  std::mt19937 rng(7);
  for (const int columns : {40, 80, 328, 480}) {
    for (const double step : {.5, .75, .41, .98}) {
      const int out_columns = static_cast<int>(columns / step) & ~1;
      std::vector<uint8_t> rows[4];
      EnlargeRow r{};
      for (int k = 0; k < 4; k++) {
        rows[k].resize(static_cast<size_t>(columns) + 64);
        for (uint8_t& b : rows[k]) b = static_cast<uint8_t>(rng() % 2 ? rng() : rng() % 2 * 255);
        r.rows[k] = rows[k].data();
        r.row_weights[k] = static_cast<int16_t>(k == 1 || k == 2 ? 20000 : -3616);
      }
      std::vector<int16_t> first(static_cast<size_t>(out_columns) + 32), weights[4];
      for (size_t x = 0; x < first.size(); x++) {
        const double at =
            (static_cast<double>(std::min<size_t>(x, static_cast<size_t>(out_columns) - 1)) + .5) *
                step -
            .5;
        first[x] = static_cast<int16_t>(std::floor(at) - 1);
      }
      for (int k = 0; k < 4; k++) {
        weights[k].resize(first.size());
        for (int16_t& w : weights[k])
          w = static_cast<int16_t>(k % 3 == 0 ? -(int(rng() % 4000)) : 12000 + int(rng() % 8000));
        r.weights[k] = weights[k].data();
      }
      std::vector<int16_t> mixed(static_cast<size_t>(columns) + 3 * kTapMargin);
      std::vector<uint8_t> out(static_cast<size_t>(out_columns) + 64);
      r.columns = columns;
      r.mixed = mixed.data();
      r.first = first.data();
      r.out = out.data();
      r.out_columns = out_columns;
      for (Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
        if (isa > cpu_isa()) continue;
        std::fill(out.begin(), out.end(), uint8_t{0xcc});
        (isa == Isa::baseline ? &baseline::enlarge_row
         : isa == Isa::avx2   ? &avx2::enlarge_row
                              : &avx512::enlarge_row)(r);
        for (int x = 0; x < out_columns; x++) {
          ASSERT_EQ(out[static_cast<size_t>(x)], plain_sample(r, x))
              << isa_name(isa) << ", " << columns << " columns, step " << step << ", x " << x;
        }
        for (size_t x = static_cast<size_t>(out_columns); x < out.size(); x++) {
          ASSERT_EQ(out[x], 0xcc) << "written beyond the end: " << x;
        }
      }
    }
  }
}

struct SizeCase {
  int width, height;
  Tier tier;
};

class PaintTierTest : public testing::TestWithParam<SizeCase> {};

// A smooth picture looks the same in each tier: nothing is moved, stretched or cut off.
TEST_P(PaintTierTest, ShowsASmoothPictureWhereItBelongs) {
  const SizeCase c = GetParam();
  const EnlargeDesc d = paint_tier(c.width, c.height, c.tier);
  EXPECT_EQ(d.from_width % kWidthStep, 0);
  EXPECT_EQ(d.from_height % kHeightStep, 0);
  // The same scene in units of shown pixels from the middle of the view, as a camera sees it.
  const auto scene = [](double x, double y) {
    return 128 + 60 * std::sin(x * .021) + 50 * std::cos(y * .027 + x * .004);
  };
  const int whole_width = (c.width + 15) / 16 * 16;
  const double step = static_cast<double>(d.from_width) / whole_width;
  Picture painted(d.from_width, d.from_height);
  painted.fill([&](int p, int x, int y) {
    const double scale = (p == 0 ? 1 : 2) / step;
    return static_cast<uint8_t>(std::lround(scene((x + .5 - painted.width_of(p) / 2.) * scale,
                                                  (y + .5 - painted.height_of(p) / 2.) * scale)));
  });
  Picture shown = enlarged(Enlarger(d), painted);
  double worst = 0;
  for (int p = 0; p < 3; p++) {
    const double scale = p == 0 ? 1 : 2;
    for (int y = 2; y < shown.height_of(p) - 2; y++) {
      for (int x = 2; x < shown.width_of(p) - 2; x++) {
        const double expected = scene((x + .5) * scale - d.centre_x, (y + .5) * scale - d.centre_y);
        worst = std::max(worst, std::abs(shown.at(p, x, y) - expected));
      }
    }
  }
  EXPECT_LT(worst, 1.7);
  EXPECT_NEAR(d.centre_x, c.width / 2., 8);
  EXPECT_NEAR(d.centre_y, c.height / 2., 2);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, PaintTierTest,
    testing::Values(SizeCase{1280, 720, Tier::full}, SizeCase{1280, 720, Tier::three_quarters},
                    SizeCase{1280, 720, Tier::half}, SizeCase{854, 480, Tier::full},
                    SizeCase{854, 480, Tier::three_quarters}, SizeCase{854, 480, Tier::half},
                    SizeCase{1366, 766, Tier::full}, SizeCase{1366, 766, Tier::three_quarters},
                    SizeCase{1920, 1080, Tier::half}, SizeCase{160, 96, Tier::half},
                    SizeCase{162, 98, Tier::three_quarters}, SizeCase{178, 110, Tier::full}));

TEST(PaintTier, CostsFallWithTheTier) {
  for (const auto& [width, height] : {std::pair{1280, 720}, {1920, 1080}, {854, 480}}) {
    const auto pixels = [w = width, h = height](Tier tier) {
      const EnlargeDesc d = paint_tier(w, h, tier);
      return static_cast<double>(d.from_width) * d.from_height;
    };
    EXPECT_NEAR(pixels(Tier::three_quarters) / pixels(Tier::full), .5625, .03);
    EXPECT_NEAR(pixels(Tier::half) / pixels(Tier::full), .25, .02);
  }
  EXPECT_TRUE(PaintTiers(1280, 720).direct(Tier::full));
  EXPECT_FALSE(PaintTiers(1280, 720).direct(Tier::half));
  EXPECT_FALSE(PaintTiers(854, 480).direct(Tier::full));
}

TEST(Enlarger, CutsOutWholePixels) {
  Picture painted = noise(1376, 768);
  Picture shown = enlarged(Enlarger(paint_tier(1366, 766, Tier::full)), painted);
  for (int y = 0; y < shown.height; y++) {
    for (int x = 0; x < shown.width; x++) {
      ASSERT_EQ(shown.at(0, x, y), painted.at(0, x + 4, y)) << x << ", " << y;
    }
  }
  for (int p = 1; p < 3; p++) ASSERT_EQ(shown.at(p, 100, 50), painted.at(p, 102, 50));
}

TEST(Enlarger, KeepsFlatPicturesFlat) {
  for (const int value : {0, 16, 127, 235, 255}) {
    Picture flat(960, 540);
    flat.fill([&](int, int, int) { return static_cast<uint8_t>(value); });
    Picture shown = enlarged(Enlarger(paint_tier(1280, 720, Tier::three_quarters)), flat);
    for (int p = 0; p < 3; p++) {
      for (int k = 0; k < shown.width_of(p) * shown.height_of(p); k++) {
        ASSERT_EQ(shown.planes[p][static_cast<size_t>(k)], value);
      }
    }
  }
}

TEST(Enlarger, DoesNotAllocate) {
  const Enlarger enlarger(paint_tier(320, 192, Tier::half));
  Picture from = noise(160, 96), to(320, 192);
  std::vector<int16_t> scratch(static_cast<size_t>(enlarger.scratch_elements()));
  const long before = allocation_count();
  enlarger.run(from.view(), to.view(), scratch.data());
  EXPECT_EQ(allocation_count(), before);
}

}  // namespace
}  // namespace vita::world
