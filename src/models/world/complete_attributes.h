// What a prompt leaves unsaid is drawn from the seed.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "models/world/spec.h"

namespace vita::world {

// The attributes with an unsaid biome (all alike), time (day 0.4, dawn 0.2, sunset 0.25, dusk 0.15)
// or weather (clear 0.6, cloudy 0.4) drawn from the seed. The three draws are independent of each
// other, so that saying one group moves no other.
std::array<float, kAttributes> complete_attributes(std::span<const float, kAttributes> attributes,
                                                   uint32_t seed);

}  // namespace vita::world
