#include "models/world/painter_f32.h"

#include <algorithm>

#include "core/cpu.h"
#include "models/world/pixel_f32.h"

namespace vita {

// The builds of pixel_f32.cc.
namespace avx512 {
void pixel_f32(const world::PixelF32Request&);
}
namespace avx2 {
void pixel_f32(const world::PixelF32Request&);
}
namespace baseline {
void pixel_f32(const world::PixelF32Request&);
}

namespace world {

void run_pixel_f32(const PixelF32Request& request) {
  best_build(&baseline::pixel_f32, &avx2::pixel_f32, &avx512::pixel_f32)(request);
}

void pack_pixel_layer_f32(int layer, const float* matrix, const float* bias, float* packed) {
  const int inputs = kPixel[layer].inputs, linear = kPixel[layer].linear();
  const float scale = layer == 0 ? 2.f / 255.f : 1.f;
  for (int o = 0; o < linear; o++) {
    packed[o] = bias[o];
    for (int i = 0; i < inputs; i++) {
      const float weight = matrix[o * inputs + i];
      packed[linear + (o / 4) * 4 * inputs + i * 4 + o % 4] = weight * scale;
      if (layer == 0) packed[o] -= weight;
    }
  }
}

namespace {

void clamp_to_one(const View& x) {
  float* v = x.f32();
  const int64_t count = x.elements();
  for (int64_t i = 0; i < count; i++) v[i] = std::min(std::max(v[i], 0.f), 1.f);
}

}  // namespace

PainterF32::PainterF32(const Build& b, const Config& config, int width, int height)
    : width_((check_painter_config(config), width)),
      height_(height),
      backend_(&b.backend),
      experts_(b.weights),
      stem_(b.at("stem"), {.height = height / 2 + 2,
                           .width = width / 2 + 2,
                           .in = kTrunkInputs,
                           .out = kTrunk,
                           .pad = 0}),
      refine_(b.at("refine"),
              {.height = height / 2, .width = width / 2, .in = kTrunk, .out = kTrunk}),
      head_(b.at("head"), {.height = height / 2,
                           .width = width / 2,
                           .in = 2 * kTrunk,
                           .out = kHeadChannels,
                           .kernel = 1,
                           .pad = 0}) {}

PainterF32::Scene PainterF32::scene() const {
  return {std::vector<float>(static_cast<size_t>(kPixelKinds) * kExpertFloats)};
}

void PainterF32::fold(const float* look, Scene& scene) const {
  float code[kCode], matrix[PixelExperts::kMostWeights], bias[PixelExperts::kMostLinear];
  experts_.encode(look, code);
  float* packed = scene.experts.data();
  for (int kind = 0; kind < kPixelKinds; kind++) {
    for (int layer = 0; layer < kPixelLayers; layer++) {
      experts_.fold(layer, kind, code, matrix, bias);
      pack_pixel_layer_f32(layer, matrix, bias, packed);
      packed += pixel_layer_floats(layer);
    }
  }
}

PainterF32::Layers PainterF32::take_layers(Workspace::Scope& scratch) const {
  const int64_t rows = height_ / 2, columns = width_ / 2;
  return {.seen = scratch.take(Dtype::f32, {1, rows + 2, columns + 2, kTrunkInputs}),
          .colours = scratch.take(Dtype::f32, {kColourPlanes, rows, columns}),
          .head = scratch.take(Dtype::f32, {1, rows, columns, kHeadChannels}),
          .luma = scratch.take(Dtype::f32, {2 * rows, 2 * columns}),
          .chroma = scratch.take(Dtype::f32, {2, rows, columns})};
}

void PainterF32::run(Run& run, const GuideView& guide, const Scene& scene,
                     const Layers& layers) const {
  shade(guide, scene, layers);
  trunk(run, layers);
  compose(layers);
}

void PainterF32::shade(const GuideView& guide, const Scene& scene, const Layers& layers) const {
  run_pixel_f32({.planes = guide.planes,
                 .kinds = guide.kinds,
                 .width = width_ / 2,
                 .height = height_ / 2,
                 .weights = scene.experts.data(),
                 .seen = layers.seen.f32(),
                 .colours = layers.colours.f32()});
}

void PainterF32::trunk(Run& run, const Layers& layers) const {
  auto scratch = run.workspace.scope();
  const Shape shape{1, height_ / 2, width_ / 2, kTrunk};
  const View x = scratch.take(Dtype::f32, shape), y = scratch.take(Dtype::f32, shape);
  stem_(run, layers.seen, x);
  clamp_to_one(x);
  refine_(run, x, y);
  clamp_to_one(y);
  const View both = scratch.take(Dtype::f32, {1, height_ / 2, width_ / 2, 2 * kTrunk});
  const View parts[] = {x, y};
  backend_->concat(run.stream, parts, both);
  head_(run, both, layers.head);
}

void PainterF32::compose(const Layers& layers) const {
  const int rows = height_ / 2, columns = width_ / 2;  // of the guide
  const float* colours = layers.colours.f32();
  const auto luma_of = [&](int x, int y) {
    return colours[static_cast<int64_t>(std::clamp(y, 0, rows - 1)) * columns +
                   std::clamp(x, 0, columns - 1)];
  };
  for (int y = 0; y < height_; y++) {
    const int gy = y / 2, other_y = y % 2 == 0 ? gy - 1 : gy + 1;
    for (int x = 0; x < width_; x++) {
      const int gx = x / 2, other_x = x % 2 == 0 ? gx - 1 : gx + 1;
      const float* head = layers.head.f32() +
                          (static_cast<int64_t>(gy) * columns + gx) * kHeadChannels + y % 2 * 2 +
                          x % 2;
      const auto weight = [&](int tap) { return std::clamp(head[4 * tap], -1.f, 1.f); };
      const float own = luma_of(gx, gy);
      layers.luma.f32()[static_cast<int64_t>(y) * width_ + x] =
          own + weight(0) * (luma_of(other_x, gy) - own) +
          weight(1) * (luma_of(gx, other_y) - own) + weight(2) * (luma_of(other_x, other_y) - own) +
          head[4 * kTaps] + .5f;
    }
  }
  const int64_t plane = static_cast<int64_t>(rows) * columns;
  std::copy_n(colours + plane, 2 * plane, layers.chroma.f32());
}

}  // namespace world
}  // namespace vita
