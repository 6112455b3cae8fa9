// The painter's first stage: a small network on every pixel of the guide, one expert per kind of
// pixel. Plain data only, so that code compiled per instruction set needs nothing of the standard
// library.
#pragma once
#include <cstdint>

#include "models/world/spec.h"

namespace vita::world {

inline constexpr int kPixelKinds = 4;
inline constexpr int kPixelLayers = 3;
inline constexpr int kPixelWidths[kPixelLayers + 1] = {kGuidePlanes, 48, 32, 12};
inline constexpr int kPixelOutputs = kPixelWidths[kPixelLayers];
inline constexpr int kBlockChannels = 4 * kPixelOutputs;  // of one 2x2 block of pixels

// Floats of one layer of one expert as the kernel wants them: biases, then weights [outputs /
// 4][inputs][4].
constexpr int pixel_layer_floats(int layer) {
  return kPixelWidths[layer + 1] * (kPixelWidths[layer] + 1);
}
constexpr int pixel_expert_floats() {
  return pixel_layer_floats(0) + pixel_layer_floats(1) + pixel_layer_floats(2);
}

// Repacks one layer of one expert: matrix [outputs][inputs] and bias [outputs] as trained, for
// inputs plane / 255 * 2 - 1; the first layer takes that scaling into its weights and is then fed
// with bytes.
void pack_pixel_layer(int layer, const float* matrix, const float* bias, float* packed);

struct PixelMlpRequest {
  const uint8_t* planes;  // [kGuidePlanes][height][width]
  const uint8_t* kinds;   // [height][width], each < kPixelKinds
  int width, height;      // of the guide; even
  const float* weights;   // [kPixelKinds][pixel_expert_floats()]
  // [height / 2 + 2][width / 2 + 2][kBlockChannels]: channel c * 4 + dy * 2 + dx of a 2x2 block;
  // the border of one block all round repeats the outermost blocks.
  float* out;
};

// Does not allocate.
void run_pixel_mlp(const PixelMlpRequest& request);

}  // namespace vita::world
