// Puts things on a tile: a hash of the position decides, the densities weigh.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "models/world/scene.h"

namespace vita::world {

// Densities of all classes of things at a point, 0..1, and the land's height in metres.
using DensitiesAt = std::function<void(double x, double z, float* densities)>;
using HeightAt = std::function<float(double x, double z)>;

// Appends the things of tile (tile_x, tile_z) in a fixed order. The result at a point depends only
// on the seed and on densities and heights there, so a tile looks the same whenever and from
// wherever it is reached. Nothing stands under water or on ground too steep for its kind.
void place_things(uint32_t seed, int tile_x, int tile_z, const DensitiesAt& densities,
                  const HeightAt& height, const Prototype* prototypes, std::vector<Thing>& out);

}  // namespace vita::world
