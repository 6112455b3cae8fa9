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

// Row dy of the block row: own: the guide row that it lies in, other: the one on its side.
void luma_row(const ComposeRow& r, int dy) {
  const int16_t* own_row = r.luma[1 + dy / 2];
  const int16_t* other_row = r.luma[dy / 2 + (dy % 2 == 0 ? 0 : 2)];
  const int16_t* head = r.head + dy * r.plane_stride;
  const int64_t tap = 4 * r.plane_stride;
  // Y - 0.5 becomes 16 + 219 Y; the 64ths make up for the half.
  const R dither = add_saturated16(dither_row(r.row * 4 + dy, 125), each16(32));
  uint8_t* out = r.y + dy * r.y_stride;
  const int samples = r.columns * 4;
  for (int x = 0; x < samples; x += kSamples, head += kSamples) {
    const int16_t* own_at = own_row + x / 2;
    const int16_t* other_at = other_row + x / 2;
    const R own = interleaved16(own_at, own_at);
    R value = own;
    const auto blend = [&](int t, R neighbour) {
      value = add_saturated16(value, blended(own, load_register(head + t * tap), neighbour));
    };
    blend(0, interleaved16(own_at - 1, own_at + 1));
    blend(1, interleaved16(other_at, other_at));
    blend(2, interleaved16(other_at - 1, other_at + 1));
    value = add_saturated16(value, load_register(head + world::kTaps * tap));
    store_samples(value, 219, dither, samples - x, out + x);
  }
}

void chroma_row(const ComposeRow& r, int channel, int dy) {
  const int16_t* own = r.chroma[channel][dy];
  const int16_t* head = r.head + (4 * (world::kTaps + 1) + channel) * r.plane_stride;
  const R dither = dither_row(r.row * 2 + dy, 128);
  uint8_t* out = r.chroma_out[channel] + dy * r.chroma_stride;
  const int samples = r.columns * 2;
  for (int x = 0; x < samples; x += kSamples) {
    const R added = every_second32(head + 2 * x, dy);
    store_samples(add_saturated16(load_register(own + x), added), 224, dither, samples - x,
                  out + x);
  }
}

void compose(const ComposeRow& row) {
  for (int dy = 0; dy < 4; dy++) luma_row(row, dy);
  for (int channel = 0; channel < 2; channel++) {
    for (int dy = 0; dy < 2; dy++) chroma_row(row, channel, dy);
  }
}

}  // namespace

void fill_compose(world::PainterKernels& kernels) { kernels.compose = &compose; }

}  // namespace vita::VITA_ISA
