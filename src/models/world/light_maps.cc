#include "models/world/light_maps.h"

#include <algorithm>
#include <cmath>

#include "core/cpu.h"

namespace vita {

// The three builds of land_sweep.cc.
namespace avx512 {
void sweep_land(const world::SweepDesc&);
}
namespace avx2 {
void sweep_land(const world::SweepDesc&);
}
namespace baseline {
void sweep_land(const world::SweepDesc&);
}

namespace world {

void sweep_land_light(const SweepDesc& desc) {
  best_build(&baseline::sweep_land, &avx2::sweep_land, &avx512::sweep_land)(desc);
}

namespace {

constexpr int kTileShade = kWindowShade / 8;  // shade cells along a tile
constexpr float kLongest = 110.f;             // metres; longer shadows would be all penumbra

struct ShadowEllipse {
  float x, z;           // centre
  float along, across;  // radii
  float dir_x, dir_z;   // unit, away from the sun
};

ShadowEllipse cast(const Thing& thing, const ShadowBlob& blob, const float* sun) {
  const float flat = std::sqrt(sun[0] * sun[0] + sun[2] * sun[2]) + 1e-6f;
  const float stretch = flat / std::max(sun[1], .05f);
  const float dir_x = -sun[0] / flat, dir_z = -sun[2] / flat;
  const float away = std::min(blob.height * thing.scale * stretch, kLongest);
  const float across = blob.radius * thing.scale;
  const float lengthened = std::min(blob.half_height * thing.scale * stretch, kLongest * .5f);
  return {thing.x + dir_x * away,
          thing.z + dir_z * away,
          std::sqrt(across * across + lengthened * lengthened),
          across,
          dir_x,
          dir_z};
}

}  // namespace

void splat_thing_shadows(const ThingTables& tables, const Thing* things, int count,
                         const float* sun, int tile_x, int tile_z, uint8_t* thing_light) {
  const int x_low = tile_x * kTileShade, z_low = tile_z * kTileShade;
  for (int i = 0; i < count; i++) {
    const Prototype& prototype = tables.prototypes[things[i].prototype];
    const float reach_of_thing = kLongest * 1.5f + 2 * prototype.radius * things[i].scale;
    const float low_x = static_cast<float>(x_low) * kShadeMetres,
                low_z = static_cast<float>(z_low) * kShadeMetres;
    if (things[i].x < low_x - reach_of_thing ||
        things[i].x > low_x + kTileMetres + reach_of_thing ||
        things[i].z < low_z - reach_of_thing ||
        things[i].z > low_z + kTileMetres + reach_of_thing) {
      continue;
    }
    for (int b = prototype.blob_first; b < prototype.blob_first + prototype.blob_count; b++) {
      const ShadowEllipse e = cast(things[i], tables.blobs[b], sun);
      const float reach = e.along + kShadeMetres;
      const int xa = std::max(x_low, static_cast<int>(std::floor((e.x - reach) / kShadeMetres)));
      const int xb = std::min(x_low + kTileShade - 1,
                              static_cast<int>(std::ceil((e.x + reach) / kShadeMetres)));
      const int za = std::max(z_low, static_cast<int>(std::floor((e.z - reach) / kShadeMetres)));
      const int zb = std::min(z_low + kTileShade - 1,
                              static_cast<int>(std::ceil((e.z + reach) / kShadeMetres)));
      for (int z = za; z <= zb; z++) {
        uint8_t* row = thing_light + static_cast<size_t>(z & (kWindowShade - 1)) * kWindowShade;
        const float dz = (static_cast<float>(z) + .5f) * kShadeMetres - e.z;
        for (int x = xa; x <= xb; x++) {
          const float dx = (static_cast<float>(x) + .5f) * kShadeMetres - e.x;
          const float u = (dx * e.dir_x + dz * e.dir_z) / e.along,
                      v = (dx * e.dir_z - dz * e.dir_x) / e.across;
          const float dark = std::clamp(
              (1.f - std::sqrt(u * u + v * v)) * e.across / kShadeMetres + .5f, 0.f, 1.f);
          uint8_t& cell = row[x & (kWindowShade - 1)];
          cell = std::min(cell, static_cast<uint8_t>(255.f * (1.f - dark) + .5f));
        }
      }
    }
  }
}

}  // namespace world
}  // namespace vita
