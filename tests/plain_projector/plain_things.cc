// see_things() with every thing tried in turn, all of its pieces on all pixels around it.
#include "models/world/thing_hit.h"
#include "models/world/visibility.h"

namespace vita::VITA_ISA {

using world::Raster;
using world::Thing;

namespace {

struct ThingView {               // one thing as one camera sees it
  float x, y, z;                 // camera in the thing's space
  int left, right, top, bottom;  // pixels, inclusive, may lie outside the picture
};

float grown(float distance_squared, float scale) {
  // Far things rise from the ground as one comes nearer: none pops up.
  const float distance = __builtin_sqrtf(distance_squared);
  const float rise = (world::kThingFar - distance) * (1.f / 160.f);
  return scale * (rise < 0 ? 0.f : rise > 1 ? 1.f : rise);
}

bool view_thing(const CameraBasis& b, const Raster& raster, const world::Prototype& prototype,
                const Thing& thing, float scale, ThingView* out) {
  const float wx = b.origin.x.v[0] - thing.x, wy = b.origin.y.v[0] - thing.y,
              wz = b.origin.z.v[0] - thing.z;
  const float up = wy - prototype.height * .5f * scale, radius = prototype.radius * scale;
  const float ahead = -(wx * b.forward.x.v[0] + up * b.forward.y.v[0] + wz * b.forward.z.v[0]);
  if (ahead < radius * .5f) return false;
  const float focal = 1.f / b.scale_x;
  const float across = -(wx * b.right.x.v[0] + wz * b.right.z.v[0]);
  const float upward = -(wx * b.up.x.v[0] + up * b.up.y.v[0] + wz * b.up.z.v[0]);
  const float near = ahead - radius * .6f,
              spread = radius * focal / (near > radius * .3f ? near : radius * .3f) + 1;
  const float px = static_cast<float>(raster.full_width) * .5f + across / ahead * focal;
  const float py = static_cast<float>(raster.full_height) * .5f - upward / ahead * focal;
  if (px + spread < static_cast<float>(raster.x0) ||
      px - spread > static_cast<float>(raster.x0 + raster.width) ||
      py + spread < static_cast<float>(raster.y0) ||
      py - spread > static_cast<float>(raster.y0 + raster.height)) {
    return false;
  }
  const float inv = 1.f / scale;
  *out = {(wx * thing.cos_yaw + wz * thing.sin_yaw) * inv,
          wy * inv,
          (wz * thing.cos_yaw - wx * thing.sin_yaw) * inv,
          static_cast<int>(__builtin_floorf(px - spread)),
          static_cast<int>(__builtin_ceilf(px + spread)),
          static_cast<int>(__builtin_floorf(py - spread)),
          static_cast<int>(__builtin_ceilf(py + spread))};
  return true;
}

// Nearest hit of a thing, all of its pieces tried in turn.
M hit_thing(const world::ThingTables& tables, const world::Prototype& prototype, V3 o, V3 d,
            F pixel, F limit, PrimHit& best) {
  M hit = none();
  best.t = limit;
  for (int i = prototype.prim_first; i < prototype.prim_first + prototype.prim_count; i++) {
    PrimHit h;
    M ok = hit_prim(tables, prototype, tables.prims[i], o, d, pixel, best.t, h);
    if (!any(ok)) continue;
    best.t = select(ok, h.t, best.t);
    best.normal = select(ok, h.normal, best.normal);
    best.u = select(ok, h.u, best.u);
    best.v = select(ok, h.v, best.v);
    best.part = select(ok, h.part, best.part);
    best.tint = select(ok, h.tint, best.tint);
    best.edge = select(ok, h.edge, best.edge);
    hit = hit | ok;
  }
  return hit;
}

void draw_thing(const SceneView& scene, const CameraBasis& b, const Thing& thing, float scale,
                const ThingView& view, int x0, int y0, Strip strip) {
  const world::Prototype& prototype = scene.tables.prototypes[thing.prototype];
  const int top = view.top > y0 ? view.top - y0 : 0;
  const int bottom = view.bottom - y0 < strip.rows - 1 ? view.bottom - y0 : strip.rows - 1;
  const int first = view.left > x0 ? (view.left - x0) / kLanes * kLanes : 0;
  const int last = view.right - x0 < kStripWidth - 1 ? view.right - x0 : kStripWidth - 1;
  const float inv = 1.f / scale, c = thing.cos_yaw, s = thing.sin_yaw;
  V3 o = {F(view.x), F(view.y), F(view.z)};
  for (int y = top; y <= bottom; y++) {
    F sy = view_y(b, y0 + y);
    for (int x = first; x <= last; x += kLanes) {
      V3 w = ray(b, view_x(b, x0 + x), sy);
      V3 d = {(w.x * c + w.z * s) * inv, w.y * inv, (w.z * c - w.x * s) * inv};
      PrimHit h;
      M hit = hit_thing(scene.tables, prototype, o, d, b.pixel, load(strip.at(Strip::t, y) + x), h);
      if (!any(hit)) continue;
      auto put = [&](Strip::Plane plane, F value) {
        float* p = strip.at(plane, y) + x;
        store(p, select(hit, value, load(p)));
      };
      V3 n =
          normalize({h.normal.x * c - h.normal.z * s, h.normal.y, h.normal.z * c + h.normal.x * s});
      put(Strip::t, h.t);
      put(Strip::kind, F(world::kThing));
      put(Strip::edge, h.edge);
      put(Strip::nx, n.x);
      put(Strip::ny, n.y);
      put(Strip::nz, n.z);
      put(Strip::part, h.part);
      put(Strip::u, h.u);
      put(Strip::v, h.v);
      put(Strip::tint, saturate(h.tint + thing.tint));
    }
  }
}

}  // namespace

void see_things(const SceneView& scene, const CameraBasis& basis, const Raster& raster, int x0,
                Strip strip) {
  const Raster mine = {raster.full_width, raster.full_height, x0,
                       raster.y0,         kStripWidth,        strip.rows};
  const float cx = basis.origin.x.v[0], cz = basis.origin.z.v[0];
  for (int list = 0; list < scene.tile_count; list++) {
    for (int i = 0; i < scene.tile_thing_counts[list]; i++) {
      const Thing& thing = scene.tile_things[list][i];
      const float dx = thing.x - cx, dz = thing.z - cz, squared = dx * dx + dz * dz;
      if (squared > world::kThingFar * world::kThingFar || squared < 9.f) continue;
      const float scale = grown(squared, thing.scale * scene.tile_growths[list]);
      if (scale < .05f) continue;
      ThingView view;
      if (!view_thing(basis, mine, scene.tables.prototypes[thing.prototype], thing, scale, &view))
        continue;
      draw_thing(scene, basis, thing, scale, view, x0, raster.y0, strip);
    }
  }
}

}  // namespace vita::VITA_ISA
