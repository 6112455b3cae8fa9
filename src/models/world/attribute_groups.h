// The names of the attributes, group by group; docs/world_model.md explains them.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "models/world/spec.h"

namespace vita::world {

// What a prompt can say about one thing: nothing, or one of `values`. A one-of group has an
// attribute for each value (one-hot); a signed group has a single attribute that is -1 for
// values[0] and 1 for values[1].
struct AttributeGroup {
  std::string_view name;  // as it is said back: "biome", "things.palm", "colour.sky"
  int begin;              // its first attribute
  bool one_of;
  std::span<const std::string_view> values;

  int classes() const { return static_cast<int>(values.size()); }
  int attribute(int value) const { return begin + (one_of ? value : 0); }
  float setting(int value) const { return one_of || value == 1 ? 1.f : -1.f; }
};

namespace names {
inline constexpr std::string_view kBiome[] = {"mountains", "desert", "hills",  "tundra",
                                              "volcano",   "canyon", "forest", "islands"};
inline constexpr std::string_view kTime[] = {"dawn", "day", "sunset", "dusk", "night"};
inline constexpr std::string_view kWeather[] = {"clear", "cloudy", "fog", "rain", "snow"};
inline constexpr std::string_view kSeason[] = {"spring", "autumn", "winter"};
inline constexpr std::string_view kColour[] = {"red",   "orange", "yellow", "green",
                                               "teal",  "blue",   "purple", "pink",
                                               "white", "grey",   "black",  "brown"};
inline constexpr std::string_view kAmount[] = {"none", "many"};
inline constexpr std::string_view kRelief[] = {"flat", "rugged"};
inline constexpr std::string_view kWater[] = {"dry", "much"};
inline constexpr std::string_view kDensity[] = {"sparse", "dense"};
inline constexpr std::string_view kMist[] = {"crisp", "hazy"};
}  // namespace names

inline constexpr std::array<AttributeGroup, 20> kAttributeGroups = {{
    {"biome", kBiome, true, names::kBiome},
    {"time", kTime, true, names::kTime},
    {"weather", kWeather, true, names::kWeather},
    {"season", kSeason, true, names::kSeason},
    {"things.conifer", kThings + 0, false, names::kAmount},
    {"things.broadleaf", kThings + 1, false, names::kAmount},
    {"things.palm", kThings + 2, false, names::kAmount},
    {"things.cactus", kThings + 3, false, names::kAmount},
    {"things.rock", kThings + 4, false, names::kAmount},
    {"things.crystal", kThings + 5, false, names::kAmount},
    {"things.house", kThings + 6, false, names::kAmount},
    {"things.tower", kThings + 7, false, names::kAmount},
    {"relief", kRelief, false, names::kRelief},
    {"water", kWater, false, names::kWater},
    {"colour.ground", kColourGround, true, names::kColour},
    {"colour.sky", kColourSky, true, names::kColour},
    {"colour.water", kColourWater, true, names::kColour},
    {"colour.foliage", kColourFoliage, true, names::kColour},
    {"density", kDensity, false, names::kDensity},
    {"mist", kMist, false, names::kMist},
}};

}  // namespace vita::world
