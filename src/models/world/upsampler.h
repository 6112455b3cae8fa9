// The up-sampler: coarse maps of 32 m cells and world-anchored noise in, fine maps of 4 m cells
// out.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/world/spec.h"
#include "nn/layers.h"
#include "weights/config.h"

namespace vita::world {

// Taps of a separable interpolation along one axis: output k is the sum of weights[k * taps + i] *
// input[first[k] + i].
struct AxisTaps {
  int taps = 0;
  std::vector<int> first;
  std::vector<float> weights;
};

// Immutable after construction; any number of threads may call run, each with its own Run. A tile
// depends on the coarse maps of itself and of the kMargin cells around it, on the attributes and on
// the seed, and is the same function of them everywhere: neighbouring tiles fit without a seam.
class Upsampler {
 public:
  static constexpr int kMargin = 3;  // coarse cells of the neighbours on each side
  static constexpr int kWindow = kTileCells + 2 * kMargin;
  static constexpr int64_t kWindowFloats = int64_t{kFineChannels} * kWindow * kWindow;

  Upsampler(const Build& b, const Config& config);

  // Collects the window [4][38][38] of a tile from the maps [12][32][32] of the 3x3 tiles around
  // it, at
  // [(dj + 1) * 3 + di + 1]; where one is missing, the centre tile's border cells are repeated.
  static void gather_window(const std::array<const float*, 9>& tiles, float* window);

  struct Tile {
    uint32_t seed = 0;
    int ti = 0, tj = 0;
    std::span<const float, kAttributes> attributes;
    const float* window = nullptr;  // [4][38][38]: height / 100 m, ground mix, rock, cap in 0..1
  };
  // fine: [4][256][256]: height in metres, ground mix, rock, cap in 0..1.
  void run(Run& run, const Tile& tile, float* fine) const;

  // For tests: the network's input [136][136][24] and what it adds, [136][136][16].
  void write_input(Run& run, const Tile& tile, const View& input) const;
  void network(Run& run, const float* attributes, const View& input, const View& added) const;

 private:
  const Backend* backend_;
  int64_t width_, condition_;
  AxisTaps height8_, slope8_, cover8_, height4_, cover4_;
  Linear embed_;
  Conv2d conv1_;
  Film film1_;
  Conv2d conv2_;
  Film film2_;
  Conv2d conv3_;
  Film film3_;
  Conv2d head_;
};

}  // namespace vita::world
