// What the projector and the training renderer both know of sky, water, air and ground: fields
// without colour. Colour is the painter's business (and the training renderer's). ISA source only.
#pragma once
#include "models/world/map_lookup.h"
#include "models/world/noise.h"
#include "models/world/scene.h"

namespace vita::VITA_ISA {

// --- air
// ------------------------------------------------------------------------------------------------
// Share of a point's light that fog replaces; fog lies low.
static inline F fog_amount(const SceneView& s, F distance, F height) {
  const float density = s.look[world::kFog] * (1.f / 300.f);
  return F(1.f) -
         exp(distance * -density * (F(.75f) + exp(max(height, 0.f) * (-1.f / 45.f)) * .8f));
}

// --- sky
// ------------------------------------------------------------------------------------------------
static inline int salt(const SceneView& s, int n) {
  return static_cast<int>(s.seed * 2654435761u + static_cast<unsigned>(n) * 40503u);
}
static inline F cloud_noise(const SceneView& s, V3 d, int octaves) {
  F k = F(1.1f) / max(d.y + .06f, F(.02f));
  F x = d.x * k + s.time_s * .006f, z = d.z * k + s.time_s * .011f, sum = 0.f;
  float a = .5f;
  for (int o = 0; o < octaves; o++) {
    sum += value_noise(x, z, salt(s, 100 + o)) * a;
    x = x * 2.03f + 17.3f;
    z = z * 2.03f + 5.1f;
    a *= .5f;
  }
  return sum;
}
// Height of the ray above the far ridge line, in tangent units; negative inside the ridge.
static inline F ridge_distance(const SceneView& s, V3 d) {
  F inv = F(1.f) / sqrt(max(d.x * d.x + d.z * d.z, 1e-5f));
  F x = d.x * inv, z = d.z * inv;
  F h = value_noise(x * 5.f, z * 5.f, salt(s, 201)) * .6f +
        value_noise(x * 13.f, z * 13.f, salt(s, 202)) * .28f +
        value_noise(x * 40.f, z * 40.f, salt(s, 203)) * .1f;
  return d.y * inv - (h * .16f - .035f);
}
static inline F star(V3 d) {
  const float cells = 190.f;
  F inv = F(cells) / (abs(d.x) + abs(d.y) + abs(d.z));
  F x = d.x * inv, z = d.z * inv;
  F fx = floor(x), fz = floor(z);
  I ix = truncate(fx), iz = truncate(fz);
  F h = hash_unit(ix, iz, 11), h2 = hash_unit(ix, iz, 12), h3 = hash_unit(ix, iz, 13);
  F dx = x - fx - .25f - h2 * .5f, dz = z - fz - .25f - h3 * .5f;
  F glow = exp((dx * dx + dz * dz) * -45.f) * (h2 * .8f + .35f) * saturate(d.y * 5.f);
  return select(h > F(.955f), glow, F(0.f));
}
// 1 in the middle of the sun's disc, .5 at its rim, falling off around it.
static inline F sun_disc(const SceneView& s, V3 d) {
  F away = F(1.f) - dot(d, vec3(s.look + world::kSun));
  return saturate(F(1.f) - away * (.5f / .0005f));
}

// --- water
// ----------------------------------------------------------------------------------------------
struct Ripples {
  F fine, slow;
  V3 reflected;
};
static inline Ripples ripples(const SceneView& s, V3 p, V3 d, F distance) {
  F calm = saturate(F(50.f) / (distance + 1.f));
  F fine = value_noise(p.x * .30f + s.time_s * .4f, p.z * .30f, 31);
  F slow = value_noise(p.x * .11f, p.z * .11f + s.time_s * .2f, 32);
  F n = (fine - .5f) * calm * .10f + (slow - .5f) * calm * .05f;
  V3 r = normalize({d.x + n, -d.y, d.z + n * .6f});
  r.y = max(r.y, .004f);
  return {fine, slow, r};
}
static inline F lava_noise(const SceneView& s, V3 p, bool fine) {
  return fine ? value_noise(p.x * .25f, p.z * .25f - s.time_s * .05f, 42)
              : value_noise(p.x * (1.f / 14.f) + s.time_s * .05f, p.z * (1.f / 14.f), 41);
}

// --- ground detail
// --------------------------------------------------------------------------------------
struct DetailNoise {
  F n47, n9, n1;   // 0..1
  F fade9, fade1;  // 1 near, 0 where a pixel is larger than the pattern
};
static inline DetailNoise detail_noise(V3 p, F distance, float pixel) {
  F footprint = distance * pixel + 1e-3f;
  return {value_noise(p.x * (1.f / 47.f), p.z * (1.f / 47.f), 51),
          value_noise(p.x * (1.f / 9.f), p.z * (1.f / 9.f), 52),
          value_noise(p.x * (1.f / 1.7f) + p.y * .3f, p.z * (1.f / 1.7f), 53),
          saturate(F(4.5f) / footprint - .5f), saturate(F(.85f) / footprint - .5f)};
}
static inline F strata_phase(V3 p, F n47, F n9) {
  return p.y * .11f + n47 * 1.2f + (n9 - .5f) * .25f;
}

// --- falling snow and rain, in layers of the view plane
// --------------------------------------------------
static inline F particles(const SceneView& s, F sx, F sy) {
  const float snow = s.look[world::kSnow], rain = s.look[world::kRain];
  const bool flakes = snow >= rain;
  F sum = 0.f;
  for (int layer = 0; layer < 3; layer++) {
    const float l = static_cast<float>(layer), k = flakes ? 14.f + 9 * l : 20.f + 14 * l;
    F x = sx * k + (l * 7.7f + s.time_s * (flakes ? .6f : .3f) * k * .05f);
    F y = sy * (flakes ? k : k * .16f) + (s.time_s * (flakes ? .12f : .5f) * k + l * 3.1f);
    if (!flakes) x = x + sy * (k * .08f);
    F fx = floor(x), fy = floor(y);
    I ix = truncate(fx), iy = truncate(fy);
    F h2 = hash_unit(ix, iy, 62 + 3 * layer), h3 = hash_unit(ix, iy, 63 + 3 * layer);
    M on = hash_unit(ix, iy, 61 + 3 * layer) < F(flakes ? .30f * snow : .22f * rain);
    F dx = x - fx - .3f - h2 * .4f, dy = y - fy - .3f - h3 * .4f;
    F d = flakes ? F(1.f) - smoothstep(.05f, .13f, sqrt(dx * dx + dy * dy))
                 : (F(1.f) - smoothstep(.02f, .07f, abs(dx))) *
                       (F(1.f) - smoothstep(.15f, .30f, abs(dy)));
    sum = max(sum, select(on, d * (flakes ? .85f - .12f * l : .35f), F(0.f)));
  }
  return sum;
}

}  // namespace vita::VITA_ISA
