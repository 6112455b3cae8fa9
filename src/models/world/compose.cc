// The painter's last step: blends the colours of guide pixels with the head's weights and writes
// I420, lanes along a row of the picture.
#include "core/simd_int.h"
#include "models/world/painter_kernels.h"

namespace vita::VITA_ISA {
namespace {

using world::ComposeRow;

constexpr int kSamples = 2 * kLanes;  // at once
constexpr int kStepBits = 6;          // fractional bits of a step of the picture

// Bayer's 8x8 matrix, 0..63.
constexpr int threshold(int x, int y) {
  int value = 0;
  for (int bit = 0; bit < 3; bit++) {
    const int a = x >> bit & 1, b = y >> bit & 1;
    value |= ((a ^ b) << 1 | b) << (2 * (2 - bit));
  }
  return value;
}

// What is added before a row of samples is truncated; lanes begin at a multiple of 8 columns.
R dither_row(int y, int offset) {
  int16_t row[kSamples];
  for (int k = 0; k < kSamples; k++) {
    row[k] = static_cast<int16_t>(offset * 64 + threshold(k & 7, y & 7));
  }
  return load_register(row);
}

// A sample of 14 fractional bits, `steps` of the picture wide, as bytes; no more than `count`.
void store_samples(R value, int steps, R dither, int count, uint8_t* out) {
  const R scaled = multiply_rounded16(value, each16(static_cast<int16_t>(steps << 7)));
  const R bytes = shift_right16<kStepBits>(add_saturated16(scaled, dither));
  if (count >= kSamples) return store_bytes_of16(out, bytes);
  uint8_t rest[kSamples];
  store_bytes_of16(rest, bytes);
  std::memcpy(out, rest, static_cast<size_t>(count));
}

R blended(R own, R weight, R neighbour) {
  return multiply_rounded16(weight, subtract_saturated16(neighbour, own));
}

// Row dy of the two. own: the guide row, other: the one on this row's side.
void luma_row(const ComposeRow& r, int dy) {
  const int16_t* own_row = r.luma[1];
  const int16_t* other_row = r.luma[2 * dy];
  // Y - 0.5 becomes 16 + 219 Y; the 64ths make up for the half.
  const R dither = add_saturated16(dither_row(r.row * 2 + dy, 125), each16(32));
  uint8_t* out = r.y + dy * r.y_stride;
  const int samples = r.columns * 2;
  for (int x = 0; x < samples; x += kSamples) {
    const auto of_head = [&](int plane) {
      return every_second32(r.head + plane * r.plane_stride + 2 * x, dy);
    };
    const int16_t* own_at = own_row + x / 2;
    const int16_t* other_at = other_row + x / 2;
    const R own = interleaved16(own_at, own_at);
    R value = own;
    const auto blend = [&](int tap, R neighbour) {
      value = add_saturated16(value, blended(own, of_head(tap), neighbour));
    };
    blend(0, interleaved16(own_at - 1, own_at + 1));
    blend(1, interleaved16(other_at, other_at));
    blend(2, interleaved16(other_at - 1, other_at + 1));
    value = add_saturated16(value, of_head(world::kTaps));
    store_samples(value, 219, dither, samples - x, out + x);
  }
}

void chroma_row(const ComposeRow& r, int channel) {
  const int16_t* own = r.chroma[channel];
  const R dither = dither_row(r.row, 128);
  for (int x = 0; x < r.columns; x += kSamples) {
    store_samples(load_register(own + x), 224, dither, r.columns - x, r.chroma_out[channel] + x);
  }
}

void compose(const ComposeRow& row) {
  for (int dy = 0; dy < 2; dy++) luma_row(row, dy);
  for (int channel = 0; channel < 2; channel++) chroma_row(row, channel);
}

}  // namespace

void fill_compose(world::PainterKernels& kernels) { kernels.compose = &compose; }

}  // namespace vita::VITA_ISA
