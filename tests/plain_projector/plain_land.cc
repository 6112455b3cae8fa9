// see_land() with one march for each pixel; the start alone comes from the pixel below.
#include "models/world/visibility.h"

namespace vita::VITA_ISA {

void see_land(const SceneView& scene, const CameraBasis& basis, int x0, int y0,
              MarchQuality quality, Strip strip) {
  for (int x = 0; x < kStripWidth; x += kLanes) {
    F sx = view_x(basis, x0 + x);
    F reach = 0.f;  // horizontal distance of the last hit in each column
    for (int y = strip.rows - 1; y >= 0; y--) {
      V3 d = ray(basis, sx, view_y(basis, y0 + y));
      F to_water = select(d.y < F(-1e-5f), -basis.origin.y / d.y, F(kMiss));
      F flat = sqrt(max(d.x * d.x + d.z * d.z, 1e-6f));
      F edge, t = march(scene.maps, basis.origin, d, ~none(), max(F(.5f), reach / flat),
                        min(F(world::kFar), to_water), quality, basis.pixel, &edge);
      M water = (to_water < t) & (to_water < F(world::kFar * 2.5f)), land = t < F(kMiss * .5f);
      t = select(water, to_water, t);
      reach = select(land | water, t * flat * .8f, reach);
      store(strip.at(Strip::t, y) + x, t);
      store(strip.at(Strip::kind, y) + x,
            select(water, F(world::kLiquid), select(land, F(world::kTerrain), F(world::kSky))));
      store(strip.at(Strip::edge, y) + x, select(water, F(1.f), edge));
    }
  }
}

}  // namespace vita::VITA_ISA
