// One strip of the guide; ISA source only, chosen at run time by projector.cc.
#pragma once
#include "models/world/projector.h"
#include "models/world/visibility.h"

namespace vita::VITA_ISA {

// Columns [x0, x0 + kStripWidth) of the raster (x0 relative to raster.x0).
void project_strip(const world::SceneView& scene, const world::Camera& camera,
                   const world::Raster& raster, int x0, float* scratch,
                   const world::GuideView& out);

}  // namespace vita::VITA_ISA
