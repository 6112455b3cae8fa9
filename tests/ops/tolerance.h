// How far a fast backend may be from the reference, by type.
#pragma once
#include "core/view.h"

namespace vita {

struct Tolerance {
  double absolute;  // of the largest magnitude in the expected values, and at least of 1
};

inline Tolerance tolerance(Dtype) {
  // f32 sums of up to a few thousand products, and exponentials accurate to about 1e-6.
  return {.absolute = 2e-5};
}

}  // namespace vita
