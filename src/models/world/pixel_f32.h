// The per-pixel network in floats. Plain data only, so that code compiled per instruction set needs
// nothing of the standard library.
#pragma once
#include <cstdint>

#include "models/world/painter_sizes.h"

namespace vita::world {

// Floats of one layer of one expert: biases, then weights [linear / 4][inputs][4].
constexpr int pixel_layer_floats(int layer) {
  return kPixel[layer].linear() * (1 + kPixel[layer].inputs);
}
inline constexpr int kExpertFloats =
    pixel_layer_floats(0) + pixel_layer_floats(1) + pixel_layer_floats(2) + pixel_layer_floats(3);

// matrix [linear][inputs] and bias [linear] for inputs of -1..1; the packed layer 0 takes bytes.
void pack_pixel_layer_f32(int layer, const float* matrix, const float* bias, float* packed);

struct PixelF32Request {
  const uint8_t* planes;  // [kGuidePlanes][height][width]
  const uint8_t* kinds;   // [height][width], each < kPixelKinds
  int width, height;      // of the guide; multiples of 8
  const float* weights;   // [kPixelKinds][kExpertFloats]
  // What the trunk sees: [height + 2][width + 2][kTrunkInputs]; the border of one pixel all round
  // repeats the outermost pixels.
  float* seen;
  float* colours;  // [kColourPlanes][height][width]
};

// Does not allocate.
void run_pixel_f32(const PixelF32Request& request);

}  // namespace vita::world
