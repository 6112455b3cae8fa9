// Large-scale fields and the land built from them; ISA source only. Random fields here have
// lattices of 96 m and more; everything smaller comes from the shared fine_noise, so that the
// up-sampler can learn it.
#pragma once
#include "models/world/noise.h"

namespace vita::VITA_ISA {

struct Fine {
  F n[4];  // lattices of 64, 32, 16, 8 m
};

// Constant over a world: the attributes that shape it and numbers drawn from its seed.
struct Land {
  int biome, salt;
  float amplitude, roughness;  // from relief
  float level;                 // metres taken off the raw height so that water stands at 0
  float river;                 // 0 none, 1 rivers
  float wind_x, wind_z;
};

struct Warp {
  F x, z;
};

// Gradient noise turned by an angle that depends on the salt, so that lattices never line up.
static inline F field(F x, F z, float lattice, int salt) {
  constexpr float kCos[8] = {0.951f, 0.588f, 0.848f, 0.309f, 0.707f, 0.988f, 0.454f, 0.777f};
  constexpr float kSin[8] = {0.309f, -0.809f, -0.530f, 0.951f, 0.707f, -0.156f, 0.891f, 0.629f};
  float c = kCos[salt & 7] / lattice, s = kSin[salt & 7] / lattice;
  return gradient_noise(x * c - z * s, x * s + z * c,
                        static_cast<int>(static_cast<uint32_t>(salt) * 374321u));
}

static inline F fbm(F x, F z, float lattice, int octaves, float gain, int salt) {
  F sum = 0.f;
  float a = 1.f;
  for (int o = 0; o < octaves; o++, a *= gain, lattice *= 0.47f)
    sum += field(x, z, lattice, salt + o) * a;
  return sum;
}

// Ridged multifractal in about 0..1: crests where noise crosses zero, detail only near crests. The
// last octaves come from the fine noise.
static inline F ridged(F x, F z, float lattice, int octaves, const Fine* fine, float fine_gain,
                       int salt) {
  F sum = 0.f, weight = 1.f;
  float a = 1.f;
  for (int o = 0; o < octaves; o++, a *= 0.47f, lattice *= 0.47f) {
    F n = max(F(1.f) - abs(field(x, z, lattice, salt + o)) * 1.7f, 0.f);
    n = n * n;
    sum += n * weight * a;
    weight = saturate(n * weight * 1.9f + 0.08f);
  }
  if (fine) {
    for (int o = 0; o < 4; o++, a *= 0.5f) {
      F n = max(F(1.f) - abs(fine->n[o]) * 1.7f, 0.f);
      sum += (n * n - 0.4f) * weight * (a * fine_gain);
    }
  }
  return sum * 0.6f;
}

static inline Warp warp(F x, F z, float lattice, float metres, int salt) {
  F wx = field(x, z, lattice, salt) + field(x, z, lattice * 0.4f, salt + 2) * 0.35f;
  F wz = field(x, z, lattice, salt + 1) + field(x, z, lattice * 0.4f, salt + 3) * 0.35f;
  return {x + wx * metres, z + wz * metres};
}

// Calls visit(distance, direction x, direction z, four unit randoms) for the jittered centres of
// the 3x3 cells around a place.
template <typename Visit>
static inline void near_centres(F x, F z, float cell, int salt, Visit visit) {
  float inv = 1.f / cell;
  I cx = truncate(floor(x * inv)), cz = truncate(floor(z * inv));
  for (int dz = -1; dz <= 1; dz++) {
    for (int dx = -1; dx <= 1; dx++) {
      I ix = cx + I(dx), iz = cz + I(dz);
      F px = (to_float(ix) + 0.15f + hash_unit(ix, iz, salt + 101) * 0.7f) * cell;
      F pz = (to_float(iz) + 0.15f + hash_unit(ix, iz, salt + 202) * 0.7f) * cell;
      F ex = x - px, ez = z - pz;
      F d = sqrt(ex * ex + ez * ez + 1.f);
      visit(d, ex / d, ez / d, hash_unit(ix, iz, salt + 303), hash_unit(ix, iz, salt + 404));
    }
  }
}

static inline F mountains(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 1000.f, 230.f, w.salt + 10);
  F range = smoothstep(-0.55f, 0.35f, field(p.x, p.z, 2300.f, w.salt + 20));
  F r = ridged(p.x, p.z, 1050.f, 4, &fine, w.roughness, w.salt + 31);
  r = r * (F(0.42f) + r * 0.72f);
  return field(x, z, 700.f, w.salt + 40) * 13.f + r * (F(70.f) + range * 300.f) + range * 32.f;
}

// Dunes: one wind, long windward slopes, steep lee; mesas stand among them.
static inline F desert(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 900.f, 160.f, w.salt + 10);
  F v = fbm(p.x, p.z, 1150.f, 3, 0.40f, w.salt + 20) + fine.n[0] * 0.012f + fine.n[1] * 0.008f +
        fine.n[2] * 0.004f;
  F talus = smoothstep(0.16f, 0.36f, v), wall = smoothstep(0.35f, 0.395f, v),
    upper = smoothstep(0.52f, 0.56f, v);
  F along = x * w.wind_x + z * w.wind_z;
  F phase = along * (1.f / 215.f) + field(x, z, 820.f, w.salt + 30) * 0.9f +
            field(x, z, 330.f, w.salt + 31) * 0.38f + field(x, z, 140.f, w.salt + 32) * 0.07f;
  F t = fract(phase);
  F profile = min(smoothstep(-0.1f, 0.74f, t), smoothstep(1.0f, 0.72f, t));
  F height = F(3.f) + smoothstep(-0.45f, 0.5f, field(x, z, 620.f, w.salt + 35)) * 24.f;
  F dune = profile * height * (F(1.f) - talus);
  F mesa = talus * 14.f + wall * 58.f + upper * 44.f + wall * field(x, z, 230.f, w.salt + 37) * 5.f;
  return field(x, z, 1500.f, w.salt + 39) * 17.f + dune + mesa;
}

static inline F hills(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 800.f, 120.f, w.salt + 10);
  F swell = fbm(p.x, p.z, 760.f, 3, 0.42f, w.salt + 20);
  F knolls = smoothstep(0.1f, 0.6f, field(p.x, p.z, 360.f, w.salt + 25));
  return swell * 74.f + knolls * 30.f + fine.n[0] * 1.6f + fine.n[1] * 0.5f;
}

static inline F tundra(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 900.f, 170.f, w.salt + 10);
  F plain = fbm(p.x, p.z, 1100.f, 4, 0.45f, w.salt + 20) * 22.f;
  F range = smoothstep(0.02f, 0.5f, field(p.x, p.z, 1900.f, w.salt + 27));
  F peaks = ridged(p.x, p.z, 760.f, 4, &fine, 0.7f * w.roughness, w.salt + 31);
  F drift = max(F(1.f) - abs(fine.n[0] * 1.5f), 0.f) * 1.6f;
  return plain + peaks * range * 225.f + drift * (F(1.f) - range);
}

// Truncated cones with craters, ribbed by gullies, over plains of old lava.
static inline F volcano(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 800.f, 130.f, w.salt + 10);
  F crust = ridged(p.x, p.z, 560.f, 4, &fine, w.roughness, w.salt + 20);
  F base = crust * (F(38.f) + smoothstep(-0.1f, 0.5f, field(x, z, 1500.f, w.salt + 24)) * 70.f) +
           field(x, z, 1300.f, w.salt + 25) * 24.f;
  F cone = 0.f;
  F sx = x + (p.x - x) * 0.22f, sz = z + (p.z - z) * 0.22f;
  near_centres(sx, sz, 1450.f, w.salt + 50, [&](F d, F dx, F dz, F size, F kind) {
    F rib = abs(gradient_noise(dx * 2.6f + kind * 64.f + x * 0.0021f,
                               dz * 2.6f + size * 64.f + z * 0.0021f, w.salt + 3));
    rib = rib * smoothstep(60.f, 260.f, d);
    F radius = F(330.f) + size * 330.f, peak = F(190.f) + size * 260.f;
    F t = saturate(F(1.f) -
                   (d * (F(0.96f) + rib * 0.22f) + fine.n[0] * 7.f + fine.n[1] * 3.f) / radius);
    F c = t * t * peak;
    F rim = peak * (F(0.52f) + kind * 0.14f);
    c = select(c > rim, rim - (c - rim) * 0.85f, c);
    cone = max(cone, select(kind > F(0.2f), c, F(0.f)));
  });
  return base * (F(1.f) - saturate(cone * (1.f / 90.f)) * 0.8f) + cone;
}

// A plateau cut by winding gorges whose walls stand in unequal steps; where the gorges open wide,
// buttes remain.
static inline F canyon(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 950.f, 210.f, w.salt + 10);
  F a = abs(field(p.x, p.z, 1350.f, w.salt + 20)),
    b = abs(field(p.x, p.z, 640.f, w.salt + 21)) * 1.25f + 0.07f;
  F k = max(F(0.16f) - abs(a - b), 0.f);
  F t = min(a, b) - k * k * (1.f / 0.64f) + fbm(p.x, p.z, 260.f, 2, 0.5f, w.salt + 23) * 0.030f;
  F open = smoothstep(-0.25f, 0.45f, field(x, z, 1900.f, w.salt + 22));
  F edge = fine.n[0] * 0.16f + fine.n[1] * 0.10f + fine.n[2] * 0.05f;
  F s = t * (F(15.f) - open * 8.5f) + edge;
  F uneven = field(x, z, 800.f, w.salt + 24) * 0.35f;
  F lower =
      smoothstep(0.80f, 1.05f, s) * (F(32.f) - uneven * 30.f) + smoothstep(0.1f, 2.f, s) * 13.f;
  F middle = smoothstep(1.95f, 2.2f, s + uneven) * 48.f + smoothstep(1.6f, 3.4f, s) * 9.f;
  F upper = smoothstep(3.1f, 3.4f, s - uneven) * 30.f;
  F top = smoothstep(3.f, 5.f, s) * fbm(x, z, 520.f, 3, 0.5f, w.salt + 26) * 14.f;
  F v = fbm(p.x, p.z, 330.f, 2, 0.5f, w.salt + 28) + edge * 0.12f;
  F butte =
      smoothstep(0.30f, 0.46f, v) * 22.f + smoothstep(0.44f, 0.50f, v) * (F(56.f) + uneven * 40.f);
  return max(lower + middle + upper + top, butte) + field(x, z, 1700.f, w.salt + 29) * 9.f;
}

static inline F forest(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 850.f, 150.f, w.salt + 10);
  F ridge = ridged(p.x, p.z, 900.f, 3, nullptr, 0.f, w.salt + 20);
  F swell = fbm(x, z, 520.f, 3, 0.45f, w.salt + 25);
  return ridge * 95.f + swell * 26.f + fine.n[0] * 2.6f + fine.n[1] * 1.1f;
}

static inline F islands(const Land& w, F x, F z, const Fine& fine) {
  Warp p = warp(x, z, 900.f, 200.f, w.salt + 10);
  F v = fbm(p.x, p.z, 880.f, 4, 0.46f, w.salt + 20);
  return v * 55.f + fine.n[0] * 1.2f + fine.n[1] * 0.5f;
}

}  // namespace vita::VITA_ISA
