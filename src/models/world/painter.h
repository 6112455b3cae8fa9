// The painter: a guide and a look to an I420 picture. docs/world_model.md ("Painter") describes the
// network, training/vitatrain/painter_model.py is its twin in PyTorch.
#pragma once
#include <vector>

#include "core/video_model.h"
#include "models/world/projector.h"
#include "nn/layers.h"
#include "weights/config.h"

namespace vita::world {

// What a look makes of the painter's weights. Owned by the caller; made once by Painter::scene()
// and then filled by Painter::fold() as often as the look changes.
struct PaintedScene {
  std::vector<float> pixel;  // weights of the per-pixel network, packed for the kernel
  std::vector<float> stem_film, coarse_film, refine_film;  // scale, then shift, of each channel
};

// Made for one size of picture. Immutable after construction: any number of threads may fold and
// paint at once, each with its own Run and, while folding, its own scene.
//
//   Painter painter({*backend, weights.at("painter")}, config.at("painter"), 1280, 720);
//   PaintedScene scene = painter.scene();
//   painter.fold(run, look, scene);
//   painter.paint(run, guide, scene, frame);   // guide: 640x360
class Painter {
 public:
  // The width and height of the picture are multiples of 16. Throws Error{invalid_argument,
  // corrupt, not_found}.
  Painter(const Build& b, const Config& config, int width, int height);

  PaintedScene scene() const;
  // look: float[kLook]. Does not allocate.
  void fold(Run& run, const float* look, PaintedScene& scene) const;
  // guide: half the picture's size; out: the picture's size. Does not allocate.
  void paint(Run& run, const GuideView& guide, const PaintedScene& scene,
             const FrameView& out) const;

  // The network between the two kernels, for tests: blocks [1, h / 4 + 2, w / 4 + 2, 48] with a
  // border of one block -> head [1, h / 4, w / 4, 24].
  void trunk(Run& run, const View& blocks, const PaintedScene& scene, const View& head) const;

 private:
  struct Sizes {
    int64_t code = 0, trunk = 0, coarse = 0;
    int width = 0, height = 0;  // of the picture
  };
  static Sizes read_sizes(const Config& config, int width, int height);
  Painter(const Build& b, const Sizes& sizes);

  Conv2dDesc bordered(int64_t in, int64_t out) const;  // reads the blocks with their border
  Conv2dDesc coarse(int kernel, int64_t out) const;    // at 1/16
  void film(Run& run, const std::vector<float>& factors, const View& x) const;

  const Backend* backend_;
  Sizes sizes_;
  Linear look0_, look1_;
  Linear pixel0_, pixel1_, pixel2_;
  Linear stem_film_, coarse_film_, refine_film_;
  Conv2d stem_, down_, coarse_a_, coarse_b_, up_, refine_, head_, skip_;
};

}  // namespace vita::world
