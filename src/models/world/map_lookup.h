// Rays of a camera and values of the maps, in lanes. ISA source only.
#pragma once
#include "core/simd.h"
#include "models/world/scene.h"

namespace vita::VITA_ISA {

using world::SceneView;

static inline V3 vec3(const float* p) { return {F(p[0]), F(p[1]), F(p[2])}; }

struct CameraBasis {
  V3 origin, forward, right, up;
  float scale_x, scale_y, offset_x, offset_y;  // pixel centre -> view plane
  float pixel;                                 // angle of one pixel, radians, about
};
// Raster of width x height pixels; trigonometry is done by the caller's compiler, not in lanes.
static inline CameraBasis camera_basis(const world::Camera& c, int width, int height) {
  const float cy = __builtin_cosf(c.yaw), sy = __builtin_sinf(c.yaw);
  const float cp = __builtin_cosf(c.pitch), sp = __builtin_sinf(c.pitch);
  const float step = 2 * c.tan_half / static_cast<float>(width);
  return {{F(c.x), F(c.y), F(c.z)},
          {F(cy * cp), F(sp), F(sy * cp)},
          {F(-sy), F(0.f), F(cy)},
          {F(-cy * sp), F(cp), F(-sy * sp)},
          step,
          -step,
          -c.tan_half + .5f * step,
          (.5f * static_cast<float>(height) - .5f) * step,
          step};
}
static inline F view_x(const CameraBasis& b, int x) {
  return (F(static_cast<float>(x)) + iota()) * b.scale_x + b.offset_x;
}
static inline F view_y(const CameraBasis& b, int y) {
  return F(static_cast<float>(y) * b.scale_y + b.offset_y);
}
static inline V3 ray(const CameraBasis& b, F sx, F sy) {
  return normalize(b.forward + b.right * sx + b.up * sy);
}

// --- maps
// -----------------------------------------------------------------------------------------------
struct CellSample {
  I near, far;  // of the cells (x, z) and (x, z + 1); (x + 1, ..) lies behind each
  F u, v;
};
static inline CellSample cell_at(F x, F z, float inverse_cell, int size_log2) {
  x = x * inverse_cell - .5f;
  z = z * inverse_cell - .5f;
  F fx = floor(x), fz = floor(z);
  I mask((1 << size_log2) - 1), ix = truncate(fx) & mask, iz = truncate(fz);
  auto row = [&](I r) { return ((r & mask) << size_log2) + ((r & mask) << (size_log2 - 6)); };
  return {row(iz) + ix, row(iz + I(1)) + ix, x - fx, z - fz};
}
static_assert(world::kFinePitch == (1 << 11) + (1 << 5));
static inline CellSample fine_cell_at(F x, F z) { return cell_at(x, z, .25f, 11); }
static_assert(world::kShadePitch == (1 << 12) + (1 << 6));
static inline CellSample shade_cell_at(F x, F z) { return cell_at(x, z, .5f, 12); }

static inline F height_at(const world::MapsView& m, F x, F z) {
  CellSample s = fine_cell_at(x, z);
  I a = gather_run(m.height, s.near), b = gather_run(m.height, s.far);
  F a0 = to_float(shift_signed(a << 16, 16)), a1 = to_float(shift_signed(a, 16));
  F b0 = to_float(shift_signed(b << 16, 16)), b1 = to_float(shift_signed(b, 16));
  return mix(mix(a0, a1, s.u), mix(b0, b1, s.u), s.v) * world::kMapHeightStep;
}
struct Ground {
  V3 normal;
  F ground_mix, rock, cap, light;  // 0..1
};
static inline F byte_of(I a, int n) { return to_float((a >> (8 * n)) & I(255)); }
static inline Ground ground_at(const world::MapsView& m, F x, F z) {
  CellSample s = fine_cell_at(x, z);
  auto between = [&](F a, F b, F c, F d) { return mix(mix(a, b, s.u), mix(c, d, s.u), s.v); };
  I a = gather(m.surface, s.near), b = gather(m.surface + 1, s.near);
  I c = gather(m.surface, s.far), d = gather(m.surface + 1, s.far);
  F q[4], l[2];
  for (int k = 0; k < 4; k++)
    q[k] = between(byte_of(a, k), byte_of(b, k), byte_of(c, k), byte_of(d, k));
  I near = gather_run(m.light, s.near), far = gather_run(m.light, s.far);
  for (int k = 0; k < 2; k++)
    l[k] = between(byte_of(near, k), byte_of(near, k + 2), byte_of(far, k), byte_of(far, k + 2));
  F nx = (q[0] - 127.f) * (1.f / 127.f), nz = (q[1] - 127.f) * (1.f / 127.f);
  F ny = sqrt(max(F(.02f), F(1.f) - nx * nx - nz * nz));
  return {normalize({nx, ny, nz}), q[2] * (1.f / 255.f), q[3] * (1.f / 255.f), l[0] * (1.f / 255.f),
          l[1] * (1.f / 255.f)};
}
static inline F thing_light_at(const world::MapsView& m, F x, F z) {
  CellSample s = shade_cell_at(x, z);
  I near = gather_run(m.thing_light, s.near), far = gather_run(m.thing_light, s.far);
  return mix(mix(byte_of(near, 0), byte_of(near, 1), s.u),
             mix(byte_of(far, 0), byte_of(far, 1), s.u), s.v) *
         (1.f / 255.f);
}

}  // namespace vita::VITA_ISA
