// The land's shadows, compiled per instruction set; see light_maps.h.
#include "core/simd.h"
#include "models/world/light_maps.h"

namespace vita::VITA_ISA {

using world::kWindowFine;

namespace {

// Where the sweep walks: `step` runs away from the sun, `lane` across it.
struct Walk {
  bool along_x;
  int direction;  // +1 or -1 along the step axis
  float lean;     // lanes that the light drifts per step
};

Walk plan(const float* sun) {
  const float ax = __builtin_fabsf(sun[0]), az = __builtin_fabsf(sun[2]);
  Walk w{};
  w.along_x = ax > az;
  const float major = w.along_x ? sun[0] : sun[2], minor = w.along_x ? sun[2] : sun[0];
  w.direction = major > 0 ? -1 : 1;
  w.lean = __builtin_fabsf(major) > 1e-6f ? minor / __builtin_fabsf(major) : 0.f;
  return w;
}

}  // namespace

void sweep_land(const world::SweepDesc& desc) {
  const Walk w = plan(desc.sun);
  const float flat = __builtin_sqrtf(desc.sun[0] * desc.sun[0] + desc.sun[2] * desc.sun[2]) + 1e-6f;
  const float fall = desc.sun[1] / flat * world::kFineMetres * __builtin_sqrtf(1 + w.lean * w.lean);
  constexpr int kPad = 32, kMask = kWindowFine - 1;
  const int steps = w.along_x ? desc.cells_x : desc.cells_z,
            lanes = w.along_x ? desc.cells_z : desc.cells_x;
  constexpr int kLine = kWindowFine + 2 * kPad;
  const bool odd = (desc.step_first & 1) != 0;
  float* old_line = desc.scratch + (odd ? kLine : 0);
  float* new_line = desc.scratch + (odd ? 0 : kLine);
  for (int i = 0; desc.step_first == 0 && i < 2 * kLine; i++) desc.scratch[i] = -1e4f;
  const int toward = w.lean > 0 ? 1 : -1;
  const F share = __builtin_fabsf(w.lean);
  const int first_step = (w.along_x ? desc.first_x : desc.first_z),
            first_lane = w.along_x ? desc.first_z : desc.first_x;
  const int last = desc.step_last < steps ? desc.step_last : steps;
  for (int k = desc.step_first; k < last; k++) {
    const int step = (first_step + (w.direction > 0 ? k : steps - 1 - k)) & kMask;
    for (int l = 0; l < lanes; l += kLanes) {
      const int lane = (first_lane + l) & kMask;  // whole vectors lie within a tile
      const int row = w.along_x ? step : lane + (step << 11);
      const I cell = ((truncate(iota()) + I(lane)) << 11) + I(step);  // along x alone
      const F seen = w.along_x ? gather(desc.height, cell) : load(desc.height + row);
      const F h = max(seen, 0.f);  // what is seen of a sea is its surface
      const F line =
          mix(load(old_line + kPad + l), load(old_line + kPad + l + toward), share) - fall;
      store(new_line + kPad + l, max(h, line));
      const I lit = truncate(saturate((h - line) * .3f + .75f) * 255.f + .5f);
      for (int i = 0; i < kLanes; i++) {
        int32_t& out = desc.light[w.along_x ? cell.v[i] : row + i];
        out = (out & 0xff) | lit.v[i] << 8;
      }
    }
    float* swap = old_line;
    old_line = new_line;
    new_line = swap;
  }
}

}  // namespace vita::VITA_ISA
