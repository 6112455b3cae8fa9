#include "plain_projector/plain_projector.h"

#include "core/cpu.h"

namespace vita {

// The three builds of project_strip.cc on plain_land.cc.
namespace plain_avx512 {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}
namespace plain_avx2 {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}
namespace plain_baseline {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}

namespace world {

void project_plainly(const SceneView& scene, const Camera& camera, const Raster& raster,
                     float* scratch, const GuideView& out) {
  auto* strip = best_build(&plain_baseline::project_strip, &plain_avx2::project_strip,
                           &plain_avx512::project_strip);
  for (int x = 0; x < raster.width; x += kGuideStrip) {
    const int start = x + kGuideStrip <= raster.width ? x : raster.width - kGuideStrip;
    strip(scene, camera, raster, start, scratch, out);
  }
}

}  // namespace world
}  // namespace vita
