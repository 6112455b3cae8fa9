// Ground truth: the colours that a painter learns to give what the projector sees. Training only.
#pragma once
#include <cstdint>

#include "models/world/scene.h"

namespace vita::training {

// Renders the columns [x_first, x_last) of the raster of finished pixels, each from 2x2 samples.
// rgb: [height][width][3] of the whole raster. scratch: shade_scratch_floats(rows) floats, 64-byte
// aligned.
struct ShadeJob {
  const world::SceneView* scene;
  world::Camera camera;
  world::Raster raster;
  int x_first, x_last;  // multiples of 16
  float* scratch;
  uint8_t* rgb;
};
inline int shade_scratch_floats(int rows) { return 2 * rows * 32 * (10 + 3); }

}  // namespace vita::training
