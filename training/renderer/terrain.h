// What the run-time dispatch (generator_capi.cc) hands to the ISA sources of the generator.
#pragma once
#include <cstdint>

namespace vita {

// One region of n x n fine cells whose first cell starts at (x0, z0) metres.
struct TerrainRequest {
  const float* attributes;  // [85], completed
  uint32_t seed;
  float x0, z0;
  int n;
  float* fine;     // [4][n][n]
  float* density;  // [8][n/8][n/8]
  float* scratch;  // terrain_scratch_floats(n) floats
};

inline constexpr int kTerrainMargin = 2;  // cells around the region that slopes look at
// Row length of the scratch planes: the region, its margins and one vector of slack.
constexpr int64_t terrain_stride(int n) { return (n + 2 * kTerrainMargin + 15) / 16 * 16; }
// Three planes of heights and slopes.
constexpr int64_t terrain_scratch_floats(int n) {
  return 3 * terrain_stride(n) * (n + 2 * kTerrainMargin) + 16;
}

namespace avx512 {
void generate_region(const TerrainRequest& request);
}  // namespace avx512
namespace avx2 {
void generate_region(const TerrainRequest& request);
}  // namespace avx2
namespace baseline {
void generate_region(const TerrainRequest& request);
}  // namespace baseline

}  // namespace vita
