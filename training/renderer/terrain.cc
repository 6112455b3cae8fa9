// The procedural terrain of the training worlds: height, ground mix, rock and cap of 4 m cells and
// the densities of things of 32 m cells, as pure functions of attributes, seed and world position.
#include "renderer/terrain.h"

#include "models/world/spec.h"
#include "renderer/landforms.h"
#include "renderer/things.h"

namespace vita::VITA_ISA {
namespace {

using namespace world;

enum Biome { kMountains, kDesert, kHills, kTundra, kVolcano, kCanyon, kForest, kIslands };

// Raw heights below which about 2 %, a biome's usual share and about half of the land lies.
constexpr float kLevels[kBiomes][3] = {{8, 18, 64},  {-20, -11, 7}, {-50, -30, 2}, {-20, -7, 6},
                                       {-10, 6, 29}, {-6, 0, 34},   {-6, 0, 35},   {-14, 5, 12}};
// Slope at which ground gives way to rock, height of the cap line, and how far the line wanders.
constexpr float kRockSlope[kBiomes] = {0.72f, 0.80f, 0.78f, 0.70f, 0.62f, 0.62f, 0.80f, 0.72f};
constexpr float kCapLine[kBiomes] = {92.f, 62.f, 66.f, 14.f, 120.f, 106.f, 85.f, 60.f};
constexpr float kCapWidth[kBiomes] = {26.f, 10.f, 18.f, 14.f, 24.f, 12.f, 20.f, 16.f};

float unit(uint32_t seed, uint32_t k) {
  uint32_t h = (seed + 0x9e3779b9u) * 2654435761u + k * 2246822519u;
  h = (h ^ (h >> 15)) * 2246822519u;
  h = (h ^ (h >> 13)) * 3266489917u;
  return static_cast<float>((h ^ (h >> 16)) >> 8) * (1.f / 16777216.f);
}

int strongest(const float* values, int count) {
  int best = 0;
  for (int k = 1; k < count; k++) {
    if (values[k] > values[best]) best = k;
  }
  return best;
}

float power_of_two(float x) {
  F p = exp2(F(x));
  return p.v[0];
}

Land make_land(const float* attributes, uint32_t seed) {
  Land w;
  w.biome = strongest(attributes + kBiome, kBiomes);
  w.salt = static_cast<int>((seed * 2654435761u + static_cast<uint32_t>(w.biome) * 40503u) >> 3);
  float relief = attributes[kRelief], water = attributes[kWater];
  w.amplitude = power_of_two(relief * (relief < 0.f ? 1.3f : 0.55f));
  w.roughness = power_of_two(relief * 0.8f);
  const float* level = kLevels[w.biome];
  w.level = water < 0.f ? level[1] + (level[0] - level[1]) * -water
                        : level[1] + (level[2] - level[1]) * water;
  bool wet = w.biome == kMountains || w.biome == kHills || w.biome == kForest ||
             w.biome == kTundra || w.biome == kVolcano;
  w.river = wet && water > -0.5f ? 1.f : 0.f;
  float angle = (unit(seed, 1) - 0.5f) * 0.9f + 0.6f;
  w.wind_x = 1.f - angle * angle * 0.5f + angle * angle * angle * angle / 24.f;
  w.wind_z = angle - angle * angle * angle / 6.f;
  return w;
}

Fine fine_at(F x, F z, int seed) {
  return {{fine_noise(x, z, seed, 0), fine_noise(x, z, seed, 1), fine_noise(x, z, seed, 2),
           fine_noise(x, z, seed, 3)}};
}

F raw_height(const Land& w, F x, F z, const Fine& fine) {
  switch (w.biome) {
    case kMountains: return mountains(w, x, z, fine);
    case kDesert: return desert(w, x, z, fine);
    case kHills: return hills(w, x, z, fine);
    case kTundra: return tundra(w, x, z, fine);
    case kVolcano: return volcano(w, x, z, fine);
    case kCanyon: return canyon(w, x, z, fine);
    case kForest: return forest(w, x, z, fine);
    default: return islands(w, x, z, fine);
  }
}

// Water at 0, river valleys, beaches, reefs.
F settled_height(const Land& w, F x, F z, const Fine& fine) {
  F h = (raw_height(w, x, z, fine) - w.level) * w.amplitude;
  if (w.biome == kIslands) {
    F up = max(h, 0.f);
    F reef = exp(-(h + 9.f) * (h + 9.f) * (1.f / 9.f)) *
             smoothstep(0.05f, 0.4f, field(x, z, 620.f, w.salt + 60));
    h = h + up * up * 0.085f / (F(1.f) + up * (1.f / 70.f)) + reef * 10.5f;
  }
  if (w.river > 0.f) {
    Warp p = warp(x, z, 700.f, 150.f, w.salt + 70);
    F g = abs(field(p.x, p.z, 1700.f, w.salt + 75));
    F valley = smoothstep(0.f, 0.24f, g + 0.02f);
    F bed = smoothstep(0.014f, 0.045f, g + fine.n[0] * 0.004f);
    h = mix(F(-4.f), select(h > F(0.f), h * valley + smoothstep(0.f, 6.f, h) * 2.f, h), bed);
  }
  F over = max(h - 240.f, 0.f);  // the highest peaks lean towards 400 m
  h = h - over + over / (F(1.f) + over * (1.f / 160.f));
  F near_shore = exp(-h * h * (1.f / 40.f));
  return max(h * (F(1.f) - near_shore * 0.6f), F(-60.f));
}

// Detail that depends on the slope of the land: gullies and ledges on steep ground, ripples on flat
// ground.
F detail(const Land& w, F h, F slope, const Fine& fine) {
  F steep = saturate(slope * 1.3f);
  F gullies = F(1.f) - abs(fine.n[0]) * 2.2f + (F(0.5f) - abs(fine.n[1]) * 1.3f) +
              fine.n[2] * 0.35f + fine.n[3] * 0.22f;
  F ripples = fine.n[1] * 0.5f + fine.n[2] * 0.35f + fine.n[3] * 0.15f;
  float sand = w.biome == kDesert ? 0.25f : 1.f;
  float gully = w.biome == kDesert || w.biome == kCanyon
                    ? 2.f
                    : (w.biome == kHills || w.biome == kForest ? 2.4f : 4.5f);
  F dry = smoothstep(0.5f, 6.f, h);
  return (gullies * steep * steep * gully * dry + ripples * (0.5f * sand)) * w.roughness;
}

struct Planes {
  float *macro, *height, *slope;
  int64_t stride;
};

Planes planes_of(const TerrainRequest& r) {
  int64_t stride = terrain_stride(r.n), plane = stride * (r.n + 2 * kTerrainMargin);
  return {r.scratch, r.scratch + plane, r.scratch + 2 * plane, stride};
}

// World coordinate of the centre of cell i of a row or column, counted with margins. Exact: all
// whole numbers.
float cell_centre(float origin, int i) {
  return origin + static_cast<float>((i - kTerrainMargin) * 4 + 2);
}

// Steepness at the vector of cells p of a plane.
F slope_at(const float* p, int64_t stride) {
  F dx = load(p + 1) - load(p - 1), dz = load(p + stride) - load(p - stride);
  return sqrt(dx * dx + dz * dz) * (1.f / 8.f);
}

void build_macro(const TerrainRequest& r, const Land& w, const Planes& planes) {
  int side = r.n + 2 * kTerrainMargin;
  for (int j = 0; j < side; j++) {
    F z = cell_centre(r.z0, j);
    for (int i = 0; i < planes.stride; i += kLanes) {
      F x = F(cell_centre(r.x0, i)) + iota() * 4.f;
      Fine fine = fine_at(x, z, static_cast<int>(r.seed));
      store(planes.macro + j * planes.stride + i, settled_height(w, x, z, fine));
    }
  }
}

void build_heights(const TerrainRequest& r, const Land& w, const Planes& planes) {
  int side = r.n + 2 * kTerrainMargin;
  for (int j = 1; j < side - 1; j++) {
    F z = cell_centre(r.z0, j);
    for (int i = 1; i < side - 1; i += kLanes) {
      F x = F(cell_centre(r.x0, i)) + iota() * 4.f;
      Fine fine = fine_at(x, z, static_cast<int>(r.seed));
      const float* at = planes.macro + j * planes.stride + i;
      F h = load(at);
      store(planes.height + j * planes.stride + i,
            h + detail(w, h, slope_at(at, planes.stride), fine));
    }
  }
}

struct Cover {
  F mix, rock, cap;
};

Cover cover_at(const Land& w, int season, F x, F z, F h, F slope, const Fine& fine) {
  Warp p = warp(x, z, 420.f, 110.f, w.salt + 80);
  F patches =
      field(p.x, p.z, 230.f, w.salt + 81) * 0.75f + field(p.x, p.z, 105.f, w.salt + 82) * 0.4f;
  patches += fine.n[0] * 0.20f + fine.n[1] * 0.08f + field(x, z, 900.f, w.salt + 84) * 0.5f;
  patches += smoothstep(4.f, 70.f, h) * 0.7f - 0.3f;  // meadows below, drier ground above
  float edge = kRockSlope[w.biome];
  F rock = smoothstep(edge - 0.10f, edge + 0.10f, slope + fine.n[1] * 0.07f + fine.n[2] * 0.05f);
  float line = kCapLine[w.biome] * (w.amplitude * 0.5f + 0.5f), width = kCapWidth[w.biome];
  if (season == 2) line = line * 0.2f - 6.f;
  if (season == 0) line *= 1.15f;
  F lifted =
      h +
      (field(x, z, 260.f, w.salt + 86) + fine.n[0] * 0.6f + fine.n[1] * 0.35f + fine.n[2] * 0.2f) *
          width -
      slope * width;
  F cap = smoothstep(line - width * 0.25f, line + width * 0.25f, lifted) * (F(1.f) - rock * 0.85f);
  return {saturate(patches * 0.55f + 0.5f), rock, cap * smoothstep(0.5f, 2.5f, h)};
}

int season_of(const float* attributes) {
  int best = strongest(attributes + kSeason, kSeasons);
  return attributes[kSeason + best] > 0.5f ? best : -1;
}

// Writes one row; the last vector of a row may reach past it, so rows pass through a small buffer.
void build_cover(const TerrainRequest& r, const Land& w, const Planes& planes) {
  int season = season_of(r.attributes);
  int64_t plane = static_cast<int64_t>(r.n) * r.n;
  for (int j = 0; j < r.n; j++) {
    F z = cell_centre(r.z0, j + kTerrainMargin);
    for (int i = 0; i < r.n; i += kLanes) {
      F x = F(cell_centre(r.x0, i + kTerrainMargin)) + iota() * 4.f;
      int64_t at = (j + kTerrainMargin) * planes.stride + i + kTerrainMargin;
      F h = load(planes.height + at), slope = slope_at(planes.height + at, planes.stride);
      Cover c = cover_at(w, season, x, z, h, slope, fine_at(x, z, static_cast<int>(r.seed)));
      float row[5][kLanes];
      store(row[0], h);
      store(row[1], c.mix);
      store(row[2], c.rock);
      store(row[3], c.cap);
      store(row[4], slope);
      int count = r.n - i < kLanes ? r.n - i : kLanes;
      for (int k = 0; k < 4; k++) {
        std::memcpy(r.fine + k * plane + static_cast<int64_t>(j) * r.n + i, row[k],
                    count * sizeof(float));
      }
      std::memcpy(planes.slope + at, row[4], count * sizeof(float));
    }
  }
}

// Mean over the 8x8 fine cells of coarse cell (i, j).
float box_mean(const float* plane, int64_t stride, int i, int j) {
  float sum = 0.f;
  for (int y = 0; y < 8; y++) {
    for (int x = 0; x < 8; x++) sum += plane[(j * 8 + y) * stride + i * 8 + x];
  }
  return sum * (1.f / 64.f);
}

void build_things(const TerrainRequest& r, const Land& w, const Planes& planes) {
  int cells = r.n / 8;
  int64_t first = kTerrainMargin * planes.stride + kTerrainMargin;
  ThingRules rules = thing_rules(r.attributes, w.biome);
  for (int j = 0; j < cells; j++) {
    for (int i = 0; i < cells; i += kLanes) {
      int count = cells - i < kLanes ? cells - i : kLanes;
      float height[kLanes] = {}, slope[kLanes] = {};
      for (int k = 0; k < count; k++) {
        height[k] = box_mean(planes.height + first, planes.stride, i + k, j);
        slope[k] = box_mean(planes.slope + first, planes.stride, i + k, j);
      }
      F x = F(r.x0 + static_cast<float>(i) * 32.f + 16.f) + iota() * 32.f;
      F z = F(r.z0 + static_cast<float>(j) * 32.f + 16.f);
      Densities d = densities(w, rules, x, z, load(height), load(slope));
      for (int c = 0; c < kThingClasses; c++) {
        float row[kLanes];
        store(row, d.of[c]);
        std::memcpy(r.density + (static_cast<int64_t>(c) * cells + j) * cells + i, row,
                    count * sizeof(float));
      }
    }
  }
}

}  // namespace

void generate_region(const TerrainRequest& request) {
  Land land = make_land(request.attributes, request.seed);
  Planes planes = planes_of(request);
  build_macro(request, land, planes);
  build_heights(request, land, planes);
  build_cover(request, land, planes);
  build_things(request, land, planes);
}

}  // namespace vita::VITA_ISA
