// Land for tests, made from formulas: no networks.
#pragma once
#include <cmath>
#include <functional>
#include <vector>

#include "models/world/world_maps.h"

namespace vita::world {

using HeightOf = std::function<double(double x, double z)>;

// Gentle hills about the water level.
inline double hills(double x, double z) {
  return 9 + 32 * std::sin(x / 171 + 1) * std::cos(z / 213) + 14 * std::sin(x / 61 + z / 83) +
         3 * std::sin(x / 23) * std::sin(z / 29);
}

// The fine map of one tile. Ground mix, rock and cap are smooth and differ from each other.
inline std::vector<float> fine_tile(int tile_x, int tile_z, const HeightOf& height) {
  constexpr int kPlane = kTileFine * kTileFine;
  std::vector<float> fine(static_cast<size_t>(kFineChannels) * kPlane);
  for (int z = 0; z < kTileFine; z++) {
    for (int x = 0; x < kTileFine; x++) {
      const double wx = (tile_x * kTileFine + x + .5) * kFineMetres,
                   wz = (tile_z * kTileFine + z + .5) * kFineMetres;
      float* cell = fine.data() + z * kTileFine + x;
      cell[0] = static_cast<float>(height(wx, wz));
      for (int c = 1; c < kFineChannels; c++)
        cell[c * kPlane] = static_cast<float>(.5 + .45 * std::sin(wx / (40. + 9 * c) + wz / 51));
    }
  }
  return fine;
}

// Density of one class of things, or of all for -1, everywhere on a tile.
inline std::vector<float> density_of(int thing_class, float density) {
  constexpr int kPlane = kTileCells * kTileCells;
  std::vector<float> out(static_cast<size_t>(kThingClasses) * kPlane);
  for (size_t i = 0; i < out.size(); i++) {
    if (thing_class < 0 || static_cast<int>(i) / kPlane == thing_class) out[i] = density;
  }
  return out;
}

inline int count_things(const SceneView& scene) {
  int count = 0;
  for (int list = 0; list < scene.tile_count; list++) count += scene.tile_thing_counts[list];
  return count;
}

inline bool operator==(const Thing& a, const Thing& b) {
  return a.x == b.x && a.y == b.y && a.z == b.z && a.cos_yaw == b.cos_yaw &&
         a.sin_yaw == b.sin_yaw && a.scale == b.scale && a.tint == b.tint &&
         a.prototype == b.prototype;
}

}  // namespace vita::world
