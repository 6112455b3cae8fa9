// Random numbers that are functions of a seed and a place alone, for the flows of the world model;
// the scalar twin of hash_lattice in noise.h.
#pragma once
#include <cmath>
#include <cstdint>

namespace vita::world {

inline uint32_t hash_cell(int32_t x, int32_t z, uint32_t salt) {
  uint32_t h = salt + static_cast<uint32_t>(x) * 374761393u + static_cast<uint32_t>(z) * 668265263u;
  h = (h ^ (h >> 13)) * 1274126177u;
  h = (h ^ (h >> 16)) * 2246822519u;
  return h ^ (h >> 15);
}

// A uniform number in 0..1 (below 1).
inline float uniform_of(uint32_t hash) {
  return static_cast<float>(hash >> 8) * (1.f / 16777216.f);
}

// A normal number from two hashes (Box and Muller).
inline float normal_of(uint32_t a, uint32_t b) {
  constexpr float kTurn = 2.f * 3.14159265358979f / 16777216.f;
  const float radius = std::sqrt(-2.f * std::log((static_cast<float>(a >> 8) + 0.5f) / 16777216.f));
  return radius * std::cos(static_cast<float>(b >> 8) * kTurn);
}

// The first `count` terms of a cosine basis of t in 0..1: how the flows are told the time.
inline void time_features(float t, int count, float* out) {
  for (int k = 0; k < count; k++) out[k] = std::cos(3.14159265358979f * static_cast<float>(k) * t);
}
inline constexpr int kTimeFeatures = 16;

}  // namespace vita::world
