// The per-pixel network in 16 bits, lanes across pixels. Stretches of one kind are read in place,
// pixels near the border between two kinds are gathered, so that no pixel is computed twice.
#include "models/world/pixel_int16.h"

#include "core/simd_int.h"
#include "models/world/painter_kernels.h"
#include "models/world/pixels_by_kind.h"

namespace vita::VITA_ISA {
namespace {

using world::kColourPlanes;
using world::kGuidePlanes;
using world::kPixel;
using world::kSeenFirst;
using world::kSeenPlanes;
using world::kTrunkInputs;

// A unit is what one pass computes: two rows of kLanes pixels, a register each.
constexpr int kUnit = 2 * kLanes;
constexpr int kAtOnce = kLanes == 16 ? 8 : 4;  // outputs with sums in registers

constexpr int kMostPairs = 24;
// Inputs of a layer: register 2 p + row holds inputs 2 p and 2 p + 1 of each pixel.
struct Tile {
  R pairs[2 * kMostPairs];
};

struct LinearPart {
  int first, linear;  // of a layer's linear outputs
};

// Calls use(sums) with the sums of linear outputs o .. o + kCount - 1 of a layer whose packed
// weights begin with `linear` biases: two registers of an output, one for each row of the unit.
// Sums are a plain local array with constant places: else the compiler keeps them in memory.
template <int kPairs, int kCount, class Use>
[[gnu::always_inline]] inline void sum_up(const int32_t* packed, const LinearPart& part,
                                          const Tile& in, const Use& use) {
  Sum sums[2 * kCount];
  unrolled<kCount>(
      [&](auto k) { sums[2 * k] = sums[2 * k + 1] = (Sum)each32(packed[part.first + k]); });
  const int32_t* weights = packed + part.linear + part.first * kPairs;
  for (int p = 0; p < kPairs; p++) {
    const R upper = in.pairs[2 * p], lower = in.pairs[2 * p + 1];
    unrolled<kCount>([&](auto k) {
      const R w = each32(weights[(k / 4 * kPairs + p) * 4 + k % 4]);
      sums[2 * k] = (Sum)add_products16((R)sums[2 * k], upper, w);
      sums[2 * k + 1] = (Sum)add_products16((R)sums[2 * k + 1], lower, w);
    });
  }
  use(sums);
}

// Both rows of a linear output in one register, part by part.
template <int kShift>
R rounded(Sum upper, Sum lower) {
  return pack32(shift_right32<kShift>((R)upper), shift_right32<kShift>((R)lower));
}

R product(R a, R b) {
  constexpr int kBits = world::kUnitBits;
  const R low = multiply_low16(a, b), high = multiply_high16(a, b), half = each32(1 << (kBits - 1));
  return pack32(shift_right32<kBits>(add32(low16(low, high), half)),
                shift_right32<kBits>(add32(high16(low, high), half)));
}

R ramp(R a) { return min16(max16(a, each32(0)), each16(1 << world::kUnitBits)); }

void store_pair(R* target, R a, R b) {
  target[0] = low16(a, b);
  target[1] = high16(a, b);
}

template <int kLayer>
void hidden_layer(const int32_t* packed, const Tile& in, Tile& out) {
  constexpr world::PixelLayer l = kPixel[kLayer];
  constexpr int kShift = world::pixel_shift(kLayer);
  static_assert(2 * l.products % kAtOnce == 0 && l.ramps % kAtOnce == 0 && l.plain == 0);
  R* target = out.pairs;
  for (int o = 0; o < 2 * l.products; o += kAtOnce, target += kAtOnce / 2) {
    sum_up<l.inputs / 2, kAtOnce>(packed, {o, l.linear()}, in, [&](const Sum* sums) {
      unrolled<kAtOnce / 4>([&](auto four) {
        const Sum* s = sums + 8 * four;
        store_pair(target + 2 * four,
                   product(rounded<kShift>(s[0], s[1]), rounded<kShift>(s[4], s[5])),
                   product(rounded<kShift>(s[2], s[3]), rounded<kShift>(s[6], s[7])));
      });
    });
  }
  for (int o = 2 * l.products; o < l.linear(); o += kAtOnce, target += kAtOnce) {
    sum_up<l.inputs / 2, kAtOnce>(packed, {o, l.linear()}, in, [&](const Sum* sums) {
      unrolled<kAtOnce / 2>([&](auto two) {
        const Sum* s = sums + 4 * two;
        store_pair(target + 2 * two, ramp(rounded<kShift>(s[0], s[1])),
                   ramp(rounded<kShift>(s[2], s[3])));
      });
    });
  }
}

// Colours of a unit: both rows of a plane in one register, part by part.
struct Colours {
  R of[kColourPlanes];
};

// `a` holds the input bytes.
void network(const int32_t* expert, Tile& a, Tile& b, Colours& out) {
  hidden_layer<0>(expert, a, b);
  expert += world::pixel_layer_words(0);
  hidden_layer<1>(expert, b, a);
  expert += world::pixel_layer_words(1);
  hidden_layer<2>(expert, a, b);
  expert += world::pixel_layer_words(2);
  constexpr int kLast = world::kPixelLayers - 1;
  constexpr world::PixelLayer l = kPixel[kLast];
  sum_up<l.inputs / 2, l.plain>(expert, {0, l.linear()}, b, [&](const Sum* sums) {
    unrolled<kColourPlanes>([&](auto c) {
      out.of[c] = rounded<world::pixel_shift(kLast)>(sums[2 * c], sums[2 * c + 1]);
    });
  });
}

// A unit's pixels as the trunk sees them: [channel][upper row, then lower row].
struct Channels {
  alignas(64) uint8_t of[kTrunkInputs][kUnit];
};

// rs(v * 255, bits) of the colours, as bytes.
void colours_for_trunk(const Colours& colours, Channels& out) {
  for (int c = 0; c < kColourPlanes; c++) {
    const R value = add_saturated16(colours.of[c], each16(1 << (world::kColourBits - 1)));
    const R steps = multiply_rounded16(value, each16(255 << (15 - world::kColourBits)));
    alignas(64) int16_t words[kUnit];
    store_halves(words, words + kLanes, steps);
    store_bytes_of16(out.of[c], load_register(words));
  }
}

// Eight pixels' channels, pixel by pixel.
void to_pixels(const Channels& from, int first, uint8_t* out) {
  __m128i a[16], b[16];
  for (int c = 0; c < 16; c++) {
    a[c] = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from.of[c] + first));
  }
  for (int k = 0; k < 8; k++) b[k] = _mm_unpacklo_epi8(a[2 * k], a[2 * k + 1]);
  for (int k = 0; k < 4; k++) {  // four channels; pixels 0..3, then 4..7
    a[k] = _mm_unpacklo_epi16(b[2 * k], b[2 * k + 1]);
    a[4 + k] = _mm_unpackhi_epi16(b[2 * k], b[2 * k + 1]);
  }
  for (int half = 0; half < 2; half++) {
    const __m128i* four = a + 4 * half;
    const __m128i low = _mm_unpacklo_epi32(four[0], four[1]),
                  high = _mm_unpackhi_epi32(four[0], four[1]),
                  low_rest = _mm_unpacklo_epi32(four[2], four[3]),
                  high_rest = _mm_unpackhi_epi32(four[2], four[3]);
    auto* pixel = reinterpret_cast<__m128i*>(out + half * 4 * kTrunkInputs);
    _mm_storeu_si128(pixel, _mm_unpacklo_epi64(low, low_rest));
    _mm_storeu_si128(pixel + 1, _mm_unpackhi_epi64(low, low_rest));
    _mm_storeu_si128(pixel + 2, _mm_unpacklo_epi64(high, high_rest));
    _mm_storeu_si128(pixel + 3, _mm_unpackhi_epi64(high, high_rest));
  }
}

// The network for PixelsByKind.
class Shading {
 public:
  explicit Shading(const world::ShadeRequest& request)
      : r_(request), plane_(static_cast<int64_t>(request.width) * request.height) {}

  void in_place(int x, int pair, int kind) {
    const uint8_t* source = r_.planes + static_cast<int64_t>(2 * pair) * r_.width + x;
    for (int c = 0; c < kGuidePlanes; c += 2) {
      const uint8_t* planes = source + c * plane_;
      a_.pairs[c] = interleaved8(planes, planes + plane_);
      a_.pairs[c + 1] = interleaved8(planes + r_.width, planes + plane_ + r_.width);
    }
    run(kind);
    constexpr int kRowBytes = kLanes * kTrunkInputs;
    std::memcpy(seen(x, 2 * pair), pixels_, kRowBytes);
    std::memcpy(seen(x, 2 * pair + 1), pixels_ + kRowBytes, kRowBytes);
    for (int c = 0; c < kColourPlanes; c++) {
      store_halves(colour_row(r_.out, c, 2 * pair) + x, colour_row(r_.out, c, 2 * pair + 1) + x,
                   colours_.of[c]);
    }
  }

  void listed(const Pixel* pixels, int count, int kind) {
    gather(pixels, count);
    run(kind);
    int16_t colours[kColourPlanes][kUnit];
    for (int c = 0; c < kColourPlanes; c++) {
      store_halves(colours[c], colours[c] + kLanes, colours_.of[c]);
    }
    for (int k = 0; k < count; k++) {
      const Pixel p = pixels[k];
      std::memcpy(seen(p.x, p.y), pixels_ + k * kTrunkInputs, kTrunkInputs);
      for (int c = 0; c < kColourPlanes; c++) colour_row(r_.out, c, p.y)[p.x] = colours[c][k];
    }
  }

  void repeat_border(int y) {
    std::memcpy(seen(-1, y), seen(0, y), kTrunkInputs);
    std::memcpy(seen(r_.width, y), seen(r_.width - 1, y), kTrunkInputs);
    int16_t* luma = colour_row(r_.out, 0, y);
    luma[-1] = luma[0];
    luma[r_.width] = luma[r_.width - 1];
  }

 private:
  uint8_t* seen(int x, int y) const { return seen_row(r_.out, y) + (x + 1) * kTrunkInputs; }

  // Listed pixels as a unit's inputs; a list that is not full repeats its last pixel.
  void gather(const Pixel* pixels, int count) {
    int offsets[kUnit];
    for (int k = 0; k < kUnit; k++) {
      const Pixel p = pixels[k < count ? k : count - 1];
      offsets[k] = p.y * r_.width + p.x;
    }
    const uint8_t *even = r_.planes, *odd = even + plane_;
    for (int c = 0; c < kGuidePlanes; c += 2, even += 2 * plane_, odd += 2 * plane_) {
      uint32_t pairs[kUnit];
      for (int k = 0; k < kUnit; k++) {
        pairs[k] = even[offsets[k]] | static_cast<uint32_t>(odd[offsets[k]]) << 16;
      }
      std::memcpy(a_.pairs + c, pairs, sizeof pairs);
    }
  }

  // From the input bytes in a_ to colours_ and pixels_.
  void run(int kind) {
    Channels channels;
    std::memset(channels.of[kColourPlanes], kind == world::kThing ? 255 : 0, kUnit);
    for (int c = kSeenFirst; c < kTrunkInputs; c++) {
      const int plane = kSeenPlanes[c - kSeenFirst];
      uint32_t pairs[kUnit];
      std::memcpy(pairs, a_.pairs + plane / 2 * 2, sizeof pairs);
      const int shift = plane % 2 * 16;
      for (int k = 0; k < kUnit; k++) channels.of[c][k] = static_cast<uint8_t>(pairs[k] >> shift);
    }
    network(r_.weights + kind * world::kExpertWords, a_, b_, colours_);
    colours_for_trunk(colours_, channels);
    for (int k = 0; k < kUnit; k += 8) to_pixels(channels, k, pixels_ + k * kTrunkInputs);
  }

  const world::ShadeRequest& r_;
  const int64_t plane_;  // bytes of a plane
  Tile a_, b_;
  Colours colours_;
  alignas(64) uint8_t pixels_[kUnit * kTrunkInputs];
};

void shade(const world::ShadeRequest& request) {
  Shading shading(request);
  PixelsByKind<kLanes, Shading>(request.kinds, request.width, shading)
      .run(request.first_pair, request.last_pair);
  for (int y = 2 * request.first_pair; y < 2 * request.last_pair; y++) shading.repeat_border(y);
}

}  // namespace

void fill_pixel_int16(world::PainterKernels& kernels) { kernels.shade = &shade; }

}  // namespace vita::VITA_ISA
