// The projector with the plain way to find the land: every ray is marched for itself. What the
// faster way of visibility.h is held against, in tests and in bench/projector.
#pragma once
#include "models/world/projector.h"

namespace vita::world {

// As project(), of the whole raster.
void project_plainly(const SceneView& scene, const Camera& camera, const Raster& raster,
                     float* scratch, const GuideView& out);

}  // namespace vita::world
