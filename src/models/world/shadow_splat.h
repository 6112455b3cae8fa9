// The shadow that one blob of a thing throws, for light_maps.cc and its builds per instruction set.
#pragma once
#include "models/world/scene.h"

namespace vita::world {

struct ShadowEllipse {
  float x, z;           // centre
  float along, across;  // radii
  float dir_x, dir_z;   // unit, away from the sun
};
// Shade cells, inclusive; all in one tile.
struct ShadeCells {
  int x_first, x_last, z_first, z_last;
};

}  // namespace vita::world
