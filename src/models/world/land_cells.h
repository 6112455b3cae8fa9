// Rows of the maps' cells, written many at once. The same to the bit on every instruction set.
#pragma once
#include <cstdint>

namespace vita::world {

// Cells along x of one row of a tile.
struct LandRow {
  const float *height, *ground, *rock, *cap;  // metres; the rest 0..1
  int count;
  int16_t* to_height;
  int32_t* to_surface;  // keeps its normals
  uint16_t* to_light;   // keeps its visibility
};
void write_land_row(const LandRow& row);

// Normals of cells whose neighbours have their heights.
struct SlopeRow {
  const int16_t *height, *above, *below;  // of the cells and of those one row before and behind
  int count;
  int16_t before, behind;  // heights of the cells beside the first and the last
  int32_t* to_surface;
};
void write_slope_row(const SlopeRow& row);

}  // namespace vita::world
