// What both painters, in integers and in floats, read and make of the painter's weights.
#pragma once
#include <array>
#include <vector>

#include "models/world/painter_sizes.h"
#include "weights/config.h"
#include "weights/weight_scope.h"

namespace vita::world {

// Throws Error{corrupt} unless the network has the widths of painter_sizes.h.
void check_painter_config(const Config& config);

// y = matrix x + bias for one x, in an order of sums that no instruction set changes.
class Affine {
 public:
  static constexpr int kAtOnce = 16;
  // matrix: [outputs][inputs], bias: [outputs]; outputs are a multiple of kAtOnce.
  Affine(const float* matrix, const float* bias, int inputs, int outputs);
  void operator()(const float* x, float* y) const;

 private:
  int inputs_, outputs_;
  std::vector<float> packed_;  // [outputs / kAtOnce][1 + inputs][kAtOnce], the bias first
};

// The weights of the per-pixel network under a look. Immutable after construction; no method
// allocates.
class PixelExperts {
 public:
  explicit PixelExperts(const WeightScope& painter);
  // look: float[kLook] -> code: float[kCode].
  void encode(const float* look, float* code) const;
  // One layer of one kind: matrix [linear][inputs], no weight beyond what 16 bits hold, bias
  // [linear].
  void fold(int layer, int kind, const float* code, float* matrix, float* bias) const;

  // Largest magnitudes of the weights of the first and of the later layers.
  static constexpr float kMostFirst = 31.87f, kMostTurned = 7.99f;
  static constexpr int kMostWeights = 48 * 48, kMostLinear = 48;

 private:
  struct Layer {
    std::vector<float> fixed;    // the matrix of layer 0
    std::vector<Affine> matrix;  // of the others
    std::vector<Affine> bias;
  };
  std::vector<Affine> look_;
  std::array<std::array<Layer, kPixelKinds>, kPixelLayers> layers_;
};

}  // namespace vita::world
