// Compiled per instruction set, without fast-math: every build gives the same bits. See
// land_cells.h.
#include "models/world/land_cells.h"

#include "models/world/scene.h"

namespace vita::VITA_ISA {

namespace {

inline float limited(float v, float low, float high) {
  const float least = v < low ? low : v;
  return least > high ? high : least;
}
inline int32_t byte_of_unit(float v) {
  return static_cast<int32_t>(limited(v, 0.f, 1.f) * 255.f + .5f);
}
inline int16_t fixed(float h) {
  return static_cast<int16_t>(
      static_cast<int32_t>((limited(h, -500.f, 500.f) + 512.f) / world::kMapHeightStep + .5f) -
      32768);
}
// dx, dz: differences of heights two cells apart.
inline int32_t normal_bytes(int32_t dx_steps, int32_t dz_steps) {
  const float dx = static_cast<float>(dx_steps) * world::kMapHeightStep,
              dz = static_cast<float>(dz_steps) * world::kMapHeightStep;
  const float length =
      __builtin_sqrtf(dx * dx + dz * dz + 4 * world::kFineMetres * world::kFineMetres);
  const float inverse = 127.f / length;
  return static_cast<int32_t>(dx * inverse + 127.5f) | static_cast<int32_t>(dz * inverse + 127.5f)
                                                           << 8;
}

}  // namespace

void write_land_row(const world::LandRow& row) {
  const float *height = row.height, *ground = row.ground, *rock = row.rock, *cap = row.cap;
  int16_t* to_height = row.to_height;
  int32_t* surface = row.to_surface;
  uint16_t* light = row.to_light;
  for (int x = 0; x < row.count; x++) to_height[x] = fixed(height[x]);
  for (int x = 0; x < row.count; x++) {
    surface[x] = (surface[x] & 0xffff) |
                 static_cast<int32_t>(static_cast<uint32_t>(byte_of_unit(ground[x])) << 16 |
                                      static_cast<uint32_t>(byte_of_unit(rock[x])) << 24);
  }
  for (int x = 0; x < row.count; x++)
    light[x] = static_cast<uint16_t>((light[x] & 0xff00) | byte_of_unit(cap[x]));
}

void write_slope_row(const world::SlopeRow& row) {
  const int16_t *here = row.height, *above = row.above, *below = row.below;
  int32_t* surface = row.to_surface;
  const int last = row.count - 1;
  const auto write = [&](int x, int before, int behind) {
    surface[x] = (surface[x] & ~0xffff) | normal_bytes(before - behind, above[x] - below[x]);
  };
  write(0, row.before, last > 0 ? here[1] : row.behind);
  for (int x = 1; x < last; x++) write(x, here[x - 1], here[x + 1]);
  if (last > 0) write(last, here[last - 1], row.behind);
}

}  // namespace vita::VITA_ISA
