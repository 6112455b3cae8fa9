// The one table of op cases: tests compare every backend with `ref` on it, bench/ops times it.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "backend/backend.h"

namespace vita {

// An op that has been planned on a backend.
using OpRun = std::function<void(Stream& stream, std::span<const View> inputs, const View& out)>;

struct OpInput {
  Shape shape;
  Dtype dtype = Dtype::f32;
  int32_t top = 2;  // integers are 0 .. top - 1 (i32: one in eight is -1)
};

struct OpCase {
  std::string name;
  std::vector<OpInput> inputs;
  Shape out;
  double flops = 0;    // of the multiplications and additions; 0 where only bytes count
  int primitives = 0;  // of oneDNN, which one run executes
  bool large = false;  // too slow for the reference in the fast tests
  std::function<OpRun(const Backend& backend)> plan;
};

std::vector<OpCase> op_cases();

// Values that depend on nothing but `seed` and the position: about -1..1.
void fill_noise(const View& view, int32_t top, uint32_t seed);

// Inputs and output of a case in memory of its own.
class OpBuffers {
 public:
  OpBuffers(const OpCase& op_case, uint32_t seed);
  std::span<const View> inputs() const { return inputs_; }
  const View& out() const { return out_; }

 private:
  View add(Dtype dtype, const Shape& shape);
  std::vector<std::vector<float>> memory_;
  std::vector<View> inputs_;
  View out_;
};

}  // namespace vita
