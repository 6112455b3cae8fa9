// The painter in integers as plain loops: the specification of its kernels
// (docs/world_model.md, "In integers").
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "models/world/painter_kernels.h"

namespace vita::world::reference {

struct PixelResult {
  std::array<int16_t, kColourPlanes> colours;  // 14 fractional bits
  std::array<uint8_t, kTrunkInputs> seen;
};
// experts: of all kinds, each as pack_pixel_layer() packs it.
PixelResult shade(const int32_t* experts, int kind, const uint8_t* planes);

// Weights [segments][quads][outputs][4], one output of one pixel.
int32_t convolve(const ConvShape& shape, const int8_t* weights, const ConvRow& row, int x,
                 int output);
uint8_t to_byte(int32_t sum, float scale);
int16_t to_head(int32_t sum, float scale);

// A picture pixel's Y, from its guide pixel, its neighbours and the head's values.
struct Blend {
  int16_t own, beside, above, diagonal;
  int16_t weights[kTaps];
  int16_t added;
};
int16_t blend(const Blend& b);
// x, y: of the sample in its plane.
uint8_t luma_byte(int16_t value, int x, int y);
uint8_t chroma_byte(int16_t value, int x, int y);

}  // namespace vita::world::reference
