// Compares a result with what was expected and says where it differs most.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "ops/tolerance.h"

namespace vita {

inline ::testing::AssertionResult close_to(std::span<const float> found,
                                           std::span<const float> expected) {
  if (found.size() != expected.size()) {
    return ::testing::AssertionFailure() << found.size() << " values, expected " << expected.size();
  }
  double largest = 1;
  for (const float e : expected) largest = std::max(largest, std::abs(double{e}));
  size_t worst = 0;
  double error = -1;
  for (size_t i = 0; i < found.size(); i++) {
    const double here = std::abs(double{found[i]} - expected[i]);
    if (!(here <= error)) {  // also when it is not a number
      error = here;
      worst = i;
    }
    if (std::isnan(here)) break;
  }
  const double allowed = tolerance(Dtype::f32).absolute * largest;
  if (error <= allowed) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "element " << worst << " of " << found.size() << " is " << found[worst] << ", expected "
         << expected[worst] << ": off by " << error << ", allowed " << allowed;
}

inline std::span<const float> values(const View& v) {
  return {v.f32(), static_cast<size_t>(v.elements())};
}

}  // namespace vita
