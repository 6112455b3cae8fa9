// Where to stand and look: the first view of a world, chosen by what can be seen from there.
#pragma once
#include <cstdint>

#include "models/world/world_maps.h"

namespace vita::world {

// Ground where the camera may stand, metres, and how far known land reaches around it.
struct ViewArea {
  double x_low, x_high, z_low, z_high;
  int tries = 40;
  float height_low = 2.5f, height_high = 60.f;  // above ground or water
  uint32_t asked = 0;  // bit c: things of class c were asked for, and are worth a walk
  double walk = 0;     // how far beyond the area that walk may go, metres
  bool water = false;  // water was asked for
};

// Draws `tries` poses from the seed and returns the one with the most open, varied view: far sight
// over a near foreground, some water, things at middle distance, the sun rather ahead, nothing in
// the face. Half of the poses stand before a thing that was asked for, where there are any.
Camera choose_viewpoint(const WorldMaps& maps, const float* sun, const ViewArea& area,
                        uint32_t seed);

}  // namespace vita::world
