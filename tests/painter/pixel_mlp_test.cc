// The kernel against the plain loops that specify it.
#include "models/world/pixel_mlp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace vita::world {
namespace {

struct Case {
  int width, height;
  enum { one_kind, patches, noise } kinds;
};

struct Network {
  std::vector<float> matrix[kPixelKinds][kPixelLayers], bias[kPixelKinds][kPixelLayers];
  std::vector<float> packed;
};

Network random_network(std::mt19937& rng) {
  Network net;
  std::normal_distribution<float> normal(0.f, 0.3f);
  net.packed.resize(kPixelKinds * pixel_expert_floats());
  float* packed = net.packed.data();
  for (int kind = 0; kind < kPixelKinds; kind++) {
    for (int layer = 0; layer < kPixelLayers; layer++) {
      net.matrix[kind][layer].resize(kPixelWidths[layer] * kPixelWidths[layer + 1]);
      net.bias[kind][layer].resize(kPixelWidths[layer + 1]);
      for (float& w : net.matrix[kind][layer]) w = normal(rng);
      for (float& b : net.bias[kind][layer]) b = normal(rng);
      pack_pixel_layer(layer, net.matrix[kind][layer].data(), net.bias[kind][layer].data(), packed);
      packed += pixel_layer_floats(layer);
    }
  }
  return net;
}

// The specification: one pixel, plainly.
std::vector<float> shade(const Network& net, const PixelMlpRequest& r, int x, int y) {
  const size_t plane = static_cast<size_t>(r.width) * r.height,
               at = static_cast<size_t>(y) * r.width + x;
  const int kind = r.kinds[at];
  std::vector<float> values;
  for (int c = 0; c < kGuidePlanes; c++)
    values.push_back(r.planes[c * plane + at] / 255.f * 2.f - 1.f);
  for (int layer = 0; layer < kPixelLayers; layer++) {
    std::vector<float> next = net.bias[kind][layer];
    for (size_t o = 0; o < next.size(); o++) {
      for (size_t i = 0; i < values.size(); i++)
        next[o] += net.matrix[kind][layer][o * values.size() + i] * values[i];
      if (layer + 1 < kPixelLayers) next[o] = std::max(next[o], 0.f);
    }
    values = next;
  }
  return values;
}

class PixelMlpTest : public testing::TestWithParam<Case> {};

TEST_P(PixelMlpTest, MatchesPlainLoops) {
  const Case c = GetParam();
  std::mt19937 rng(c.width * 31 + c.height);
  const Network net = random_network(rng);
  const size_t plane = static_cast<size_t>(c.width) * c.height;
  std::vector<uint8_t> planes(kGuidePlanes * plane), kinds(plane);
  for (uint8_t& p : planes) p = static_cast<uint8_t>(rng());
  for (size_t k = 0; k < plane; k++) {
    const int x = static_cast<int>(k) % c.width, y = static_cast<int>(k) / c.width;
    kinds[k] = static_cast<uint8_t>(c.kinds == Case::one_kind  ? 2
                                    : c.kinds == Case::patches ? (x / 41 + y / 5) % 4
                                                               : rng() % 4);
  }
  const int rows = c.height / 2 + 2, columns = c.width / 2 + 2;
  std::vector<float> out(static_cast<size_t>(rows) * columns * kBlockChannels, NAN);
  const PixelMlpRequest request{planes.data(), kinds.data(),      c.width,
                                c.height,      net.packed.data(), out.data()};
  run_pixel_mlp(request);

  for (int by = 0; by < rows; by++) {
    for (int bx = 0; bx < columns; bx++) {
      const int ry = std::clamp(by - 1, 0, rows - 3), rx = std::clamp(bx - 1, 0, columns - 3);
      for (int sub = 0; sub < 4; sub++) {
        const std::vector<float> expected = shade(net, request, rx * 2 + sub % 2, ry * 2 + sub / 2);
        for (int k = 0; k < kPixelOutputs; k++) {
          const float found =
              out[(static_cast<size_t>(by) * columns + bx) * kBlockChannels + k * 4 + sub];
          ASSERT_NEAR(found, expected[k], 2e-4f * (1.f + std::abs(expected[k])))
              << "block " << bx << ", " << by << " channel " << k << " sub " << sub;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, PixelMlpTest,
                         testing::Values(Case{64, 16, Case::one_kind}, Case{96, 24, Case::patches},
                                         Case{40, 16, Case::patches}, Case{72, 8, Case::noise},
                                         Case{16, 8, Case::one_kind},
                                         Case{200, 40, Case::patches}));

}  // namespace
}  // namespace vita::world
