// The things of a strip, drawn over the land.
#include <cstddef>

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

// A list of things, read a vector of things at a time.
static_assert(sizeof(Thing) == 8 * sizeof(float) && sizeof(world::Prototype) == 8 * sizeof(float));
F member(const void* list, size_t offset, I index) {
  return gather(reinterpret_cast<const float*>(static_cast<const char*>(list) + offset),
                index << 3);
}

// Which of the things from `first` on may pass view_thing(): its tests with some room, for most of
// a strip's time goes into things that do not show in it.
unsigned may_show(const CameraBasis& b, const Raster& raster, const world::ThingTables& tables,
                  const Thing* things, int first, int count, float growth) {
  const int here = count - first < kLanes ? count - first : kLanes;
  I i = truncate(min(iota() + static_cast<float>(first), static_cast<float>(count - 1)));
  F x = b.origin.x - member(things, offsetof(Thing, x), i),
    y = b.origin.y - member(things, offsetof(Thing, y), i),
    z = b.origin.z - member(things, offsetof(Thing, z), i);
  F squared = x * x + z * z;
  M near = squared < F(world::kThingFar * world::kThingFar * 1.001f);
  if ((bits(near) & ((1u << here) - 1)) == 0) return 0;
  F rise = saturate((F(world::kThingFar) - sqrt(squared)) * (1.f / 160.f));
  F scale = member(things, offsetof(Thing, scale), i) * rise * (growth * 1.001f);
  I kind = gather(&things->prototype, i << 3);
  F up = y - member(tables.prototypes, offsetof(world::Prototype, height), kind) * .5f * scale,
    radius = member(tables.prototypes, offsetof(world::Prototype, radius), kind) * scale;
  F ahead = -(x * b.forward.x + up * b.forward.y + z * b.forward.z);
  F across = -(x * b.right.x + z * b.right.z);
  F upward = -(x * b.up.x + up * b.up.y + z * b.up.z);
  F spread = radius / max(ahead - radius * .6f, radius * .3f) * 1.001f + 3 * b.scale_x;
  F left(static_cast<float>(raster.x0)), right(static_cast<float>(raster.x0 + raster.width));
  F top(static_cast<float>(raster.y0)), bottom(static_cast<float>(raster.y0 + raster.height));
  F inv = F(1.f) / ahead;
  F px = across * inv + static_cast<float>(raster.full_width) * .5f * b.scale_x;
  F py = static_cast<float>(raster.full_height) * .5f * b.scale_x - upward * inv;
  M shows = near & (ahead > radius * .49f) & (scale > F(.049f)) & (px + spread > left * b.scale_x) &
            (px - spread < right * b.scale_x) & (py + spread > top * b.scale_x) &
            (py - spread < bottom * b.scale_x);
  return bits(shows) & ((1u << here) - 1);
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

void see_thing(const SceneView& scene, const CameraBasis& basis, const Raster& mine,
               const Thing& thing, float growth, Strip strip) {
  const float dx = thing.x - basis.origin.x.v[0], dz = thing.z - basis.origin.z.v[0],
              squared = dx * dx + dz * dz;
  if (squared > world::kThingFar * world::kThingFar || squared < 9.f) return;
  const float scale = grown(squared, thing.scale * growth);
  if (scale < .05f) return;
  ThingView view;
  const world::Prototype& prototype = scene.tables.prototypes[thing.prototype];
  if (view_thing(basis, mine, prototype, thing, scale, &view))
    draw_thing(scene, basis, thing, scale, view, mine.x0, mine.y0, strip);
}

}  // namespace

void see_things(const SceneView& scene, const CameraBasis& basis, const Raster& raster, int x0,
                Strip strip) {
  const Raster mine = {raster.full_width, raster.full_height, x0,
                       raster.y0,         kStripWidth,        strip.rows};
  for (int list = 0; list < scene.tile_count; list++) {
    const Thing* things = scene.tile_things[list];
    const int count = scene.tile_thing_counts[list];
    const float growth = scene.tile_growths[list];
    for (int first = 0; first < count; first += kLanes) {
      unsigned rest = may_show(basis, mine, scene.tables, things, first, count, growth);
      for (; rest != 0; rest &= rest - 1)
        see_thing(scene, basis, mine, things[first + __builtin_ctz(rest)], growth, strip);
    }
  }
}

}  // namespace vita::VITA_ISA
