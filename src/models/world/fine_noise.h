// The four channels of detail noise that the up-sampler sees.
#pragma once
#include <cstdint>

namespace vita::world {

// noise.h's fine_noise at the centres of n x n cells of 4 m whose first starts at (x0, z0) metres:
// out [4][n][n].
void fine_noise_region(uint32_t seed, double x0, double z0, int n, float* out);
// One of its channels, 0 to 3: out [n][n].
void fine_noise_channel(uint32_t seed, int channel, double x0, double z0, int n, float* out);

}  // namespace vita::world

namespace vita::avx512 {
void write_fine_noise(uint32_t seed, int octave, float x0, float z0, int n, float* out);
}
namespace vita::avx2 {
void write_fine_noise(uint32_t seed, int octave, float x0, float z0, int n, float* out);
}
namespace vita::baseline {
void write_fine_noise(uint32_t seed, int octave, float x0, float z0, int n, float* out);
}
