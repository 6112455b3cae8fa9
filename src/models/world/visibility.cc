#include "models/world/visibility.h"

#include "models/world/thing_hit.h"

namespace vita::VITA_ISA {

using world::Camera;
using world::Raster;
using world::Thing;

long g_count;
#define COUNT g_count++
float pb=.98f,ps=0;
#define PARAM_BACK pb
#define PARAM_SKIN ps
namespace {

// What the march up a column knows of the pixel below, lane by lane.

}  // namespace

void see_land(const SceneView& scene, const CameraBasis& basis, int x0, int y0,
              MarchQuality quality, Strip strip) {
  const world::MapsView& m = scene.maps;
  V3 o = basis.origin;
  const float kBack = PARAM_BACK, kSkin = PARAM_SKIN;
  for (int x = 0; x < kStripWidth; x += kLanes) {
    F sx = view_x(basis, x0 + x);
    F reach = 0.f, crest = -1e6f;
    M open = none();
    for (int y = strip.rows - 1; y >= 0; y--) {
      V3 d = ray(basis, sx, view_y(basis, y0 + y));
      F to_water = select(d.y < F(-1e-5f), -o.y / d.y, F(kMiss));
      F flat = sqrt(max(d.x * d.x + d.z * d.z, 1e-6f));
      F inv_flat = F(1.f) / flat, slope = d.y * inv_flat;
      F into_slab = (F(m.top) - o.y) / d.y;
      M above = o.y > F(m.top), down = d.y < F(-1e-5f), rising = d.y > F(1e-5f);
      F limit = min(F(world::kFar), to_water);
      F t = max(max(F(.5f), reach * kBack * inv_flat), select(above, select(down, into_slab, F(kMiss)), F(0.f)));
      F end = select(rising & ~above, min(limit, max(into_slab, 0.f)), limit);
      M run = (t < end) & ~open;
      auto gap_at = [&](F at) { COUNT; return o.y + d.y * at - height_at(m, o.x + d.x * at, o.z + d.z * at) - at * kSkin; };
      M hit = none();
      F a = t, b = t, ga = 1.f, gb = -1.f;
      if (any(run)) {
        F gap = gap_at(t);
        for (int i = 0; i < 6; i++) {
          M inside = run & (gap < F(0.f)) & (t > F(.6f));
          if (!any(inside)) break;
          t = select(inside, t * .85f - .5f, t);
          gap = select(inside, gap_at(t), gap);
        }
        F last = 1e3f;
        t = max(t, .4f);
        for (int i = 0; i < quality.steps; i++) {
          M now = run & (gap < F(0.f));
          b = select(now, t, b);
          gb = select(now, gap, gb);
          hit = hit | now;
          run = run & ~now;
          F clear = gap * inv_flat / t ;
          crest = select(run & (clear > last), max(crest, slope - last), crest);
          last = select(run, clear, last);
          a = select(run, t, a);
          ga = select(run, gap, ga);
          t = select(run, t + max(gap * .5f, t * quality.growth + .03f), t);
          run = run & (t < end);
          if (!any(run)) break;
          gap = gap_at(t);
        }
        if (any(hit)) {
          for (int i = 0; i < 2; i++) {
            F middle = a + (b - a) * clamp(ga / (ga - gb), .02f, .98f);
            F g = gap_at(middle);
            M in = g < F(0.f);
            b = select(in, middle, b); gb = select(in, g, gb);
            a = select(in, a, middle); ga = select(in, ga, g);
          }
          b = a + (b - a) * clamp(ga / (ga - gb), 0.f, 1.f);
        }
        crest = select(~hit, max(crest, slope - last), crest);
      }
      F edge = saturate((slope - crest) * flat / basis.pixel);
      t = select(hit, b, F(kMiss));
      M water = (to_water < t) & (to_water < F(world::kFar * 2.5f)), land = hit & ~water;
      t = select(water, to_water, t);
      open = ~land & ~water;
      reach = select(land | water, t * flat, reach);
      crest = select(land | water, F(-1e6f), crest);
      store(strip.at(Strip::t, y) + x, t);
      store(strip.at(Strip::kind, y) + x,
            select(water, F(world::kLiquid), select(land, F(world::kTerrain), F(world::kSky))));
      store(strip.at(Strip::edge, y) + x, select(water, F(1.f), edge));
    }
  }
}

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
