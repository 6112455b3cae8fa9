// The things of a strip, drawn over the land piece by piece.
#include <cstddef>

#include "models/world/thing_hit.h"
#include "models/world/visibility.h"

namespace vita::VITA_ISA {

using world::Prim;
using world::Prototype;
using world::Raster;
using world::Thing;

namespace {

struct ThingView {  // one thing as one camera sees it
  const Prototype* prototype;
  float x, y, z;  // camera in the thing's space
  float cos_yaw, sin_yaw, scale, tint;
};
struct Ball {
  float x, y, z, radius;  // in the thing's space
};
struct Bounds {                 // what a piece may cover
  float left, right, up, down;  // view plane
  float near;                   // no nearer to the camera
};

float larger(float a, float b) { return a > b ? a : b; }
float smaller(float a, float b) { return a < b ? a : b; }
int in_strip(float v, int size) {
  return static_cast<int>(smaller(larger(v, 0.f), static_cast<float>(size)));
}

float grown(float distance_squared, float scale) {
  // Far things rise from the ground as one comes nearer: none pops up.
  const float distance = __builtin_sqrtf(distance_squared);
  const float rise = (world::kThingFar - distance) * (1.f / 160.f);
  return scale * smaller(larger(rise, 0.f), 1.f);
}

// A list of things, read a vector of things at a time.
static_assert(sizeof(Thing) == 8 * sizeof(float) && sizeof(Prototype) == 8 * sizeof(float));
F member(const void* list, size_t offset, I index) {
  return gather(reinterpret_cast<const float*>(static_cast<const char*>(list) + offset),
                index << 3);
}

// Which of the things from `first` on may show in the raster: a little too many, for most of the
// time would go into things that do not.
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
  F up = y - member(tables.prototypes, offsetof(Prototype, height), kind) * .5f * scale,
    radius = member(tables.prototypes, offsetof(Prototype, radius), kind) * scale;
  F ahead = -(x * b.forward.x + up * b.forward.y + z * b.forward.z);
  F across = -(x * b.right.x + z * b.right.z);
  F upward = -(x * b.up.x + up * b.up.y + z * b.up.z);
  F spread = radius / max(ahead - radius * .6f, radius * .3f) * 1.001f + 3 * b.scale_x;
  F left(static_cast<float>(raster.x0)), right(static_cast<float>(raster.x0 + raster.width));
  F top(static_cast<float>(raster.y0)), bottom(static_cast<float>(raster.y0 + raster.height));
  F inv = F(1.f) / ahead;
  F px = across * inv + static_cast<float>(raster.full_width) * .5f * b.scale_x;
  F py = static_cast<float>(raster.full_height) * .5f * b.scale_x - upward * inv;
  M shows = near & (ahead > radius * .5f) & (scale > F(.049f)) & (px + spread > left * b.scale_x) &
            (px - spread < right * b.scale_x) & (py + spread > top * b.scale_x) &
            (py - spread < bottom * b.scale_x);
  return bits(shows) & ((1u << here) - 1);
}

// What a ball covers along one axis of the view plane: tangents to the circle in that plane.
void cover(float across, float ahead, float radius, float* low, float* high) {
  const float root =
      radius * __builtin_sqrtf(larger(across * across + ahead * ahead - radius * radius, 0.f));
  const float inv = 1.f / (ahead * ahead - radius * radius);
  *low = smaller(*low, (across * ahead - root) * inv);
  *high = larger(*high, (across * ahead + root) * inv);
}

void add_ball(const CameraBasis& b, const ThingView& view, const Ball& ball, Bounds* bounds) {
  const float x = ball.x - view.x, y = (ball.y - view.y) * view.scale, z = ball.z - view.z;
  const float wx = (x * view.cos_yaw - z * view.sin_yaw) * view.scale,
              wz = (z * view.cos_yaw + x * view.sin_yaw) * view.scale;
  const float radius = ball.radius * view.scale;
  const float ahead = wx * b.forward.x.v[0] + y * b.forward.y.v[0] + wz * b.forward.z.v[0];
  const float distance = __builtin_sqrtf(wx * wx + y * y + wz * wz);
  bounds->near = smaller(bounds->near, distance - radius);
  if (ahead < radius * 1.05f) {  // around the camera's plane: anywhere
    bounds->left = bounds->down = -1e6f;
    bounds->right = bounds->up = 1e6f;
    return;
  }
  cover(wx * b.right.x.v[0] + wz * b.right.z.v[0], ahead, radius, &bounds->left, &bounds->right);
  cover(wx * b.up.x.v[0] + y * b.up.y.v[0] + wz * b.up.z.v[0], ahead, radius, &bounds->down,
        &bounds->up);
}

// Every piece lies between two balls; what lies between may be nearer than both, by half the way.
Bounds bounds_of(const CameraBasis& b, const ThingView& view, const Prim& p) {
  Bounds bounds = {1e6f, -1e6f, -1e6f, 1e6f, 1e6f};
  if (p.kind == world::kEllipsoid) {
    const float radius = larger(p.a[3], p.a[5]), half = larger(p.a[4] - radius, 0.f);
    add_ball(b, view, {p.a[0], p.a[1] - half, p.a[2], radius}, &bounds);
    if (half > 0) add_ball(b, view, {p.a[0], p.a[1] + half, p.a[2], radius}, &bounds);
    bounds.near -= half * view.scale;
  } else if (p.kind == world::kFrustum) {
    add_ball(b, view, {p.a[0], p.a[2], p.a[1], p.a[4]}, &bounds);
    add_ball(b, view, {p.a[0], p.a[3], p.a[1], p.a[5]}, &bounds);
    bounds.near -= (p.a[3] - p.a[2] + larger(p.a[4], p.a[5])) * .5f * view.scale;
  } else {
    const Prototype& whole = *view.prototype;
    add_ball(b, view, {0, whole.height * .5f, 0, whole.radius}, &bounds);
  }
  return bounds;
}

void draw_prim(const SceneView& scene, const CameraBasis& b, const ThingView& view, const Prim& p,
               int x0, int y0, Strip strip) {
  const Bounds bounds = bounds_of(b, view, p);
  const float x_low = (bounds.left - b.offset_x) / b.scale_x - static_cast<float>(x0),
              x_high = (bounds.right - b.offset_x) / b.scale_x - static_cast<float>(x0),
              y_low = (bounds.up - b.offset_y) / b.scale_y - static_cast<float>(y0),
              y_high = (bounds.down - b.offset_y) / b.scale_y - static_cast<float>(y0);
  const int first = in_strip(x_low, kStripWidth) / kLanes * kLanes,
            last = in_strip(x_high + 2, kStripWidth), top = in_strip(y_low, strip.rows),
            bottom = in_strip(y_high + 2, strip.rows);
  const float inv = 1.f / view.scale, c = view.cos_yaw, s = view.sin_yaw;
  const F near = bounds.near;
  const V3 o = {F(view.x), F(view.y), F(view.z)};
  for (int y = top; y < bottom; y++) {
    for (int x = first; x < last; x += kLanes) {
      F limit = load(strip.at(Strip::t, y) + x);
      if (!any(near < limit)) continue;  // something nearer hides it
      V3 w = ray(b, view_x(b, x0 + x), view_y(b, y0 + y));
      V3 d = {(w.x * c + w.z * s) * inv, w.y * inv, (w.z * c - w.x * s) * inv};
      PrimHit h;
      M hit = hit_prim(scene.tables, *view.prototype, p, o, d, b.pixel, limit, h);
      if (!any(hit)) continue;
      auto put = [&](Strip::Plane plane, F value) {
        float* at = strip.at(plane, y) + x;
        store(at, select(hit, value, load(at)));
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
      put(Strip::tint, saturate(h.tint + view.tint));
    }
  }
}

void see_thing(const SceneView& scene, const CameraBasis& b, const Raster& mine, const Thing& thing,
               float growth, Strip strip) {
  const float dx = b.origin.x.v[0] - thing.x, dy = b.origin.y.v[0] - thing.y,
              dz = b.origin.z.v[0] - thing.z, squared = dx * dx + dz * dz;
  if (squared > world::kThingFar * world::kThingFar || squared < 9.f) return;
  const float scale = grown(squared, thing.scale * growth);
  if (scale < .05f) return;
  const float inv = 1.f / scale;
  const Prototype& prototype = scene.tables.prototypes[thing.prototype];
  const ThingView view = {&prototype,    (dx * thing.cos_yaw + dz * thing.sin_yaw) * inv,
                          dy * inv,      (dz * thing.cos_yaw - dx * thing.sin_yaw) * inv,
                          thing.cos_yaw, thing.sin_yaw,
                          scale,         thing.tint};
  for (int i = prototype.prim_first; i < prototype.prim_first + prototype.prim_count; i++)
    draw_prim(scene, b, view, scene.tables.prims[i], mine.x0, mine.y0, strip);
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
