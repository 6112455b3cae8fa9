#include <gtest/gtest.h>

#include <vector>

#include "models/world/complete_attributes.h"
#include "models/world/shape_attributes.h"

namespace vita::world {
namespace {

std::vector<int> entries_drawn(int offset, int count, int worlds) {
  std::vector<int> drawn(static_cast<size_t>(count));
  const std::array<float, kAttributes> nothing{};
  for (int seed = 0; seed < worlds; seed++) {
    const auto completed = complete_attributes(nothing, static_cast<uint32_t>(seed));
    for (int k = 0; k < count; k++) {
      if (completed[static_cast<size_t>(offset + k)] == 1.f) drawn[static_cast<size_t>(k)]++;
    }
  }
  return drawn;
}

TEST(CompleteAttributes, DrawsWhatIsUnsaidWithTheChancesOfTheContract) {
  constexpr int kWorlds = 8000;
  const std::vector<float> times = {0.2f, 0.4f, 0.25f, 0.15f, 0.f};
  const std::vector<float> weathers = {0.6f, 0.4f, 0.f, 0.f, 0.f};
  auto check = [&](int offset, const std::vector<float>& chances) {
    const auto drawn = entries_drawn(offset, static_cast<int>(chances.size()), kWorlds);
    for (size_t k = 0; k < chances.size(); k++) {
      EXPECT_NEAR(static_cast<float>(drawn[k]) / kWorlds, chances[k], 0.02f) << offset << " " << k;
    }
  };
  check(kTime, times);
  check(kWeather, weathers);
  check(kBiome, std::vector<float>(kBiomes, 0.125f));
}

TEST(CompleteAttributes, LeavesWhatIsSaidAlone) {
  std::array<float, kAttributes> said{};
  said[kTime + 4] = 1.f;
  said[kThings + 2] = -1.f;
  const auto completed = complete_attributes(said, 5);
  EXPECT_EQ(completed[kTime + 4], 1.f);
  EXPECT_EQ(completed[kThings + 2], -1.f);
  float times = 0.f;
  for (int k = 0; k < kTimes; k++) times += completed[static_cast<size_t>(kTime + k)];
  EXPECT_EQ(times, 1.f);
}

TEST(CompleteAttributes, SayingOneGroupMovesNoOther) {
  std::array<float, kAttributes> said{};
  const auto before = complete_attributes(said, 77);
  said[kWeather + 2] = 1.f;
  const auto after = complete_attributes(said, 77);
  for (int k = kBiome; k < kWeather; k++)
    EXPECT_EQ(before[static_cast<size_t>(k)], after[static_cast<size_t>(k)]);
}

TEST(ShapeAttributes, DropLightAndColour) {
  std::array<float, kAttributes> all;
  all.fill(0.5f);
  const auto shape = shape_attributes(all);
  for (const int k : {0, 7, 18, 21, 28, 29, 30, 79})
    EXPECT_EQ(shape[static_cast<size_t>(k)], 0.5f) << k;
  for (const int k : {8, 13, 31, 43, 55, 67, 80, 84})
    EXPECT_EQ(shape[static_cast<size_t>(k)], 0.f) << k;
}

}  // namespace
}  // namespace vita::world
