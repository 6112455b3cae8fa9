// The per-pixel network in 16 bits, lanes across pixels. Stretches of one kind are read in place,
// pixels near the border between two kinds are gathered, so that no pixel is computed twice.
#include "models/world/pixel_int16.h"

#include "core/simd_int.h"
#include "models/world/painter_kernels.h"
#include "models/world/pixels_by_kind.h"

namespace vita::VITA_ISA {
namespace {

using world::kBlockChannels;
using world::kColourPlanes;
using world::kFeatures;
using world::kGuidePlanes;
using world::kPixel;

// A unit is what one pass computes: two rows of kLanes pixels, a register each.
constexpr int kUnit = 2 * kLanes;
constexpr int kAtOnce = kLanes == 16 ? 8 : 4;  // outputs with sums in registers

constexpr int kMostPairs = 24;
// Inputs of a layer: register 2 p + row holds inputs 2 p and 2 p + 1 of each pixel.
struct Tile {
  R pairs[2 * kMostPairs];
};

struct Sums {
  R of[kAtOnce][2];  // output, row of the unit
};

// Linear outputs o .. o + kAtOnce - 1 of a layer whose packed weights begin with `linear` biases.
template <int kPairs>
[[gnu::always_inline]] inline void sum_up(const int32_t* packed, int linear, int o, const Tile& in,
                                          Sums& sums) {
  unrolled<kAtOnce>([&](auto k) { sums.of[k][0] = sums.of[k][1] = each32(packed[o + k]); });
  const int32_t* weights = packed + linear + o * kPairs;
  for (int p = 0; p < kPairs; p++) {
    const R upper = in.pairs[2 * p], lower = in.pairs[2 * p + 1];
    unrolled<kAtOnce>([&](auto k) {
      const R w = each32(weights[(k / 4 * kPairs + p) * 4 + k % 4]);
      sums.of[k][0] = add_products16(sums.of[k][0], upper, w);
      sums.of[k][1] = add_products16(sums.of[k][1], lower, w);
    });
  }
}

// Both rows of a linear output in one register, part by part.
template <int kShift>
R rounded(const Sums& sums, int k) {
  return pack32(shift_right32<kShift>(sums.of[k][0]), shift_right32<kShift>(sums.of[k][1]));
}

R product(R a, R b) {
  constexpr int kBits = world::kUnitBits;
  const R low = multiply_low16(a, b), high = multiply_high16(a, b), half = each32(1 << (kBits - 1));
  return pack32(shift_right32<kBits>(add32(low16(low, high), half)),
                shift_right32<kBits>(add32(high16(low, high), half)));
}

R ramp(R a) { return min16(max16(a, each32(0)), each16(1 << world::kUnitBits)); }

template <int kLayer>
void hidden_layer(const int32_t* packed, const Tile& in, Tile& out) {
  constexpr world::PixelLayer l = kPixel[kLayer];
  constexpr int kShift = world::pixel_shift(kLayer, 0);
  static_assert(2 * l.products % kAtOnce == 0 && l.ramps % kAtOnce == 0 && l.plain == 0);
  R* target = out.pairs;
  for (int o = 0; o < 2 * l.products; o += kAtOnce) {
    Sums sums;
    sum_up<l.inputs / 2>(packed, l.linear(), o, in, sums);
    unrolled<kAtOnce / 4>([&](auto four) {
      constexpr int k = 4 * four;
      const R a = product(rounded<kShift>(sums, k), rounded<kShift>(sums, k + 2)),
              b = product(rounded<kShift>(sums, k + 1), rounded<kShift>(sums, k + 3));
      target[2 * four] = low16(a, b);
      target[2 * four + 1] = high16(a, b);
    });
    target += kAtOnce / 2;
  }
  for (int o = 2 * l.products; o < l.linear(); o += kAtOnce) {
    Sums sums;
    sum_up<l.inputs / 2>(packed, l.linear(), o, in, sums);
    unrolled<kAtOnce / 2>([&](auto two) {
      constexpr int k = 2 * two;
      const R a = ramp(rounded<kShift>(sums, k)), b = ramp(rounded<kShift>(sums, k + 1));
      target[2 * two] = low16(a, b);
      target[2 * two + 1] = high16(a, b);
    });
    target += kAtOnce;
  }
}

// Features of a unit: both rows of a feature in one register, part by part.
struct Features {
  R of[kFeatures];
};

template <int kFirst>
void last_layer(const int32_t* packed, const Tile& in, Features& out) {
  constexpr int kLayer = world::kPixelLayers - 1;
  constexpr world::PixelLayer l = kPixel[kLayer];
  Sums sums;
  sum_up<l.inputs / 2>(packed, l.linear(), kFirst, in, sums);
  unrolled<kAtOnce>([&](auto k) {
    out.of[kFirst + k] = rounded<world::pixel_shift(kLayer, kFirst + k)>(sums, k);
  });
  if constexpr (kFirst + kAtOnce < kFeatures) last_layer<kFirst + kAtOnce>(packed, in, out);
}

// `a` holds the input bytes.
void network(const int32_t* expert, Tile& a, Tile& b, Features& out) {
  hidden_layer<0>(expert, a, b);
  expert += world::pixel_layer_words(0);
  hidden_layer<1>(expert, b, a);
  expert += world::pixel_layer_words(1);
  hidden_layer<2>(expert, a, b);
  expert += world::pixel_layer_words(2);
  last_layer<0>(expert, b, out);
}

// What the trunk sees of feature c, in 0..255 once packed to bytes with saturation:
// rs(v * 255, bits).
R for_trunk(const Features& features, int c) {
  R v = features.of[c];
  if (c < kColourPlanes) v = add_saturated16(v, each16(1 << (world::kColourBits - 1)));
  const int bits = c < kColourPlanes ? world::kColourBits : world::kUnitBits;
  return multiply_rounded16(v, each16(static_cast<int16_t>(255 << (15 - bits))));
}

// Bytes of four features: register 0 those of blocks 0, 2 .. of the unit, register 1 of blocks 1,
// 3 .., each block's 16 bytes in a part.
struct BlockBytes {
  R of[2];
};
BlockBytes four_features(const Features& features, int c) {
  // In a part: words of the upper row's four pixels, then of the lower row's; as blocks:
  const auto by_block = [&](int k) { return shuffle32<0xd8>(for_trunk(features, c + k)); };
  const R first = pack16_unsigned(by_block(0), by_block(1)),
          second = pack16_unsigned(by_block(2), by_block(3));
  return {{shuffle32<0x88>(first, second), shuffle32<0xdd>(first, second)}};
}

// The network for PixelsByKind.
class Shading {
 public:
  explicit Shading(const world::ShadeRequest& request)
      : r_(request), plane_(static_cast<int64_t>(request.width) * request.height) {}

  void in_place(int x, int row, int kind) {
    const uint8_t* source = r_.planes + static_cast<int64_t>(2 * row) * r_.width + x;
    for (int c = 0; c < kGuidePlanes; c += 2, source += 2 * plane_) {
      a_.pairs[c] = interleaved8(source, source + plane_);
      a_.pairs[c + 1] = interleaved8(source + r_.width, source + plane_ + r_.width);
    }
    network(expert(kind), a_, b_, features_);
    store_blocks(block(x, row));
    for (int c = 0; c < kColourPlanes; c++) {
      store_halves(colour_row(r_.out, c, 2 * row) + x, colour_row(r_.out, c, 2 * row + 1) + x,
                   features_.of[c]);
    }
  }

  void listed(const Pixel* pixels, int count, int kind) {
    gather(pixels, count);
    network(expert(kind), a_, b_, features_);
    alignas(64) uint8_t blocks[kUnit / 4 * kBlockChannels];
    store_blocks(blocks);
    int16_t colours[kColourPlanes][kUnit];
    for (int c = 0; c < kColourPlanes; c++) {
      store_halves(colours[c], colours[c] + kLanes, features_.of[c]);
    }
    for (int k = 0; k < count; k++) {
      const Pixel p = pixels[k];
      const uint8_t* found = blocks + k % kLanes / 2 * kBlockChannels + k / kLanes * 2 + k % 2;
      uint8_t* target = block(p.x, p.y / 2) + (p.y & 1) * 2 + (p.x & 1);
      for (int c = 0; c < kFeatures; c++) target[c * 4] = found[c * 4];
      for (int c = 0; c < kColourPlanes; c++) colour_row(r_.out, c, p.y)[p.x] = colours[c][k];
    }
  }

  void repeat_border(int row) {
    const int columns = r_.width / 2;
    uint8_t* blocks = block_row(r_.out, row);
    std::memcpy(blocks, blocks + kBlockChannels, kBlockChannels);
    std::memcpy(blocks + (columns + 1) * kBlockChannels, blocks + columns * kBlockChannels,
                kBlockChannels);
    for (int y = 2 * row; y < 2 * row + 2; y++) {
      int16_t* luma = colour_row(r_.out, 0, y);
      luma[-1] = luma[0];
      luma[r_.width] = luma[r_.width - 1];
    }
  }

 private:
  uint8_t* block(int x, int row) const {
    return block_row(r_.out, row) + (x / 2 + 1) * kBlockChannels;
  }
  const int32_t* expert(int kind) const { return r_.weights + kind * world::kExpertWords; }

  // The blocks of a unit, one after the other.
  void store_blocks(uint8_t* target) const {
    for (int c = 0; c < kFeatures; c += 4) {
      const BlockBytes bytes = four_features(features_, c);
      store_parts(target + c * 4, 2 * kBlockChannels, bytes.of[0]);
      store_parts(target + c * 4 + kBlockChannels, 2 * kBlockChannels, bytes.of[1]);
    }
  }

  // Listed pixels as a unit's inputs; a list that is not full repeats its last pixel.
  void gather(const Pixel* pixels, int count) {
    alignas(64) int16_t words[kGuidePlanes][kUnit];
    for (int k = 0; k < kUnit; k++) {
      const Pixel p = pixels[k < count ? k : count - 1];
      const uint8_t* source = r_.planes + static_cast<int64_t>(p.y) * r_.width + p.x;
      for (int c = 0; c < kGuidePlanes; c++) words[c][k] = source[c * plane_];
    }
    for (int c = 0; c < kGuidePlanes; c += 2) {
      a_.pairs[c] = interleaved16(words[c], words[c + 1]);
      a_.pairs[c + 1] = interleaved16(words[c] + kLanes, words[c + 1] + kLanes);
    }
  }

  const world::ShadeRequest& r_;
  const int64_t plane_;  // bytes of a plane
  Tile a_, b_;
  Features features_;
};

void shade(const world::ShadeRequest& request) {
  Shading shading(request);
  PixelsByKind<kLanes, Shading>(request.kinds, request.width, shading)
      .run(request.first_row, request.last_row);
  for (int row = request.first_row; row < request.last_row; row++) shading.repeat_border(row);
}

}  // namespace

void fill_pixel_int16(world::PainterKernels& kernels) { kernels.shade = &shade; }

}  // namespace vita::VITA_ISA
