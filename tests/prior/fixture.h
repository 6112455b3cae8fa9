// The fixtures of tests/fixtures/prior: weights of small random networks and what PyTorch makes of
// them.
#pragma once
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <string>

#include "models/world/spec.h"
#include "nn/build.h"
#include "weights/config.h"
#include "weights/weight_file.h"

namespace vita::world {

struct Fixture {
  explicit Fixture(const std::string& name)
      : file(WeightFile::open("tests/fixtures/prior/" + name + ".safetensors")),
        config(Config::load("tests/fixtures/prior/config.json").at(name)) {}

  std::span<const float> tensor(const std::string& name) const {
    const TensorView& view = file->read(name);
    return {reinterpret_cast<const float*>(view.data), view.size / sizeof(float)};
  }
  std::array<float, kAttributes> attributes() const {
    std::array<float, kAttributes> out;
    std::ranges::copy(tensor("attributes"), out.begin());
    return out;
  }

  std::shared_ptr<const WeightFile> file;
  Config config;
};

// The largest difference, as a share of the largest expected value.
inline float difference(std::span<const float> found, std::span<const float> expected) {
  EXPECT_EQ(found.size(), expected.size());
  float worst = 0.f, largest = 1e-12f;
  for (size_t k = 0; k < std::min(found.size(), expected.size()); k++) {
    worst = std::max(worst, std::abs(found[k] - expected[k]));
    largest = std::max(largest, std::abs(expected[k]));
  }
  return worst / largest;
}

}  // namespace vita::world
