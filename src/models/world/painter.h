// The painter: a guide and a look to an I420 picture, in integers that are alike to the bit on
// every instruction set and for any number of threads. docs/world_model.md ("Painter") describes
// the network, training/vitatrain/painter_model.py is its twin in PyTorch, painter_f32.h in floats.
#pragma once
#include <vector>

#include "core/video_model.h"
#include "core/workspace.h"
#include "models/world/painter_kernels.h"
#include "models/world/painter_weights.h"
#include "models/world/projector.h"

namespace vita::world {

// What a look makes of the painter's weights. Owned by the caller; made once by Painter::scene()
// and then filled by Painter::fold() as often as the look changes.
struct PaintedScene {
  std::vector<int32_t> experts;  // [kPixelKinds][kExpertWords]
};

struct PaintJob {
  GuideView guide;  // half the picture's size
  const PaintedScene& scene;
  FrameView out;  // its width a multiple of 16, its height one of 4, both from 32 on
};

// One convolution of the trunk with weights of 8 bits, packed for one instruction set.
struct ByteConv {
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> weights;
  std::vector<int32_t> bias;  // [outputs]
  std::vector<float> scale;   // [outputs]
};

inline constexpr int kRowsTogether = 4;  // of the picture: two of the guide

// For pictures of every size. Immutable after construction: any number of threads may fold and
// paint at once, each with its own workspace and, while folding, its own scene. The weight file may
// go once it is made.
//
//   Painter painter(weights.at("painter"), config.at("painter"));
//   PaintedScene scene = painter.scene();
//   painter.fold(look, scene);
//   painter.paint(workspace, {guide, scene, frame});
class Painter {
 public:
  // isa: at most cpu_isa(). Throws Error{corrupt, not_found}.
  Painter(const WeightScope& weights, const Config& config, Isa isa = cpu_isa());

  PaintedScene scene() const;
  // look: float[kLook]. Does not allocate.
  void fold(const float* look, PaintedScene& scene) const;
  // Does not allocate, once the workspace has grown to pictures of this size.
  void paint(Workspace& workspace, const PaintJob& job) const {
    paint_rows(workspace, job, 0, job.out.height / kRowsTogether);
  }
  // Rows [first * kRowsTogether, last * kRowsTogether) of the picture, the same bytes as in the
  // whole. Threads may paint stretches of one picture at once, each with its own workspace. Each
  // border between two costs the work of about eight rows.
  void paint_rows(Workspace& workspace, const PaintJob& job, int first, int last) const;

 private:
  class Strip;

  PainterKernels kernels_;
  PixelExperts experts_;
  ByteConv stem_, refine_, head_;
};

}  // namespace vita::world
