// Cubic convolution of one row, compiled per instruction set; see enlarge.h.
#include "models/world/enlarge_row.h"

#include "core/simd_int.h"

namespace vita::VITA_ISA {
namespace {

constexpr int kSamples = 2 * kLanes;  // at once
constexpr int kFraction = 6;          // fractional bits of a mixed sample

// Rows are mixed first: that needs no shuffling, and it is done at the smaller width.
void mix_rows(const world::EnlargeRow& r, int16_t* mixed) {
  R weight[4];
  unrolled<4>([&](auto k) { weight[k] = each16(r.row_weights[k]); });
  for (int x = 0; x < r.columns; x += kSamples) {
    R sum = each16(0);
    unrolled<4>([&](auto k) {
      const R sample = shift_left16<kFraction>(widened8(r.rows[k] + x));
      sum = add_saturated16(sum, multiply_rounded16(sample, weight[k]));
    });
    store_register(mixed + x, sum);
  }
  for (int k = 1; k <= 4; k++) {
    mixed[-k] = mixed[0];
    mixed[r.columns - 1 + k] = mixed[r.columns - 1];
  }
}

}  // namespace

void enlarge_row(const world::EnlargeRow& r) {
  int16_t* const mixed = r.mixed + world::kTapMargin;
  mix_rows(r, mixed);
  const R half = each16(1 << (kFraction - 1));
  for (int x = 0; x < r.out_columns; x += kSamples) {
    // A step is at most 1, so what kSamples results begin with lies within a register.
    const int base = r.first[x];
    const R places = subtract_saturated16(load_register(r.first + x), each16(int16_t(base)));
    R sum = half;
    unrolled<4>([&](auto k) {
      const R sample = picked16(mixed + base + k, places);
      sum = add_saturated16(sum, multiply_rounded16(sample, load_register(r.weights[k] + x)));
    });
    const R bytes = shift_right16<kFraction>(sum);
    if (x + kSamples <= r.out_columns) {
      store_bytes_of16(r.out + x, bytes);
    } else {
      uint8_t rest[kSamples];
      store_bytes_of16(rest, bytes);
      std::memcpy(r.out + x, rest, static_cast<size_t>(r.out_columns - x));
    }
  }
}

}  // namespace vita::VITA_ISA
