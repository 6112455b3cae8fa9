// One shadow of a thing, compiled per instruction set; see light_maps.h.
#include "models/world/shadow_splat.h"
#include "core/simd.h"

namespace vita::VITA_ISA {

using world::kShadeMetres;
using world::kWindowShade;

namespace {

int larger(int a, int b) { return a > b ? a : b; }
int smaller(int a, int b) { return a < b ? a : b; }

// Which cells of a row at dz from the middle the ellipse, `rim` times as large, may touch.
struct RowSpan {
  float a, b_of_dz, c_of_dz2, rim;
  bool at(float dz, float* low, float* high) const {
    const float b = b_of_dz * dz, root = b * b - a * (c_of_dz2 * dz * dz - rim * rim);
    if (root < 0) return false;
    const float half = __builtin_sqrtf(root) / a, middle = -b / a;
    *low = middle - half;
    *high = middle + half;
    return true;
  }
};

RowSpan row_span(const world::ShadowEllipse& e) {
  const float a2 = 1 / (e.along * e.along), c2 = 1 / (e.across * e.across);
  return {e.dir_x * e.dir_x * a2 + e.dir_z * e.dir_z * c2, e.dir_x * e.dir_z * (a2 - c2),
          e.dir_z * e.dir_z * a2 + e.dir_x * e.dir_x * c2, 1 + .5f * kShadeMetres / e.across};
}

}  // namespace

void splat_shadow(const world::ShadowEllipse& e, const world::ShadeCells& cells,
                  uint8_t* thing_light) {
  const RowSpan span = row_span(e);
  const F along = 1 / e.along, across = 1 / e.across, steepness = e.across / kShadeMetres;
  for (int z = cells.z_first; z <= cells.z_last; z++) {
    uint8_t* row = thing_light + static_cast<long>(z & (kWindowShade - 1)) * world::kShadePitch;
    const float dz = (static_cast<float>(z) + .5f) * kShadeMetres - e.z;
    float low, high;
    if (!span.at(dz, &low, &high)) continue;
    const int first =
        larger(cells.x_first, static_cast<int>(__builtin_floorf((e.x + low) / kShadeMetres - .5f)));
    const int last =
        smaller(cells.x_last, static_cast<int>(__builtin_ceilf((e.x + high) / kShadeMetres - .5f)));
    for (int x = first & -kLanes; x <= last; x += kLanes) {
      F cell = F(static_cast<float>(x)) + iota(), dx = (cell + .5f) * kShadeMetres - e.x;
      F u = (dx * e.dir_x + dz * e.dir_z) * along, v = (dx * e.dir_z - dz * e.dir_x) * across;
      F dark = saturate((F(1.f) - sqrt(u * u + v * v)) * steepness + .5f);
      M outside = (cell < F(static_cast<float>(cells.x_first))) |
                  (cell > F(static_cast<float>(cells.x_last)));
      F lit = select(outside, F(255.f), (F(1.f) - dark) * 255.f + .5f);
      uint8_t* at = row + (x & (kWindowShade - 1));
      store_bytes(at, truncate(min(to_float(load_bytes(at)), lit)));
    }
  }
}

}  // namespace vita::VITA_ISA
