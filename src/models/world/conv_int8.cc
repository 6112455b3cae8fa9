// The trunk's convolutions: bytes times signed bytes, sums of 32 bits in registers, lanes across
// output channels. Without VNNI, bytes are widened to 16 bits, where no sum of two saturates.
#include "core/simd_int.h"
#include "models/world/painter_kernels.h"

namespace vita::VITA_ISA {
namespace {

using world::ConvRow;
using world::ConvShape;
using world::kTrunk;

#if defined(__AVX512VNNI__)
// Weights of four bytes of input for kLanes outputs.
struct Weights {
  R bytes;
};
using Input = R;
R each_input(const uint8_t* p) { return each_of(p); }
R add_products(R sum, Input x, const Weights& w) { return _mm512_dpbusd_epi32(sum, x, w.bytes); }
void pack_lane(const int8_t* four, int lane, Weights& out) {
  std::memcpy(reinterpret_cast<int8_t*>(&out) + lane * 4, four, 4);
}
constexpr int kPixels = 24;  // at once
#else
struct Weights {
  R even, odd;  // of bytes 0 and 2, of bytes 1 and 3, in 16 bits
};
struct Input {
  R even, odd;
};
Input each_input(const uint8_t* p) {
  const R bytes = each_of(p);
  return {and_bits(bytes, each16(255)), shift_byte_down16(bytes)};
}
R add_products(R sum, const Input& x, const Weights& w) {
  return add32(sum, add32(multiply_pairs(x.even, w.even), multiply_pairs(x.odd, w.odd)));
}
void pack_lane(const int8_t* four, int lane, Weights& out) {
  const int16_t even[2] = {four[0], four[2]}, odd[2] = {four[1], four[3]};
  std::memcpy(reinterpret_cast<int16_t*>(&out.even) + lane * 2, even, sizeof even);
  std::memcpy(reinterpret_cast<int16_t*>(&out.odd) + lane * 2, odd, sizeof odd);
}
constexpr int kPixels = kLanes == 16 ? 8 : 4;
#endif

constexpr int kNarrow = kPixels < 8 ? kPixels : 8;  // at once in rows of fewer than kPixels

// Outputs are computed in groups of this many registers.
constexpr int kRegisters = kLanes == 16 ? 1 : 2;
constexpr int kGroups = kTrunk / (kRegisters * kLanes);

void pack_conv(const ConvShape& shape, const int8_t* weights, void* packed) {
  const int quads = shape.segments * shape.quads;
  auto* out = static_cast<Weights*>(packed);
  for (int group = 0; group < kGroups; group++) {
    for (int q = 0; q < quads; q++) {
      for (int k = 0; k < kRegisters; k++, out++) {
        for (int lane = 0; lane < kLanes; lane++) {
          const int output = (group * kRegisters + k) * kLanes + lane;
          pack_lane(weights + (static_cast<int64_t>(q) * kTrunk + output) * 4, lane, *out);
        }
      }
    }
  }
}

// Calls use(first channel, sums) for kCount pixels from pixel x on, once for each register of
// outputs: sum(p) is that of pixel p. Sums are a plain local array with constant places: else the
// compiler keeps them in memory.
template <ConvShape kShape, int kCount, class Use>
[[gnu::always_inline]] inline void sum_up(const ConvRow& row, int x, const Use& use) {
  const Weights* w = static_cast<const Weights*>(row.weights);
  for (int group = 0; group < kGroups; group++) {
    Sum sums[kCount * kRegisters];
    unrolled<kRegisters>([&](auto k) {
      const Sum bias = (Sum)load_register(row.bias + (group * kRegisters + k) * kLanes);
      unrolled<kCount>([&](auto p) { sums[p * kRegisters + k] = bias; });
    });
    for (int s = 0; s < kShape.segments; s++) {
      const uint8_t* from = row.segment[s] + static_cast<int64_t>(x) * kShape.stride;
#pragma GCC unroll 1  // else GCC holds more inputs at once than there are registers for
      for (int q = 0; q < kShape.quads; q++, from += 4, w += kRegisters) {
        unrolled<kCount>([&](auto p) {
          const Input input = each_input(from + p * kShape.stride);
          unrolled<kRegisters>([&](auto k) {
            Sum& sum = sums[p * kRegisters + k];
            sum = (Sum)add_products((R)sum, input, w[k]);
          });
        });
      }
    }
    unrolled<kRegisters>([&](auto k) {
      use((group * kRegisters + k) * kLanes, [&](int p) { return (R)sums[p * kRegisters + k]; });
    });
  }
}

template <int kCount>
void wide_pixels(const ConvRow& row, int x) {
  sum_up<world::kWideShape, kCount>(row, x, [&](int channel, const auto& sum) {
    unrolled<kCount>([&](auto p) {
      store_bytes_of32(row.bytes + static_cast<int64_t>(x + p) * kTrunk + channel,
                       scaled(sum(p), row.scale + channel));
    });
  });
}

template <int kCount>
void head_pixels(const ConvRow& row, int x) {
  sum_up<world::kHeadShape, kCount>(row, x, [&](int channel, const auto& sum) {
    unrolled<kCount / 2>([&](auto pair) {
      const R both = pack32(scaled(sum(2 * pair), row.scale + channel),
                            scaled(sum(2 * pair + 1), row.scale + channel));
      store_parts(row.planes + channel / 4 * row.plane_stride + (x + 2 * pair) * 4,
                  row.plane_stride * static_cast<int64_t>(sizeof(int16_t)),
                  max16(both, each16(-32767)));
    });
  });
}

// Calls whole(x) for kPixels at a time and, in narrow rows, part(x) for kNarrow; what is left over
// at the end of a wide row is computed together with pixels before it, once more and alike.
template <class Whole, class Part>
void over_row(int columns, const Whole& whole, const Part& part) {
  int x = 0;
  for (; x + kPixels <= columns; x += kPixels) whole(x);
  if (x == columns) return;
  if (columns >= kPixels) return whole(columns - kPixels);
  for (; x < columns; x += kNarrow) part(x);
}

void wide(const ConvRow& row) {
  over_row(
      row.columns, [&](int x) { wide_pixels<kPixels>(row, x); },
      [&](int x) { wide_pixels<kNarrow>(row, x); });
}

void head(const ConvRow& row) {
  over_row(
      row.columns, [&](int x) { head_pixels<kPixels>(row, x); },
      [&](int x) { head_pixels<kNarrow>(row, x); });
}

}  // namespace

void fill_conv_int8(world::PainterKernels& kernels) {
  kernels.pack_conv = &pack_conv;
  kernels.wide = &wide;
  kernels.head = &head;
}

}  // namespace vita::VITA_ISA
