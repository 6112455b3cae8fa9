// The painter in floats, as it was trained: what the painter in integers is measured against in
// tests and benchmarks. The product does not use it.
#pragma once
#include <vector>

#include "models/world/painter_weights.h"
#include "models/world/projector.h"
#include "nn/layers.h"

namespace vita::world {

// Made for one size of picture; the backend and the weight file outlive it. Immutable after
// construction, as Painter.
class PainterF32 {
 public:
  // width, height: of the picture, multiples of 16. Throws Error{corrupt, not_found}.
  PainterF32(const Build& b, const Config& config, int width, int height);

  struct Scene {
    std::vector<float> experts;  // [kPixelKinds][kExpertFloats]
  };
  // What the parts of the network make, for tests: sizes in docs/world_model.md.
  struct Layers {
    View seen;     // [1, h / 2 + 2, w / 2 + 2, kTrunkInputs]
    View colours;  // [kColourPlanes, h / 2, w / 2]
    View head;     // [1, h / 2, w / 2, kHeadChannels]
    View luma;     // [h, w], 0..1
    View chroma;   // [2, h / 2, w / 2]
  };

  Scene scene() const;
  // look: float[kLook].
  void fold(const float* look, Scene& scene) const;
  Layers take_layers(Workspace::Scope& scratch) const;
  void run(Run& run, const GuideView& guide, const Scene& scene, const Layers& layers) const;
  // Its parts, for benchmarks.
  void shade(const GuideView& guide, const Scene& scene, const Layers& layers) const;
  void trunk(Run& run, const Layers& layers) const;
  void compose(const Layers& layers) const;

 private:
  int width_, height_;
  const Backend* backend_;
  PixelExperts experts_;
  Conv2d stem_, refine_, head_;
};

}  // namespace vita::world
