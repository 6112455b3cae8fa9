// Blocks of the head to I420, lanes along a row of the picture.
#include "models/world/to_i420.h"

#include "core/simd.h"

namespace vita::VITA_ISA {
namespace {

using world::kHeadChannels;

// Thresholds of the ordered dither in sixteenths (Bayer's 4x4 matrix).
constexpr int kDither[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

// What is added before truncation, for lanes whose column in the picture is the lane's number.
F dither_row(int y) {
  float row[kLanes];
  for (int k = 0; k < kLanes; k++)
    row[k] = (static_cast<float>(kDither[y & 3][k & 3]) + 0.5f) / 16.f;
  return load(row);
}

// One row of samples: kWidth neighbours of each block, from `first` of its channels on.
template <int kWidth>
void write_row(const float* first, int samples, float scale, float offset, F dither, uint8_t* out) {
  constexpr int kBlocks = kLanes / kWidth;
  const F shift = dither + F(offset);
  auto convert = [&](int blocks) {
    alignas(64) float gathered[kLanes] = {};
    for (int b = 0; b < blocks; b++) {
      std::memcpy(gathered + b * kWidth, first + b * kHeadChannels, kWidth * sizeof(float));
    }
    return truncate(clamp(load(gathered) * F(scale) + shift, 0.f, 255.f));
  };
  int x = 0;
  for (; x + kLanes <= samples; x += kLanes, first += kBlocks * kHeadChannels)
    store_bytes(out + x, convert(kBlocks));
  if (x < samples) {
    uint8_t rest[kLanes];
    store_bytes(rest, convert((samples - x) / kWidth));
    std::memcpy(out + x, rest, static_cast<size_t>(samples - x));
  }
}

}  // namespace

void to_i420(const float* blocks, const FrameView& out) {
  const int64_t block_row = static_cast<int64_t>(out.width / 4) * kHeadChannels;
  for (int by = 0; by < out.height / 4; by++) {
    const float* row = blocks + by * block_row;
    for (int dy = 0; dy < 4; dy++) {
      uint8_t* y = out.y + static_cast<int64_t>(by * 4 + dy) * out.y_stride;
      write_row<4>(row + dy * 4, out.width, 219.f, 16.f + 219.f * 0.5f, dither_row(dy), y);
    }
    for (int dy = 0; dy < 2; dy++) {
      const int64_t line = static_cast<int64_t>(by * 2 + dy) * out.uv_stride;
      const F dither = dither_row(by * 2 + dy);
      write_row<2>(row + 16 + dy * 2, out.width / 2, 224.f, 128.f, dither, out.u + line);
      write_row<2>(row + 20 + dy * 2, out.width / 2, 224.f, 128.f, dither, out.v + line);
    }
  }
}

}  // namespace vita::VITA_ISA
