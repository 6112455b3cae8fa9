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
constexpr int kPixels = 14;     // at once, where the outputs are two registers
constexpr int kHeadPixels = 4;  // at once, of the head
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
constexpr int kHeadPixels = 4;
#endif

// Outputs are computed in groups of this many registers.
constexpr int registers_of(const ConvShape& shape) {
  if (kLanes < 16) return 2;
  return (shape.outputs + kLanes - 1) / kLanes;
}
constexpr int groups_of(const ConvShape& shape) {
  const int lanes = registers_of(shape) * kLanes;
  return (shape.outputs + lanes - 1) / lanes;
}

void pack_conv(const ConvShape& shape, const int8_t* weights, void* packed) {
  const int registers = registers_of(shape), quads = shape.segments * shape.quads;
  auto* out = static_cast<Weights*>(packed);
  for (int group = 0; group < groups_of(shape); group++) {
    for (int q = 0; q < quads; q++) {
      for (int k = 0; k < registers; k++, out++) {
        std::memset(static_cast<void*>(out), 0, sizeof *out);
        for (int lane = 0; lane < kLanes; lane++) {
          const int output = (group * registers + k) * kLanes + lane;
          if (output >= shape.outputs) continue;
          pack_lane(weights + (static_cast<int64_t>(q) * shape.outputs + output) * 4, lane, *out);
        }
      }
    }
  }
}

template <int kCount, int kRegisters>
struct Sums {
  R of[kCount][kRegisters];
};

// kCount pixels from pixel x on, one group of outputs. By reference and inline: what a function
// returns the compiler keeps in memory.
template <ConvShape kShape, int kCount, int kRegisters>
[[gnu::always_inline]] inline void sum_up(const ConvRow& row, int x, int group,
                                          Sums<kCount, kRegisters>& sums) {
  unrolled<kRegisters>([&](auto k) {
    const R bias = load_register(row.bias + (group * kRegisters + k) * kLanes);
    unrolled<kCount>([&](auto p) { sums.of[p][k] = bias; });
  });
  const Weights* w = static_cast<const Weights*>(row.weights) +
                     int64_t{group} * kShape.segments * kShape.quads * kRegisters;
  for (int s = 0; s < kShape.segments; s++) {
    const uint8_t* from = row.segment[s] + static_cast<int64_t>(x) * kShape.stride;
    for (int q = 0; q < kShape.quads; q++, from += 4, w += kRegisters) {
      unrolled<kCount>([&](auto p) {
        const Input input = each_input(from + p * kShape.stride);
        unrolled<kRegisters>(
            [&](auto k) { sums.of[p][k] = add_products(sums.of[p][k], input, w[k]); });
      });
    }
  }
}

template <ConvShape kShape, int kCount>
void pixels_to_bytes(const ConvRow& row, int x) {
  constexpr int kRegisters = registers_of(kShape);
  for (int group = 0; group < groups_of(kShape); group++) {
    Sums<kCount, kRegisters> sums;
    sum_up<kShape>(row, x, group, sums);
    unrolled<kCount>([&](auto p) {
      unrolled<kRegisters>([&](auto k) {
        const int channel = (group * kRegisters + k) * kLanes;
        store_bytes_of32(row.bytes + static_cast<int64_t>(x + p) * kTrunk + channel,
                         scaled(sums.of[p][k], row.scale + channel));
      });
    });
  }
}

template <ConvShape kShape, int kCount>
void pixels_to_planes(const ConvRow& row, int x) {
  constexpr int kRegisters = registers_of(kShape);
  for (int group = 0; group < groups_of(kShape); group++) {
    Sums<kCount, kRegisters> sums;
    sum_up<kShape>(row, x, group, sums);
    unrolled<kCount / 2>([&](auto pair) {
      constexpr int kPixel = 2 * pair;
      unrolled<kRegisters>([&](auto k) {
        const int channel = (group * kRegisters + k) * kLanes;
        const R both = pack32(scaled(sums.of[kPixel][k], row.scale + channel),
                              scaled(sums.of[kPixel + 1][k], row.scale + channel));
        store_parts(row.planes + channel / 4 * row.plane_stride + (x + kPixel) * 4,
                    row.plane_stride * static_cast<int64_t>(sizeof(int16_t)),
                    max16(both, each16(-32767)));
      });
    });
  }
}

// Calls whole(x) for kCount pixels at a time and part(x) for four; what is left over at the end of
// a wide row is computed together with pixels before it, once more and alike.
template <int kCount, class Whole, class Part>
void over_row(int columns, Whole whole, Part part) {
  int x = 0;
  for (; x + kCount <= columns; x += kCount) whole(x);
  if (x == columns) return;
  if (columns >= kCount) return whole(columns - kCount);
  for (; x < columns; x += 4) part(x);
}

template <ConvShape kShape>
void convolve_to_bytes(const ConvRow& row) {
  over_row<kPixels>(
      row.columns, [&](int x) { pixels_to_bytes<kShape, kPixels>(row, x); },
      [&](int x) { pixels_to_bytes<kShape, 4>(row, x); });
}

void head(const ConvRow& row) {
  over_row<kHeadPixels>(
      row.columns, [&](int x) { pixels_to_planes<world::kHeadShape, kHeadPixels>(row, x); },
      [&](int x) { pixels_to_planes<world::kHeadShape, 4>(row, x); });
}

}  // namespace

void fill_conv_int8(world::PainterKernels& kernels) {
  kernels.pack_conv = &pack_conv;
  kernels.stem = &convolve_to_bytes<world::kStemShape>;
  kernels.refine = &convolve_to_bytes<world::kRefineShape>;
  kernels.head = &head;
}

}  // namespace vita::VITA_ISA
