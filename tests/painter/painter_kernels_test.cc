// Each kernel, in every build that the machine can run, against the plain loops.
#include "models/world/painter_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "models/world/pixel_int16.h"
#include "painter/painter_reference.h"

namespace vita::world {
namespace {

std::vector<Isa> builds() {
  std::vector<Isa> out;
  for (Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512, Isa::avx512_vnni}) {
    if (isa <= cpu_isa()) out.push_back(isa);
  }
  return out;
}

enum class Values { usual, extreme };

// --- per-pixel network

struct ShadeCase {
  int width, height;
  enum Kinds { one_kind, patches, noise } kinds;
  Values values;
};

std::vector<int32_t> random_experts(std::mt19937& rng, Values values) {
  std::vector<int32_t> experts;
  for (int kind = 0; kind < kPixelKinds; kind++) {
    for (int layer = 0; layer < kPixelLayers; layer++) {
      const int inputs = kPixel[layer].inputs, linear = kPixel[layer].linear();
      const float spread = values == Values::extreme ? 20.f : 1.5f / std::sqrt(float(inputs));
      std::uniform_real_distribution<float> uniform(-spread, spread);
      std::vector<float> matrix(static_cast<size_t>(linear) * inputs),
          bias(static_cast<size_t>(linear));
      for (float& w : matrix) w = uniform(rng);
      for (float& b : bias) b = uniform(rng) * .3f;
      const size_t at = experts.size();
      experts.resize(at + static_cast<size_t>(pixel_layer_words(layer)));
      pack_pixel_layer(layer, matrix.data(), bias.data(), experts.data() + at);
    }
  }
  return experts;
}

struct Seen {
  Seen(int rows, int columns)
      : seen(static_cast<size_t>(rows * seen_row_bytes(columns)), 0xcc),
        colours(static_cast<size_t>(rows) * kColourPlanes * (columns + 2 * kColourMargin), 0x5555),
        ring{.rows = rows,
             .columns = columns,
             .seen = seen.data(),
             .colours = colours.data(),
             .colour_stride = columns + 2 * kColourMargin} {}
  std::vector<uint8_t> seen;
  std::vector<int16_t> colours;
  SeenRing ring;
};

class ShadeTest : public testing::TestWithParam<ShadeCase> {};

TEST_P(ShadeTest, EveryBuildMatchesPlainLoops) {
  const ShadeCase c = GetParam();
  std::mt19937 rng(static_cast<unsigned>(c.width * 31 + c.height));
  const std::vector<int32_t> experts = random_experts(rng, c.values);
  const size_t plane = static_cast<size_t>(c.width) * c.height;
  std::vector<uint8_t> planes(kGuidePlanes * plane), kinds(plane);
  for (uint8_t& p : planes) {
    p = c.values == Values::extreme ? (rng() % 2 ? 255 : 0) : static_cast<uint8_t>(rng());
  }
  for (size_t k = 0; k < plane; k++) {
    const int x = static_cast<int>(k) % c.width, y = static_cast<int>(k) / c.width;
    kinds[k] = static_cast<uint8_t>(c.kinds == ShadeCase::one_kind  ? 2
                                    : c.kinds == ShadeCase::patches ? (x / 41 + y / 5) % 4
                                                                    : rng() % 4);
  }
  for (Isa isa : builds()) {
    SCOPED_TRACE(isa_name(isa));
    Seen out(c.height, c.width);
    painter_kernels(isa).shade({planes.data(), kinds.data(), c.width, c.height, 0, c.height / 2,
                                experts.data(), out.ring});
    for (int y = 0; y < c.height; y++) {
      for (int x = -1; x <= c.width; x++) {  // the border too
        const int inside = std::clamp(x, 0, c.width - 1);
        const size_t at = static_cast<size_t>(y) * c.width + inside;
        uint8_t bytes[kGuidePlanes];
        for (int p = 0; p < kGuidePlanes; p++) bytes[p] = planes[p * plane + at];
        const auto expected = reference::shade(experts.data(), kinds[at], bytes);
        for (int k = 0; k < (x == inside ? kColourPlanes : 1); k++) {
          ASSERT_EQ(colour_row(out.ring, k, y)[x], expected.colours[k])
              << x << ", " << y << " colour " << k;
        }
        const uint8_t* seen = seen_row(out.ring, y) + (x + 1) * kTrunkInputs;
        for (int k = 0; k < kTrunkInputs; k++) {
          ASSERT_EQ(seen[k], expected.seen[k]) << x << ", " << y << " channel " << k;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ShadeTest,
                         testing::Values(ShadeCase{64, 16, ShadeCase::one_kind, Values::usual},
                                         ShadeCase{96, 24, ShadeCase::patches, Values::usual},
                                         ShadeCase{40, 16, ShadeCase::patches, Values::extreme},
                                         ShadeCase{72, 8, ShadeCase::noise, Values::usual},
                                         ShadeCase{16, 8, ShadeCase::one_kind, Values::extreme},
                                         ShadeCase{200, 40, ShadeCase::patches, Values::usual}));

TEST(Shade, KeepsRowsInARing) {
  std::mt19937 rng(3);
  const int width = 48, height = 24;
  const std::vector<int32_t> experts = random_experts(rng, Values::usual);
  std::vector<uint8_t> planes(static_cast<size_t>(kGuidePlanes) * width * height),
      kinds(static_cast<size_t>(width) * height);
  for (uint8_t& p : planes) p = static_cast<uint8_t>(rng());
  for (uint8_t& k : kinds) k = static_cast<uint8_t>(rng() % 4);
  Seen whole(height, width), ring(10, width);
  const PainterKernels kernels = painter_kernels(cpu_isa());
  ShadeRequest request{planes.data(), kinds.data(),   width,     height, 0,
                       height / 2,    experts.data(), whole.ring};
  kernels.shade(request);
  request.out = ring.ring;
  request.first_pair = 4;
  request.last_pair = 9;
  kernels.shade(request);
  for (int y = 8; y < 18; y++) {
    EXPECT_TRUE(std::equal(seen_row(whole.ring, y), seen_row(whole.ring, y) + seen_row_bytes(width),
                           seen_row(ring.ring, y)));
    for (int c = 0; c < kColourPlanes; c++) {
      EXPECT_TRUE(std::equal(colour_row(whole.ring, c, y), colour_row(whole.ring, c, y) + width,
                             colour_row(ring.ring, c, y)));
    }
  }
}

// --- convolutions

struct ConvCase {
  bool head;
  ConvShape shape;
  int columns;
  Values values;
};

class ConvTest : public testing::TestWithParam<ConvCase> {};

TEST_P(ConvTest, EveryBuildMatchesPlainLoops) {
  const ConvCase c = GetParam();
  std::mt19937 rng(static_cast<unsigned>(c.columns + c.shape.quads));
  const int bytes = c.shape.quads * 4;
  std::vector<uint8_t> input[3];
  ConvRow row;
  for (int s = 0; s < c.shape.segments; s++) {
    input[s].resize(static_cast<size_t>(c.columns - 1) * c.shape.stride + bytes);
    for (uint8_t& v : input[s]) {
      v = c.values == Values::extreme ? (rng() % 4 ? 255 : 0) : static_cast<uint8_t>(rng());
    }
    row.segment[s] = input[s].data();
  }
  std::vector<int8_t> weights(static_cast<size_t>(c.shape.segments) * bytes * c.shape.outputs);
  for (int8_t& w : weights) {
    w = c.values == Values::extreme ? (rng() % 3 ? 127 : -127)
                                    : static_cast<int8_t>(static_cast<int>(rng() % 255) - 127);
  }
  std::vector<int32_t> bias(kTrunk);
  std::vector<float> scale(kTrunk);
  const float usual = c.values == Values::extreme ? .1f : .001f;
  for (int o = 0; o < kTrunk; o++) {
    bias[o] = static_cast<int32_t>(rng() % 200001) - 100000;
    scale[o] = usual * static_cast<float>(1 + rng() % 100) / 50;
    if (c.head) scale[o] *= 64;
  }
  row.bias = bias.data();
  row.scale = scale.data();
  row.columns = c.columns;
  row.plane_stride = 4 * c.columns;
  for (Isa isa : builds()) {
    SCOPED_TRACE(isa_name(isa));
    const PainterKernels kernels = painter_kernels(isa);
    std::vector<std::byte> packed(static_cast<size_t>(conv_packed_bytes(c.shape)) + 64);
    void* aligned =
        reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(packed.data()) + 63) / 64 * 64);
    kernels.pack_conv(c.shape, weights.data(), aligned);
    row.weights = aligned;
    std::vector<uint8_t> out(static_cast<size_t>(c.columns) * kTrunk);
    std::vector<int16_t> planes(static_cast<size_t>(kTaps + 1) * row.plane_stride);
    row.bytes = out.data();
    row.planes = planes.data();
    (c.head ? kernels.head : kernels.wide)(row);
    for (int x = 0; x < c.columns; x++) {
      for (int o = 0; o < kTrunk; o++) {
        const int32_t sum = reference::convolve(c.shape, weights.data(), row, x, o);
        if (c.head) {
          ASSERT_EQ(planes[o / 4 * row.plane_stride + x * 4 + o % 4],
                    reference::to_head(sum, scale[o]))
              << "pixel " << x << " output " << o;
        } else {
          ASSERT_EQ(out[static_cast<size_t>(x) * kTrunk + o], reference::to_byte(sum, scale[o]))
              << "pixel " << x << " output " << o;
        }
      }
    }
  }
}

std::vector<ConvCase> conv_cases() {
  std::vector<ConvCase> out;
  for (bool head : {false, true}) {
    const ConvShape& shape = head ? kHeadShape : kWideShape;
    for (int columns : {8, 16, 24, 32, 40, 64, 96, 104, 640}) {
      out.push_back({head, shape, columns, Values::usual});
    }
    out.push_back({head, shape, 56, Values::extreme});
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvTest, testing::ValuesIn(conv_cases()), [](const auto& test) {
  return (test.param.head ? "head" : "wide") + std::to_string(test.param.columns);
});

// --- composition

struct ComposeCase {
  int columns, row;
  Values values;
};

class ComposeTest : public testing::TestWithParam<ComposeCase> {};

TEST_P(ComposeTest, EveryBuildMatchesPlainLoops) {
  const ComposeCase c = GetParam();
  std::mt19937 rng(static_cast<unsigned>(c.columns + c.row));
  const auto value = [&](int most) {
    if (c.values == Values::usual) return static_cast<int16_t>(int(rng() % (2 * most)) - most);
    const int16_t extremes[] = {-32767, 32767, -1, 0, 16384};
    return extremes[rng() % 5];
  };
  const int room = c.columns + 2 * kColourMargin, samples = 2 * c.columns, stride = 4 * c.columns;
  std::vector<int16_t> luma(static_cast<size_t>(3) * room), chroma(static_cast<size_t>(2) * room),
      head(static_cast<size_t>(kTaps + 1) * stride + 128);
  for (int16_t& v : luma) v = c.values == Values::extreme && rng() % 7 == 0 ? -32768 : value(9000);
  for (int16_t& v : chroma) v = value(9000);
  for (int16_t& v : head) v = value(20000);
  ComposeRow r{.head = head.data(), .plane_stride = stride, .columns = c.columns, .row = c.row};
  for (int k = 0; k < 3; k++) r.luma[k] = luma.data() + k * room + kColourMargin;
  for (int k = 0; k < 2; k++) r.chroma[k] = chroma.data() + k * room + kColourMargin;
  for (Isa isa : builds()) {
    SCOPED_TRACE(isa_name(isa));
    r.y_stride = samples + 7;
    const int chroma_stride = c.columns + 3;
    std::vector<uint8_t> y(static_cast<size_t>(2 * r.y_stride), 99),
        uv(static_cast<size_t>(2) * chroma_stride, 99);
    r.y = y.data();
    for (int k = 0; k < 2; k++) r.chroma_out[k] = uv.data() + k * chroma_stride;
    painter_kernels(isa).compose(r);
    for (int dy = 0; dy < 2; dy++) {
      const int16_t *own = r.luma[1], *other = r.luma[2 * dy];
      for (int x = 0; x < samples; x++) {
        const int g = x / 2, side = x % 2 == 0 ? g - 1 : g + 1;
        const int16_t* at = r.head + g * 4 + dy * 2 + x % 2;
        const int16_t expected = reference::blend({own[g],
                                                   own[side],
                                                   other[g],
                                                   other[side],
                                                   {at[0], at[stride], at[2 * stride]},
                                                   at[3 * stride]});
        ASSERT_EQ(r.y[dy * r.y_stride + x], reference::luma_byte(expected, x, c.row * 2 + dy))
            << x << ", " << dy;
      }
      for (int64_t x = samples; x < r.y_stride; x++) ASSERT_EQ(r.y[dy * r.y_stride + x], 99);
    }
    for (int k = 0; k < 2; k++) {
      for (int x = 0; x < c.columns; x++) {
        ASSERT_EQ(r.chroma_out[k][x], reference::chroma_byte(r.chroma[k][x], x, c.row)) << x;
      }
      for (int x = c.columns; x < chroma_stride; x++) ASSERT_EQ(r.chroma_out[k][x], 99);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, ComposeTest,
                         testing::Values(ComposeCase{8, 0, Values::usual},
                                         ComposeCase{16, 1, Values::usual},
                                         ComposeCase{40, 2, Values::extreme},
                                         ComposeCase{640, 3, Values::usual},
                                         ComposeCase{24, 7, Values::extreme}));

// The thresholds spread a grey between two steps over an 8x8 square exactly.
TEST(Compose, DithersWithoutBias) {
  for (int value = -9000; value < 9000; value += 137) {
    int sum = 0;
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) sum += reference::luma_byte(static_cast<int16_t>(value), x, y);
    }
    EXPECT_NEAR(sum / 64., 16 + 219 * (value / 16384. + .5), .01) << value;
  }
}

}  // namespace
}  // namespace vita::world
