#include "models/world/complete_attributes.h"

#include <algorithm>

#include "models/world/hash_noise.h"

namespace vita::world {
namespace {

constexpr uint32_t kSalt = 424242;
// Chances of the entries of each group, in the order of the contract.
constexpr float kBiomeChances[kBiomes] = {0.125f, 0.125f, 0.125f, 0.125f,
                                          0.125f, 0.125f, 0.125f, 0.125f};
constexpr float kTimeChances[kTimes] = {0.2f, 0.4f, 0.25f, 0.15f, 0.f};
constexpr float kWeatherChances[kWeathers] = {0.6f, 0.4f, 0.f, 0.f, 0.f};

void complete_group(std::span<float> group, std::span<const float> chances, uint32_t seed,
                    int which) {
  if (std::any_of(group.begin(), group.end(), [](float v) { return v > 0.f; })) return;
  float left = uniform_of(hash_cell(which, 0, seed * 7919u + kSalt));
  size_t entry = 0;
  while (entry + 1 < chances.size() && left >= chances[entry]) left -= chances[entry++];
  // A rounding error may have walked past the last possible entry.
  while (chances[entry] <= 0.f) entry--;
  group[entry] = 1.f;
}

}  // namespace

std::array<float, kAttributes> complete_attributes(std::span<const float, kAttributes> attributes,
                                                   uint32_t seed) {
  std::array<float, kAttributes> out;
  std::copy(attributes.begin(), attributes.end(), out.begin());
  complete_group({out.data() + kBiome, kBiomes}, kBiomeChances, seed, 0);
  complete_group({out.data() + kTime, kTimes}, kTimeChances, seed, 1);
  complete_group({out.data() + kWeather, kWeathers}, kWeatherChances, seed, 2);
  return out;
}

}  // namespace vita::world
