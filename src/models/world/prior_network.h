// The U-Net of the map prior: what it makes of one noisy window.
#pragma once
#include <cstdint>
#include <vector>

#include "models/world/spec.h"
#include "nn/blocks.h"
#include "weights/config.h"

namespace vita::world {

struct PriorConfig {
  int64_t levels[3];         // channels at 24x24, 12x12 and 6x6
  int64_t condition;         // width of the condition
  float sigma_data;          // the spread of the data that the network's scales assume
  std::vector<float> times;  // of the Euler steps, from 1 down
  float lead;  // each step but the last takes the land further by this share of what it changed
  static PriorConfig read(const Config& config);
};

// Immutable after construction; any number of threads may call it, each with its own Run.
class PriorNetwork {
 public:
  static constexpr int64_t kInputs =
      2 * kMapChannels + 1;  // noisy maps, known maps, where they are known

  PriorNetwork(const Build& b, const PriorConfig& config);
  // attributes: float[85], shape part only; t in 0..1 -> condition: [1, condition].
  void embed(Run& run, const float* attributes, float t, const View& condition) const;
  // x: [1, 48, 48, 25] -> out: [1, 48, 48, 12].
  void operator()(Run& run, const View& x, const View& condition, const View& out) const;

 private:
  const Backend* backend_;
  PriorConfig config_;
  Linear embed1_, embed2_;
  Conv2d stem_;
  ResBlock down0_;
  Conv2d to1_;
  ResBlock down1_;
  Conv2d to2_;
  std::vector<ResBlock> middle_;
  Conv2d merge1_;
  ResBlock up1_;
  Conv2d merge0_;
  ResBlock up0_;
  GroupNorm norm_;
  Conv2d head_;
};

}  // namespace vita::world
