#include "models/world/fine_noise.h"

#include "models/world/noise.h"

namespace vita::VITA_ISA {

void write_fine_noise(uint32_t seed, int octave, float x0, float z0, int n, float* out) {
  for (int j = 0; j < n; j++, out += n) {
    const F z = z0 + static_cast<float>(j * 4 + 2);
    for (int i = 0; i < n; i += kLanes) {
      const F x = F(x0 + static_cast<float>(i * 4 + 2)) + iota() * 4.f;
      float values[kLanes];
      store(values, fine_noise(x, z, static_cast<int>(seed), octave));
      const int count = n - i < kLanes ? n - i : kLanes;
      std::memcpy(out + i, values, static_cast<size_t>(count) * sizeof(float));
    }
  }
}

}  // namespace vita::VITA_ISA
