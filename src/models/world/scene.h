// What the projector sees of a world: plain data behind pointers, so that code compiled per
// instruction set needs nothing of the standard library. Owned by WorldMaps and WorldState; read
// only while projecting.
#pragma once
#include <cstdint>

#include "models/world/spec.h"

namespace vita::world {

inline constexpr int kWindowFine = 2048;   // fine cells along the toroidal window (8192 m)
inline constexpr int kWindowShade = 4096;  // 2 m cells of the map of things' shadows, same window
// Rows of maps are longer than the window: behind a row's last cell lies its first once more, so
// that a cell and the next one can be read at once; nor do the cells of a column share a few cache
// sets.
inline constexpr int kFinePitch = kWindowFine + kWindowFine / 64;
inline constexpr int kShadePitch = kWindowShade + kWindowShade / 64;
inline constexpr float kShadeMetres = 2.f;
inline constexpr float kFar = 2600.f;       // metres; what lies beyond is sky
inline constexpr float kThingFar = 1100.f;  // things are not drawn beyond
inline constexpr float kNoLand = -40.f;     // height of land that is not known (yet): deep water

// All maps wrap: cell (x, z) of the world lies at [(z & (n - 1)) * pitch + (x & (n - 1))].
struct MapsView {
  const int16_t* height;       // 1/64 m
  const int32_t* surface;      // bytes: normal x, normal z (127 + 127 n), ground mix, rock
  const uint16_t* light;       // bytes: cap, sun visibility of the terrain
  const uint8_t* thing_light;  // sun visibility under things, 2 m cells
  float top;                   // no land is higher
};
inline constexpr float kMapHeightStep = 1.f / 64;  // metres

enum PrimKind : int { kEllipsoid, kFrustum, kHull };
enum Part : int {
  kBark = 0,
  kFoliage = 1,
  kStone = 2,
  kWall = 3,
  kRoof = 4,
  kLamp = 5,
  kCrystalPart = 6,
  kPale = 7,
};
// One convex piece of a thing, in the thing's own space (y up, base at 0, metres).
struct Prim {
  PrimKind kind;
  Part part;
  float a[6];  // ellipsoid: centre, radii; frustum: x, z, y0, y1, r0, r1; hull: unused
  int plane_first, plane_count;  // hull: n.p <= d
  float tint;                    // added to the thing's own tint
};
struct Plane {
  float x, y, z, d;
};
// An ellipsoid that stands for a thing when it throws a shadow.
struct ShadowBlob {
  float height, radius, half_height;
};
struct Prototype {
  int prim_first, prim_count;
  float height, radius;  // bounding: the sphere around (0, height / 2, 0)
  int blob_first, blob_count;
  float tint_low, tint_high;  // range of a thing's own tint
};
struct Thing {
  float x, y, z;
  float cos_yaw, sin_yaw, scale;
  float tint;  // 0..1
  int prototype;
};
struct ThingTables {
  const Prototype* prototypes;
  const Prim* prims;
  const Plane* planes;
  const ShadowBlob* blobs;
};

// x right in the picture is `yaw` + pi/2; pitch up is positive.
struct Camera {
  float x, y, z, yaw, pitch;
  float tan_half;  // tangent of half the horizontal field of view
};

struct SceneView {
  MapsView maps;
  ThingTables tables;
  const Thing* const* tile_things;  // lists of things, one per tile
  const int* tile_thing_counts;
  const float* tile_growths;  // 0..1: scale of a tile's things, for transitions
  int tile_count;
  float look[kLook];
  float time_s;
  uint32_t seed;
};

// A rectangle of a guide (or picture) of full size W x H.
struct Raster {
  int full_width, full_height;
  int x0, y0, width, height;
};

}  // namespace vita::world
