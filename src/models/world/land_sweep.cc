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
  float* old_line = desc.scratch;
  float* new_line = desc.scratch + kWindowFine + 2 * kPad;
  for (int i = 0; i < 2 * (kWindowFine + 2 * kPad); i++) desc.scratch[i] = -1e4f;
  const int toward = w.lean > 0 ? 1 : -1;
  const F share = __builtin_fabsf(w.lean);
  const int first_step = (w.along_x ? desc.first_x : desc.first_z),
            first_lane = w.along_x ? desc.first_z : desc.first_x;
  for (int k = 0; k < kWindowFine; k++) {
    const int step = (first_step + (w.direction > 0 ? k : kWindowFine - 1 - k)) & kMask;
    for (int l = 0; l < kWindowFine; l += kLanes) {
      I lane =
          truncate(F(static_cast<float>(l)) + iota() + static_cast<float>(first_lane & kMask)) &
          I(kMask);
      I cell = w.along_x ? (lane << 11) + I(step) : lane + I(step << 11);
      F h = max(gather(desc.height, cell), 0.f);  // what is seen of a sea is its surface
      F line = mix(load(old_line + kPad + l), load(old_line + kPad + l + toward), share) - fall;
      store(new_line + kPad + l, max(h, line));
      I lit = truncate(saturate((h - line) * .3f + .75f) * 255.f + .5f);
      for (int i = 0; i < kLanes; i++) {
        int32_t& out = desc.light[cell.v[i]];
        out = (out & 0xff) | lit.v[i] << 8;
      }
    }
    float* swap = old_line;
    old_line = new_line;
    new_line = swap;
  }
}

}  // namespace vita::VITA_ISA
