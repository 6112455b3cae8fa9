// The generator's half of the C ABI: chooses the instruction set and lends scratch memory.
#include <cstddef>
#include <vector>

#include "core/cpu.h"
#include "models/world/fine_noise.h"
#include "renderer/capi.h"
#include "renderer/terrain.h"

#define VITA_EXPORT __attribute__((visibility("default")))

extern "C" VITA_EXPORT void vt_generate_region(const float* attributes, uint32_t seed, double x0,
                                               double z0, int n, float* fine, float* density) {
  std::vector<float> scratch(static_cast<std::size_t>(vita::terrain_scratch_floats(n)));
  vita::TerrainRequest request{
      attributes, seed,    static_cast<float>(x0), static_cast<float>(z0), n,
      fine,       density, scratch.data()};
  vita::best_build(&vita::baseline::generate_region, &vita::avx2::generate_region,
                   &vita::avx512::generate_region)(request);
}

extern "C" VITA_EXPORT void vt_fine_noise(uint32_t seed, double x0, double z0, int n, float* out) {
  vita::world::fine_noise_region(seed, x0, z0, n, out);
}
