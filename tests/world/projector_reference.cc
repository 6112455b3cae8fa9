#include "world/projector_reference.h"

#include <algorithm>
#include <cmath>

namespace vita::world {
namespace {

Vector operator+(const Vector& a, const Vector& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
Vector operator*(const Vector& a, double s) { return {a.x * s, a.y * s, a.z * s}; }
double dot(const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
Vector unit(const Vector& a) { return a * (1 / std::sqrt(dot(a, a))); }

size_t cell(int x, int z) {
  constexpr int kMask = kWindowFine - 1;
  return static_cast<size_t>(z & kMask) * kFinePitch + static_cast<size_t>(x & kMask);
}

template <typename At>
double bilinear(double x, double z, const At& at) {
  const double cx = x / kFineMetres - .5, cz = z / kFineMetres - .5;
  const int ix = static_cast<int>(std::floor(cx)), iz = static_cast<int>(std::floor(cz));
  const double u = cx - ix, v = cz - iz;
  return (at(ix, iz) * (1 - u) + at(ix + 1, iz) * u) * (1 - v) +
         (at(ix, iz + 1) * (1 - u) + at(ix + 1, iz + 1) * u) * v;
}

// The middle of the interval shrinks onto where `inside` begins.
template <typename Inside>
double bisect(double outer, double inner, const Inside& inside) {
  for (int i = 0; i < 40; i++) {
    const double middle = (outer + inner) / 2;
    (inside(middle) ? inner : outer) = middle;
  }
  return inner;
}

}  // namespace

double ProjectorReference::height(double x, double z) const {
  return bilinear(x, z, [&](int cx, int cz) {
    return scene_.maps.height[cell(cx, cz)] * static_cast<double>(kMapHeightStep);
  });
}

double ProjectorReference::surface_byte(int n, double x, double z) const {
  return bilinear(
      x, z, [&](int cx, int cz) { return scene_.maps.surface[cell(cx, cz)] >> (8 * n) & 255; });
}

double ProjectorReference::light_byte(int n, double x, double z) const {
  return bilinear(x, z,
                  [&](int cx, int cz) { return scene_.maps.light[cell(cx, cz)] >> (8 * n) & 255; });
}

Vector ProjectorReference::normal(double x, double z) const {
  return unit({height(x - 4, z) - height(x + 4, z), 8, height(x, z - 4) - height(x, z + 4)});
}

Vector ProjectorReference::ray(const Camera& c, const Raster& r, int x, int y) {
  const double cy = std::cos(c.yaw), sy = std::sin(c.yaw), cp = std::cos(c.pitch),
               sp = std::sin(c.pitch);
  const double across = (2 * (r.x0 + x + .5) / r.full_width - 1) * c.tan_half,
               up = (r.full_height - 2 * (r.y0 + y + .5)) / r.full_width * c.tan_half;
  return unit(Vector{cy * cp, sp, sy * cp} + Vector{-sy, 0, cy} * across +
              Vector{-cy * sp, cp, -sy * sp} * up);
}

// Steps that cannot pass through land, until the ray is in it.
double ProjectorReference::march(const Vector& o, const Vector& d) const {
  const double sink = slope_ * std::hypot(d.x, d.z) - d.y;  // how fast the gap may shrink
  auto gap = [&](double t) { return o.y + d.y * t - height(o.x + d.x * t, o.z + d.z * t); };
  double before = .4;
  for (double t = .4; t < kFar;) {
    const double g = gap(t);
    if (g < 0) return bisect(before, t, [&](double m) { return gap(m) < 0; });
    if (sink <= 0) break;
    before = t;
    t += std::max(g / sink, .01 + t * 1e-4);
  }
  return 1e6;
}

bool ProjectorReference::inside(const Prim& prim, const Vector& p) const {
  const float* a = prim.a;
  if (prim.kind == kEllipsoid)
    return std::hypot((p.x - a[0]) / a[3], (p.y - a[1]) / a[4], (p.z - a[2]) / a[5]) < 1;
  if (prim.kind == kFrustum) {
    const double share = (p.y - a[2]) / (a[3] - a[2]);
    return share > 0 && share < 1 &&
           std::hypot(p.x - a[0], p.z - a[1]) < a[4] + (a[5] - a[4]) * share;
  }
  const Plane* planes = scene_.tables.planes + prim.plane_first;
  return std::all_of(planes, planes + prim.plane_count, [&](const Plane& plane) {
    return plane.x * p.x + plane.y * p.y + plane.z * p.z < plane.d;
  });
}

const Prim* ProjectorReference::prim_at(const Prototype& prototype, const Vector& p) const {
  const Prim* first = scene_.tables.prims + prototype.prim_first;
  const Prim* last = first + prototype.prim_count;
  const Prim* found = std::find_if(first, last, [&](const Prim& prim) { return inside(prim, p); });
  return found == last ? nullptr : found;
}

void ProjectorReference::see_thing(const Thing& thing, double scale, const Vector& o,
                                   const Vector& d, Seen& seen) const {
  const Prototype& prototype = scene_.tables.prototypes[thing.prototype];
  const Vector away = {thing.x - o.x, thing.y + prototype.height * scale / 2 - o.y, thing.z - o.z};
  const double middle = dot(away, d), reach = prototype.radius * scale * 1.3;
  const double miss = dot(away, away) - middle * middle;
  if (miss > reach * reach) return;
  const double half = std::sqrt(reach * reach - miss);
  auto at = [&](double t) {
    const Vector p = o + d * t;
    const double x = (p.x - thing.x) / scale, z = (p.z - thing.z) / scale;
    return prim_at(prototype, {x * thing.cos_yaw + z * thing.sin_yaw, (p.y - thing.y) / scale,
                               z * thing.cos_yaw - x * thing.sin_yaw});
  };
  const double first = std::max(0., middle - half), last = std::min(seen.t, middle + half);
  for (double t = first; t < last; t += .02 * scale) {
    if (at(t) == nullptr) continue;
    seen.kind = kThing;
    seen.t = bisect(std::max(first, t - .02 * scale), t, [&](double m) { return at(m); });
    seen.prim = *at(seen.t);
    seen.tint = thing.tint;
    return;
  }
}

Seen ProjectorReference::look(const Camera& camera, const Raster& raster, int x, int y) const {
  const Vector o = {camera.x, camera.y, camera.z}, d = ray(camera, raster, x, y);
  Seen seen;
  seen.ray = d;
  seen.t = march(o, d);
  if (seen.t < 1e5) seen.kind = kTerrain;
  const double to_water = d.y < -1e-5 ? -o.y / d.y : 1e6;
  if (to_water < seen.t && to_water < kFar * 2.5) {
    seen.kind = kLiquid;
    seen.t = to_water;
  }
  for (int list = 0; list < scene_.tile_count; list++) {
    for (int i = 0; i < scene_.tile_thing_counts[list]; i++) {
      const Thing& thing = scene_.tile_things[list][i];
      const double far = std::hypot(thing.x - o.x, thing.z - o.z);
      const double rise = std::clamp((kThingFar - far) / 160, 0., 1.);
      const double scale = thing.scale * scene_.tile_growths[list] * rise;
      if (far > 3 && scale >= .05) see_thing(thing, scale, o, d, seen);
    }
  }
  seen.at = o + d * seen.t;
  return seen;
}

}  // namespace vita::world
