// The projector's inner part, compiled per instruction set: one strip of columns from geometry to
// bytes.
#include "models/world/project_strip.h"

#include "core/simd_int.h"

namespace vita::VITA_ISA {

using world::SceneView;

namespace {

constexpr MarchQuality kGuideQuality = {400, .006f};

struct Planes {
  F p[world::kGuidePlanes];
  void put(M m, int plane, F value) { p[plane] = select(m, value, p[plane]); }
};

F unit(F signed_value) { return signed_value * .5f + .5f; }
F depth_code(F t) { return log2(F(1.f) + t * .1f) * (1.f / 8.1f); }

// Shared by everything that light falls on.
void put_surface(const SceneView& s, M m, V3 n, V3 p, F t, F light, Planes& g) {
  g.put(m, 0, depth_code(t));
  g.put(m, 1, unit(n.x));
  g.put(m, 2, unit(n.y));
  g.put(m, 3, unit(n.z));
  g.put(m, 7, light);
  g.put(m, 8, dot(n, vec3(s.look + world::kSun)));
  g.put(m, 9, fog_amount(s, t, p.y));
}

void put_terrain(const SceneView& s, M m, V3 p, V3 d, F t, float pixel, Planes& g) {
  Ground at = ground_at(s.maps, p.x, p.z);
  DetailNoise q = detail_noise(p, t, pixel * .5f);  // the picture is twice as fine
  put_surface(s, m, at.normal, p, t, min(at.light, thing_light_at(s.maps, p.x, p.z)), g);
  g.put(m, 4, at.ground_mix);
  g.put(m, 5, at.rock);
  g.put(m, 6, at.cap);
  g.put(m, 10, p.y * (1.f / 12.f));
  g.put(m, 11, fract(strata_phase(p, q.n47, q.n9)));
  g.put(m, 12, q.n47);
  g.put(m, 13, (q.n9 - .5f) * q.fade9 + .5f);
  g.put(m, 14, (q.n1 - .5f) * q.fade1 + .5f);
  g.put(m, 19, -dot(at.normal, d));
}

void put_water(const SceneView& s, M m, V3 p, V3 d, F t, float pixel, Planes& g) {
  const bool lava = s.look[world::kLava] > .5f;
  Ripples r = ripples(s, p, d, t);
  F unused, hit_t = lava ? F(kMiss)
                         : march(s.maps, p, r.reflected, m, F(1.5f), F(1100.f), {30, .04f}, pixel,
                                 &unused);
  M hit = m & (hit_t < F(1100.f));
  V3 sun = vec3(s.look + world::kSun), n = r.reflected;
  F light = min(ground_at(s.maps, p.x, p.z).light, thing_light_at(s.maps, p.x, p.z)), facing = 0.f;
  if (any(hit)) {
    V3 q = p + r.reflected * hit_t;
    Ground at = ground_at(s.maps, q.x, q.z);
    n = select(hit, at.normal, n);
    facing = select(hit, dot(at.normal, sun), F(0.f));
    g.put(hit, 4, at.ground_mix);
    g.put(hit, 5, at.rock);
    g.put(hit, 6, at.cap);
    g.put(hit, 11, F(1.f) - saturate(log2(F(1.f) + hit_t * .05f) * .16f));
  }
  put_surface(s, m, n, p, t, light, g);
  g.put(m, 8, facing);
  g.put(m, 10, height_at(s.maps, p.x, p.z) * .4f + 1.f);
  g.put(m, 12, lava ? lava_noise(s, p, false) : cloud_noise(s, r.reflected, 3));
  g.put(m, 13, lava ? lava_noise(s, p, true) : r.slow);
  g.put(m, 14, r.fine);
  F glitter = saturate(dot(r.reflected, sun));
  g.put(m, 15, r.reflected.y * .7f + .5f);
  g.put(m, 16, glitter * glitter * glitter * glitter);
  g.put(m, 19, pow(glitter, 64.f));
}

void put_thing(const SceneView& s, M m, V3 p, V3 d, F t, float pixel, const Strip& strip, int y,
               int x, Planes& g) {
  V3 n = {load(strip.at(Strip::nx, y) + x), load(strip.at(Strip::ny, y) + x),
          load(strip.at(Strip::nz, y) + x)};
  put_surface(s, m, n, p, t, ground_at(s.maps, p.x, p.z).light, g);
  I part = truncate(load(strip.at(Strip::part, y) + x));
  for (int bit = 0; bit < 3; bit++) g.put(m, 4 + bit, to_float((part >> bit) & I(1)));
  DetailNoise q = detail_noise(p, t, pixel * .5f);  // the picture is twice as fine
  g.put(m, 10, unit(load(strip.at(Strip::u, y) + x)));
  g.put(m, 11, unit(load(strip.at(Strip::v, y) + x)));
  g.put(m, 12, load(strip.at(Strip::tint, y) + x));
  g.put(m, 14, (q.n1 - .5f) * q.fade1 + .5f);
  g.put(m, 19, -dot(n, d));
}

void put_sky(const SceneView& s, M m, V3 d, Planes& g) {
  V3 sun = vec3(s.look + world::kSun);
  g.put(m, 0, 1.f);
  g.put(m, 1, unit(d.x));
  g.put(m, 2, unit(d.y));
  g.put(m, 3, unit(d.z));
  g.put(m, 4, cloud_noise(s, d, 4));
  g.put(m, 5, cloud_noise(s, normalize(d + sun * .09f), 3));
  g.put(m, 6, ridge_distance(s, d) * 12.f + .5f);
  g.put(m, 7, 1.f);
  g.put(m, 9, 1.f);
  if (s.look[world::kNight] > .02f) g.put(m, 10, star(d));
  g.put(m, 12,
        value_noise(d.x * 24.f / max(d.y + .06f, F(.02f)), d.z * 24.f / max(d.y + .06f, F(.02f)),
                    71));
  g.put(m, 15, d.y * 1.4f + .5f);
  g.put(m, 19, sun_disc(s, d));
}

}  // namespace

void project_strip(const SceneView& s, const world::Camera& camera, const world::Raster& raster,
                   int x0, float* scratch, const world::GuideView& out) {
  const CameraBasis b = camera_basis(camera, raster.full_width, raster.full_height);
  const Strip strip = {scratch, raster.height};
  see_land(s, b, raster.x0 + x0, raster.y0, kGuideQuality, strip);
  see_things(s, b, raster, raster.x0 + x0, strip);
  const long plane_bytes = static_cast<long>(raster.width) * raster.height;
  uint8_t* const planes = out.planes;  // bytes may alias all else: read once
  uint8_t* const kinds = out.kinds;
  const bool falling = s.look[world::kSnow] > .01f || s.look[world::kRain] > .01f;
  V3 sun = vec3(s.look + world::kSun);
  for (int y = 0; y < raster.height; y++) {
    for (int x = 0; x < kStripWidth; x += kLanes) {
      F sx = view_x(b, raster.x0 + x0 + x), sy = view_y(b, raster.y0 + y);
      V3 d = ray(b, sx, sy);
      F t = load(strip.at(Strip::t, y) + x), kind = load(strip.at(Strip::kind, y) + x);
      M terrain = kind<F(.5f), water = (kind > F(.5f)) & (kind < F(1.5f)), sky = kind> F(2.5f);
      M thing = ~terrain & ~water & ~sky;
      V3 p = b.origin + d * t;
      Planes g;
      unrolled<world::kGuidePlanes>([&](auto k) { g.p[k] = 0.f; });
      g.p[15] = d.y * .7f + .5f;
      F toward = saturate(dot(d, sun));
      g.p[16] = toward * toward * toward * toward;
      if (falling) g.p[17] = particles(s, sx, sy);
      g.p[18] = load(strip.at(Strip::edge, y) + x);
      if (any(terrain)) put_terrain(s, terrain, p, d, t, b.pixel, g);
      if (any(water)) put_water(s, water, p, d, t, b.pixel, g);
      if (any(thing)) put_thing(s, thing, p, d, t, b.pixel, strip, y, x, g);
      if (any(sky)) put_sky(s, sky, d, g);
      const long at = static_cast<long>(y) * raster.width + x0 + x;
      unrolled<world::kGuidePlanes>([&](auto k) {
        store_bytes(planes + k * plane_bytes + at, truncate(saturate(g.p[k]) * 255.f + .5f));
      });
      store_bytes(kinds + at, truncate(kind));
    }
  }
}

}  // namespace vita::VITA_ISA
