#include "models/world/projector.h"

#include "core/cpu.h"

namespace vita {

// The three builds of project_strip.cc.
namespace avx512 {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}
namespace avx2 {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}
namespace baseline {
void project_strip(const world::SceneView&, const world::Camera&, const world::Raster&, int, float*,
                   const world::GuideView&);
}

namespace world {

size_t projector_scratch_bytes(int rows) {
  constexpr size_t kPlanesOfStrip = 10;
  return sizeof(float) * kPlanesOfStrip * kGuideStrip * static_cast<size_t>(rows);
}

void project(const SceneView& scene, const Camera& camera, const Raster& raster, int x_first,
             int x_last, float* scratch, const GuideView& out) {
  auto* strip = cpu_isa() >= Isa::avx512 ? &avx512::project_strip
                : cpu_isa() >= Isa::avx2 ? &avx2::project_strip
                                         : &baseline::project_strip;
  for (int x = x_first; x < x_last; x += kGuideStrip) {
    const int start = x + kGuideStrip <= raster.width ? x : raster.width - kGuideStrip;
    strip(scene, camera, raster, start, scratch, out);
  }
}

}  // namespace world
}  // namespace vita
