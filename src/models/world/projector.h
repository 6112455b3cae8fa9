// Looks at a world from a camera and writes the guide: what the painter is told of each pixel. No
// weights.
#pragma once
#include <cstddef>
#include <cstdint>

#include "models/world/scene.h"

namespace vita::world {

// planes: [kGuidePlanes][height][width] bytes, kinds: [height][width].
struct GuideView {
  uint8_t* planes;
  uint8_t* kinds;
};

inline constexpr int kGuideStrip = 32;  // columns that are projected together; no guide is narrower

// Bytes of scratch that one thread needs for guides of this height.
size_t projector_scratch_bytes(int rows);

// Projects the columns [x_first, x_last) of the raster (relative to raster.x0; x_first a multiple
// of kGuideStrip, x_last too or the raster's end). The width is a multiple of 8; where it is none
// of kGuideStrip, the last strip begins earlier and writes some columns once more, alike. Threads
// may take disjoint strips of one guide at once, and the result does not depend on how they do.
// scratch: 64-byte aligned, not shared. Planes are documented in docs/world_model.md. Does not
// allocate.
void project(const SceneView& scene, const Camera& camera, const Raster& raster, int x_first,
             int x_last, float* scratch, const GuideView& out);

}  // namespace vita::world
