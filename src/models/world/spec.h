// Sizes and offsets that every part of the world model shares; docs/world_model.md explains each.
#pragma once

namespace vita::world {

inline constexpr int kAttributes = 85;
enum AttributeOffset : int {
  kBiome = 0,
  kTime = 8,
  kWeather = 13,
  kSeason = 18,
  kThings = 21,
  kRelief = 29,
  kWater = 30,
  kColourGround = 31,
  kColourSky = 43,
  kColourWater = 55,
  kColourFoliage = 67,
  kDensity = 79,
  kMist = 80,
};
inline constexpr int kBiomes = 8, kTimes = 5, kWeathers = 5, kSeasons = 3, kThingClasses = 8,
                     kColours = 12;

inline constexpr int kLook = 49;
enum LookOffset : int {
  kSun = 0,
  kZenith = 3,
  kHorizon = 6,
  kSunColour = 9,
  kAmbient = 12,
  kFogColour = 15,
  kWaterColour = 18,
  kGround0 = 21,
  kGround1 = 24,
  kRockColour = 27,
  kCapColour = 30,
  kShore = 33,
  kLeaf0 = 36,
  kLeaf1 = 39,
  kFog = 42,
  kClouds = 43,
  kNight = 44,
  kSnow = 45,
  kRain = 46,
  kLava = 47,
  kStrata = 48,
};

inline constexpr int kMapChannels = 12;  // of a prior tile
inline constexpr int kTileCells = 32;    // prior cells along a tile
inline constexpr int kMarginCells = 8;   // prior cells of margin on each side of a window
inline constexpr int kWindowCells = kTileCells + 2 * kMarginCells;
inline constexpr float kCellMetres = 32.f, kTileMetres = 1024.f;
inline constexpr int kFineChannels = 4;  // height, ground mix, rock, cap
inline constexpr int kTileFine = 256;    // fine cells along a tile
inline constexpr float kFineMetres = 4.f;
inline constexpr float kHeightScale = 100.f;  // metres per unit of map channel 0

inline constexpr int kGuidePlanes = 20;
enum Kind : unsigned char { kTerrain = 0, kLiquid = 1, kThing = 2, kSky = 3 };

}  // namespace vita::world
