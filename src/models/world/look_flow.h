// The look flow: draws light, sky, weather and palette for what a prompt says.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/world/spec.h"
#include "nn/layers.h"
#include "weights/config.h"

namespace vita::world {

// Immutable after construction; any number of threads may call sample, each with its own Run.
class LookFlow {
 public:
  LookFlow(const Build& b, const Config& config);
  // attributes: completed. look: what docs/world_model.md calls a look, every number in its range.
  // A function of attributes and seed alone.
  void sample(Run& run, std::span<const float, kAttributes> attributes, uint32_t seed,
              std::span<float, kLook> look) const;

 private:
  void expect_clean(Run& run, const View& noisy, const View& side, const View& out) const;

  const Backend* backend_;
  int64_t hidden_;
  std::vector<float> times_;
  std::span<const float> mean_, spread_;
  Linear fc1_, fc2_, fc3_, out_;
};

}  // namespace vita::world
