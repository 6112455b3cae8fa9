// Where things grow and stand: densities of the eight classes over 32 m cells; ISA source only.
#pragma once
#include "models/world/spec.h"
#include "renderer/landforms.h"

namespace vita::VITA_ISA {

struct Densities {
  F of[world::kThingClasses];
};

// Per class: how dense it may be, and how much of the land its clumps cover (-1..1 on the clump
// noise).
struct ThingRules {
  float strength[world::kThingClasses], cover[world::kThingClasses];
  float tree_line;
};

enum ThingClass { kConifer, kBroadleaf, kPalm, kCactus, kRockThing, kCrystal, kHouse, kTower };

// Usual mixture of a biome: conifer broadleaf palm cactus rock crystal house tower.
inline constexpr float kUsualThings[world::kBiomes][world::kThingClasses] = {
    {0.60f, 0.05f, 0.00f, 0.00f, 0.30f, 0.00f, 0.25f, 0.10f},
    {0.00f, 0.00f, 0.06f, 0.30f, 0.25f, 0.04f, 0.12f, 0.10f},
    {0.12f, 0.60f, 0.00f, 0.00f, 0.12f, 0.00f, 0.75f, 0.30f},
    {0.25f, 0.00f, 0.00f, 0.00f, 0.30f, 0.35f, 0.15f, 0.10f},
    {0.05f, 0.00f, 0.00f, 0.00f, 0.45f, 0.35f, 0.00f, 0.15f},
    {0.08f, 0.00f, 0.00f, 0.20f, 0.35f, 0.15f, 0.12f, 0.10f},
    {0.75f, 0.90f, 0.00f, 0.00f, 0.12f, 0.00f, 0.20f, 0.10f},
    {0.00f, 0.20f, 0.60f, 0.00f, 0.22f, 0.00f, 0.35f, 0.30f}};
inline constexpr float kTreeLine[world::kBiomes] = {120.f, 150.f, 200.f, 70.f,
                                                    80.f,  240.f, 220.f, 150.f};

static inline ThingRules thing_rules(const float* attributes, int biome) {
  ThingRules rules;
  rules.tree_line = kTreeLine[biome];
  float density = attributes[world::kDensity];
  float scale = density < 0.f ? 1.f + 0.7f * density : 1.f + 0.9f * density;
  for (int c = 0; c < world::kThingClasses; c++) {
    float usual = kUsualThings[biome][c], said = attributes[world::kThings + c];
    float floor_many = c >= kHouse ? 1.f : 0.75f;
    float strength = usual;
    if (said < 0.f) strength = usual * (1.f + said);
    if (said > 0.f && usual < floor_many) strength = usual + (floor_many - usual) * said;
    if (said <= -1.f) strength = 0.f;
    rules.strength[c] = strength * scale > 1.f ? 1.f : strength * scale;
    rules.cover[c] = strength * 0.55f - 0.34f + (said > 0.f ? 0.12f * said : 0.f);
  }
  return rules;
}

// 0..1 near the centres of rare groups; `chance` of a centre's existence.
static inline F groups(F x, F z, float cell, float chance, float radius, int salt) {
  F best = 0.f;
  near_centres(x, z, cell, salt, [&](F d, F, F, F size, F kind) {
    F r = F(radius) * (F(0.65f) + size * 0.7f);
    F value = smoothstep(1.f, 0.25f, d / r);
    best = max(best, select(kind < F(chance), value, F(0.f)));
  });
  return best;
}

static inline Densities densities(const Land& w, const ThingRules& rules, F x, F z, F height,
                                  F slope) {
  Densities d;
  F dry = smoothstep(1.2f, 3.f, height);
  F gentle = smoothstep(0.72f, 0.42f, slope), flat = smoothstep(0.34f, 0.16f, slope);
  F line = F(rules.tree_line) + field(x, z, 330.f, w.salt + 90) * 30.f;
  F grows = dry * gentle * smoothstep(20.f, -10.f, height - line);
  auto clump = [&](int c, float lattice) {
    F n = field(x, z, lattice, w.salt + 91 + c) +
          field(x, z, lattice * 0.45f, w.salt + 101 + c) * 0.45f;
    return smoothstep(-0.14f, 0.22f, n + rules.cover[c]);
  };
  d.of[kConifer] = grows * clump(kConifer, 330.f);
  d.of[kBroadleaf] = grows * clump(kBroadleaf, 290.f) * smoothstep(110.f, 60.f, height);
  d.of[kPalm] = dry * flat * clump(kPalm, 240.f) * smoothstep(45.f, 12.f, height);
  d.of[kCactus] = dry * gentle * clump(kCactus, 300.f) * smoothstep(2.f, 5.f, height);
  d.of[kRockThing] = dry * clump(kRockThing, 220.f) * smoothstep(1.2f, 0.7f, slope);
  d.of[kCrystal] = dry * clump(kCrystal, 200.f) * smoothstep(0.9f, 0.5f, slope);
  F inhabited = flat * smoothstep(2.f, 4.f, height) * smoothstep(95.f, 70.f, height);
  d.of[kHouse] = inhabited * groups(x, z, 760.f, rules.strength[kHouse], 150.f, w.salt + 120);
  d.of[kTower] = dry * flat * groups(x, z, 620.f, rules.strength[kTower], 55.f, w.salt + 140);
  for (int c = 0; c < world::kThingClasses; c++) {
    F strength = rules.strength[c];
    if (c >= kHouse) strength = rules.strength[c] > 0.f ? 1.f : 0.f;
    d.of[c] = saturate(d.of[c] * strength);
  }
  F open = F(1.f) - saturate(d.of[kHouse] * 1.3f);  // villages stand in clearings
  for (int c = kConifer; c <= kCrystal; c++) d.of[c] = d.of[c] * open;
  return d;
}

}  // namespace vita::VITA_ISA
