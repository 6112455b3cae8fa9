// Sun visibility: of the land by one sweep along the light, under things by splatting their
// shadows.
#pragma once
#include <cstdint>

#include "models/world/scene.h"

namespace vita::world {

// What a sweep keeps between its steps, and the columns that it turns round, in floats.
inline constexpr int kSweepLine = kWindowFine + 64, kSweepStripe = 16;
inline constexpr int kSweepStride =
    kWindowFine + 48;  // no power of 2: those share a few cache sets
inline constexpr int kSweepScratch = 2 * kSweepLine + 2 * kSweepStripe * kSweepStride;

struct SweepDesc {
  const int16_t* height;  // toroidal, as in MapsView
  int first_x, first_z;   // world cell indices of the low corner; multiples of 16
  float sun[3];           // unit, towards the light
  float* scratch;         // kSweepScratch floats
  uint16_t* light;        // second byte of each cell becomes the visibility, at its surface
  int cells_x = kWindowFine, cells_z = kWindowFine;  // how far; multiples of 16
  // Which of the sweep's steps, from row to row or from column to column: all, or one stretch after
  // the other, in order, with the same scratch. step_first: a multiple of kSweepStripe.
  int step_first = 0, step_last = kWindowFine;
};
// Casts the land's shadows over the window, or a part of it, in one pass: a line of sight descends
// from each cell away from the sun and the next cell is lit by how far it stands above it.
void sweep_land_light(const SweepDesc& desc);
// How many steps the sweep has.
int sweep_steps(const SweepDesc& desc);

// Darkens the 512x512 shade cells of tile (tile_x, tile_z) where shadows of `things` fall; not
// those that are there once more behind a row's end.
void splat_thing_shadows(const ThingTables& tables, const Thing* things, int count,
                         const float* sun, int tile_x, int tile_z, uint8_t* thing_light);

}  // namespace vita::world
