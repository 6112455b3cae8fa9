#include "models/world/to_i420.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace vita::world {
namespace {

struct Picture {
  Picture(int width, int height)
      : y(static_cast<size_t>(width + 5) * height, 99),
        u(static_cast<size_t>(width / 2 + 3) * height / 2, 99),
        v(u),
        view{y.data(), u.data(), v.data(), width, height, width + 5, width / 2 + 3} {}
  std::vector<uint8_t> y, u, v;
  FrameView view;
};

std::vector<float> blocks_of(int width, int height, float luma, float u, float v) {
  std::vector<float> blocks;
  for (int k = 0; k < width / 4 * (height / 4); k++) {
    blocks.insert(blocks.end(), 16, luma - 0.5f);
    blocks.insert(blocks.end(), 4, u);
    blocks.insert(blocks.end(), 4, v);
  }
  return blocks;
}

TEST(ToI420, PlacesEverySampleInStudioSwing) {
  const int width = 48, height = 32;
  std::mt19937 rng(5);
  std::uniform_real_distribution<float> uniform(-0.45f, 0.45f);
  std::vector<float> blocks(static_cast<size_t>(width / 4) * (height / 4) * kHeadChannels);
  for (float& b : blocks) b = uniform(rng);
  Picture picture(width, height);
  to_i420(blocks.data(), picture.view);
  const auto channel = [&](int bx, int by, int c) {
    return blocks[(static_cast<size_t>(by) * (width / 4) + bx) * kHeadChannels + c];
  };
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const float exact = 16.f + 219.f * (0.5f + channel(x / 4, y / 4, (y % 4) * 4 + x % 4));
      ASSERT_NEAR(picture.y[static_cast<size_t>(y) * picture.view.y_stride + x], exact, 1.001f)
          << x << ", " << y;
    }
    for (int x = width; x < picture.view.y_stride; x++) {
      ASSERT_EQ(picture.y[static_cast<size_t>(y) * picture.view.y_stride + x], 99)
          << "beyond the row";
    }
  }
  for (int y = 0; y < height / 2; y++) {
    for (int x = 0; x < width / 2; x++) {
      const size_t at = static_cast<size_t>(y) * picture.view.uv_stride + x;
      const int sub = (y % 2) * 2 + x % 2;
      ASSERT_NEAR(picture.u[at], 128.f + 224.f * channel(x / 2, y / 2, 16 + sub), 1.001f);
      ASSERT_NEAR(picture.v[at], 128.f + 224.f * channel(x / 2, y / 2, 20 + sub), 1.001f);
    }
    ASSERT_EQ(picture.u[static_cast<size_t>(y) * picture.view.uv_stride + width / 2], 99)
        << "beyond the row";
  }
}

TEST(ToI420, ClampsAndKeepsBlackAndWhite) {
  for (const auto& [luma, expected] : {std::pair{0.f, 16}, {1.f, 235}, {-9.f, 0}, {9.f, 255}}) {
    Picture picture(32, 32);
    to_i420(blocks_of(32, 32, luma, 0.f, 0.f).data(), picture.view);
    for (int x = 0; x < 32; x++) EXPECT_EQ(picture.y[x], expected);
    EXPECT_EQ(picture.u[0], 128);
    EXPECT_EQ(picture.v[0], 128);
  }
}

TEST(ToI420, DithersBetweenTwoSteps) {
  Picture picture(32, 32);
  to_i420(blocks_of(32, 32, 84.25f / 219.f, 0.f, 0.f).data(), picture.view);  // Y' = 100.25
  int brighter = 0;
  for (int y = 0; y < 32; y++) {
    for (int x = 0; x < 32; x++)
      brighter += picture.y[static_cast<size_t>(y) * picture.view.y_stride + x] - 100;
  }
  EXPECT_EQ(brighter, 32 * 32 / 4);
}

}  // namespace
}  // namespace vita::world
