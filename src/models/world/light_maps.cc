#include "models/world/light_maps.h"

#include <algorithm>
#include <cmath>

#include "core/cpu.h"
#include "models/world/shadow_splat.h"

namespace vita {

// The three builds of land_sweep.cc and shadow_splat.cc.
namespace avx512 {
void sweep_land(const world::SweepDesc&);
void splat_shadow(const world::ShadowEllipse&, const world::ShadeCells&, uint8_t*);
}  // namespace avx512
namespace avx2 {
void sweep_land(const world::SweepDesc&);
void splat_shadow(const world::ShadowEllipse&, const world::ShadeCells&, uint8_t*);
}  // namespace avx2
namespace baseline {
void sweep_land(const world::SweepDesc&);
void splat_shadow(const world::ShadowEllipse&, const world::ShadeCells&, uint8_t*);
}  // namespace baseline

namespace world {

int sweep_steps(const SweepDesc& desc) {
  return std::abs(desc.sun[0]) > std::abs(desc.sun[2]) ? desc.cells_x : desc.cells_z;
}

void sweep_land_light(const SweepDesc& desc) {
  best_build(&baseline::sweep_land, &avx2::sweep_land, &avx512::sweep_land)(desc);
}

namespace {

constexpr int kTileShade = kWindowShade / 8;  // shade cells along a tile
constexpr float kLongest = 110.f;             // metres; longer shadows would be all penumbra

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
  auto* const splat =
      best_build(&baseline::splat_shadow, &avx2::splat_shadow, &avx512::splat_shadow);
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
      auto first = [&](float middle, int low) {
        return std::max(low, static_cast<int>(std::floor((middle - reach) / kShadeMetres)));
      };
      auto last = [&](float middle, int low) {
        return std::min(low + kTileShade - 1,
                        static_cast<int>(std::ceil((middle + reach) / kShadeMetres)));
      };
      splat(e, {first(e.x, x_low), last(e.x, x_low), first(e.z, z_low), last(e.z, z_low)},
            thing_light);
    }
  }
}

}  // namespace world
}  // namespace vita
