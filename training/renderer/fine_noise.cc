// The shared detail noise at the centres of fine cells, for the training of the up-sampler.
#include "models/world/noise.h"
#include "renderer/terrain.h"

namespace vita::VITA_ISA {

void fine_noise_region(uint32_t seed, float x0, float z0, int n, float* out) {
  for (int octave = 0; octave < 4; octave++) {
    for (int j = 0; j < n; j++) {
      float* row = out + (static_cast<int64_t>(octave) * n + j) * n;
      F z = z0 + static_cast<float>(j * 4 + 2);
      for (int i = 0; i < n; i += kLanes) {
        F x = F(x0 + static_cast<float>(i * 4 + 2)) + iota() * 4.f;
        float values[kLanes];
        store(values, fine_noise(x, z, static_cast<int>(seed), octave));
        int count = n - i < kLanes ? n - i : kLanes;
        std::memcpy(row + i, values, count * sizeof(float));
      }
    }
  }
}

}  // namespace vita::VITA_ISA
