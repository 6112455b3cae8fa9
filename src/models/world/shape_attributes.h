// The part of the attributes that shapes the land.
#pragma once
#include <array>
#include <span>

#include "models/world/spec.h"

namespace vita::world {

// Biome, season, things, relief, water and density as they are, all else zero: a change of light or
// colour leaves the place as it is.
inline std::array<float, kAttributes> shape_attributes(
    std::span<const float, kAttributes> attributes) {
  std::array<float, kAttributes> shape{};
  auto keep = [&](int offset, int count) {
    for (int k = offset; k < offset + count; k++) shape[k] = attributes[k];
  };
  keep(kBiome, kBiomes);
  keep(kSeason, kSeasons);
  keep(kThings, kThingClasses);
  keep(kRelief, 1);
  keep(kWater, 1);
  keep(kDensity, 1);
  return shape;
}

}  // namespace vita::world
