// Where a ray meets a thing. ISA source only.
#pragma once
#include "models/world/map_lookup.h"

namespace vita::VITA_ISA {

struct PrimHit {
  F t;
  V3 normal;
  F u, v, part, tint, edge;
};

static inline M hit_ellipsoid(const world::Prim& p, V3 o, V3 d, F pixel, F limit, PrimHit& h) {
  V3 inv = {F(1.f / p.a[3]), F(1.f / p.a[4]), F(1.f / p.a[5])};
  V3 q = (o - vec3(p.a)) * inv, e = d * inv;
  F a = dot(e, e), b = dot(q, e), c = dot(q, q) - 1.f;
  F disc = b * b - a * c;
  M ok = disc > F(0.f);
  if (!any(ok)) return none();
  F root = sqrt(max(disc, 0.f));
  F t = (-b - root) / a;
  ok = ok & (t > F(0.f)) & (t < limit);
  V3 at = q + e * t;
  h.t = t;
  h.normal = at * inv;
  h.u = at.x;
  h.v = at.y;
  // How far inside the silhouette the ray passes, in pixels: 1 - (distance of the ray to the centre
  // in units of the radius), times the radius seen.
  F miss = sqrt(max(F(0.f), dot(q, q) - b * b / a));
  h.edge = (F(1.f) - miss) / max(sqrt(a) * t * pixel, 1e-6f);
  return ok;
}

static inline M hit_frustum(const world::Prim& p, V3 o, V3 d, F pixel, F limit, PrimHit& h) {
  const float y0 = p.a[2], length = p.a[3] - y0, r0 = p.a[4], r1 = p.a[5], k = (r1 - r0) / length;
  F ox = o.x - p.a[0], oz = o.z - p.a[1], oy = o.y - y0, radius = oy * k + r0;
  F a = d.x * d.x + d.z * d.z - d.y * d.y * (k * k), b = ox * d.x + oz * d.z - radius * d.y * k;
  F disc = b * b - a * (ox * ox + oz * oz - radius * radius);
  M real = disc > F(0.f);
  F root = sqrt(max(disc, 0.f)), inv = F(1.f) / a;
  F ta = (-b - root) * inv, tb = (-b + root) * inv;
  auto valid = [&](F t) {
    F y = oy + d.y * t;
    return real & (t > F(0.f)) & (y > F(0.f)) & (y < F(length));
  };
  F near = min(ta, tb), far = max(ta, tb);
  F t = select(valid(near), near, select(valid(far), far, F(1e9f)));
  auto cap = [&](float y, float r, F best, M* on) {
    F tc = (F(y) - oy) / d.y;
    F x = ox + d.x * tc, z = oz + d.z * tc;
    *on = (tc > F(0.f)) & (x * x + z * z < F(r * r)) & (tc < best);
    return select(*on, tc, best);
  };
  M bottom, top;
  t = cap(0.f, r0, t, &bottom);
  t = cap(length, r1, t, &top);
  M ok = (t < limit) & (t < F(1e8f));
  if (!any(ok)) return none();
  F x = ox + d.x * t, z = oz + d.z * t, y = oy + d.y * t;
  F il = F(1.f) / sqrt(max(x * x + z * z, 1e-6f));
  const float slant = 1.f / __builtin_sqrtf(1 + k * k);
  V3 side = {x * il * slant, F(-k * slant), z * il * slant};
  h.t = t;
  h.normal = select(top, {F(0.f), F(1.f), F(0.f)}, select(bottom, {F(0.f), F(-1.f), F(0.f)}, side));
  h.u = x * il;
  h.v = y * (2.f / length) - 1.f;
  F horizontal = max(d.x * d.x + d.z * d.z, 1e-9f);
  F across = abs(ox * d.z - oz * d.x) / sqrt(horizontal);
  h.edge = (y * k + r0 - across) / max(sqrt(dot(d, d)) * t * pixel, 1e-6f);
  return ok;
}

static inline M hit_hull(const world::Prim& p, const world::Plane* planes, V3 o, V3 d, F pixel,
                         F limit, PrimHit& h) {
  F enter = -1e9f, leave = 1e9f;
  V3 n = {F(0.f), F(0.f), F(0.f)};
  for (int i = p.plane_first; i < p.plane_first + p.plane_count; i++) {
    V3 pn = vec3(&planes[i].x);
    F along = dot(pn, d), t = (F(planes[i].d) - dot(pn, o)) / along;
    M entering = along < F(0.f), later = entering & (t > enter);
    enter = select(later, t, enter);
    n = select(later, pn, n);
    leave = select(entering, leave, min(leave, t));
  }
  M ok = (enter < leave) & (enter > F(0.f)) & (enter < limit);
  if (!any(ok)) return none();
  V3 at = o + d * enter;
  h.t = enter;
  h.normal = n;
  h.u = select(abs(n.x) > F(.5f), at.z, at.x) * .25f;
  h.v = at.y * .25f;
  h.edge = (leave - enter) / max(enter * pixel, 1e-6f) * .35f;
  return ok;
}

// Nearest hit of one piece of a thing, in the thing's own space, before `limit`; o and d are scaled
// so that t stays in world units.
static inline M hit_prim(const world::ThingTables& tables, const world::Prototype& prototype,
                         const world::Prim& p, V3 o, V3 d, F pixel, F limit, PrimHit& h) {
  M ok = p.kind == world::kEllipsoid ? hit_ellipsoid(p, o, d, pixel, limit, h)
         : p.kind == world::kFrustum ? hit_frustum(p, o, d, pixel, limit, h)
                                     : hit_hull(p, tables.planes, o, d, pixel, limit, h);
  if (!any(ok)) return ok;
  h.part = static_cast<float>(p.part);
  if (p.part == world::kWall) {  // two windows a side
    M window =
        (abs(abs(h.u) - .42f) < F(.16f)) & (abs(h.v - .45f) < F(.17f)) & (abs(h.normal.y) < F(.5f));
    h.part = select(window, F(static_cast<float>(world::kLamp)), h.part);
  } else if (p.part == world::kPale && prototype.height > 20) {  // the lighthouse's stripes
    h.part = select(fract(h.v * 2.5f) > F(.5f), F(static_cast<float>(world::kRoof)), h.part);
  }
  h.tint = p.tint;
  h.edge = saturate(h.edge);
  return ok;
}

}  // namespace vita::VITA_ISA
