#include "models/world/painter.h"

#include <string>

#include "core/cpu.h"
#include "core/error.h"
#include "models/world/pixel_mlp.h"
#include "models/world/to_i420.h"

namespace vita {

// The builds of pixel_mlp.cc and to_i420.cc.
namespace avx512 {
void pixel_mlp(const world::PixelMlpRequest&);
void to_i420(const float*, const FrameView&);
}  // namespace avx512
namespace avx2 {
void pixel_mlp(const world::PixelMlpRequest&);
void to_i420(const float*, const FrameView&);
}  // namespace avx2
namespace baseline {
void pixel_mlp(const world::PixelMlpRequest&);
void to_i420(const float*, const FrameView&);
}  // namespace baseline

namespace world {

void run_pixel_mlp(const PixelMlpRequest& request) {
  auto* kernel = cpu_isa() == Isa::avx512 ? &avx512::pixel_mlp
                 : cpu_isa() == Isa::avx2 ? &avx2::pixel_mlp
                                          : &baseline::pixel_mlp;
  kernel(request);
}

void to_i420(const float* blocks, const FrameView& out) {
  auto* kernel = cpu_isa() == Isa::avx512 ? &avx512::to_i420
                 : cpu_isa() == Isa::avx2 ? &avx2::to_i420
                                          : &baseline::to_i420;
  kernel(blocks, out);
}

void pack_pixel_layer(int layer, const float* matrix, const float* bias, float* packed) {
  const int inputs = kPixelWidths[layer], outputs = kPixelWidths[layer + 1];
  const float scale = layer == 0 ? 2.f / 255.f : 1.f;
  for (int o = 0; o < outputs; o++) {
    float start = bias[o];
    for (int i = 0; i < inputs; i++) {
      const float weight = matrix[o * inputs + i];
      packed[outputs + (o / 4) * 4 * inputs + i * 4 + o % 4] = weight * scale;
      if (layer == 0) start -= weight;
    }
    packed[o] = start;
  }
}

namespace {

LinearDesc one_row(int64_t in, int64_t out, Activation activation = Activation::none) {
  return {.rows_max = 1, .in = in, .out = out, .activation = activation};
}

int64_t hyper_outputs(int layer) { return kPixelKinds * pixel_layer_floats(layer); }

View row_view(const std::vector<float>& values) {
  return {const_cast<float*>(values.data()), {1, static_cast<int64_t>(values.size())}};
}

[[noreturn]] void refuse(const Config& config, const std::string& what) {
  throw Error(ErrorCode::corrupt, config.where() + ": " + what);
}

}  // namespace

Painter::Sizes Painter::read_sizes(const Config& config, int width, int height) {
  if (width < 32 || height < 32 || width % 16 != 0 || height % 16 != 0) {
    throw Error(ErrorCode::invalid_argument,
                "painter: found a picture of " + std::to_string(width) + "x" +
                    std::to_string(height) + ", expected multiples of 16 from 32 on");
  }
  const auto check = [&](const char* key, int64_t expected) {
    const int64_t found = config.integer(key, 1, 4096);
    if (found != expected) {
      refuse(config, std::string(key) + " is " + std::to_string(found) + ", expected " +
                         std::to_string(expected));
    }
  };
  check("look", kLook);
  check("planes", kGuidePlanes);
  check("kinds", kPixelKinds);
  const std::vector<int64_t> pixel = config.integers("pixel", 1, 4096);
  if (pixel != std::vector<int64_t>(kPixelWidths + 1, kPixelWidths + kPixelLayers + 1)) {
    refuse(config, "pixel has other widths than 48, 32, 12, which the kernel is made for");
  }
  return {.code = config.integer("code", 1, 1024),
          .trunk = config.integer("trunk", 1, 256),
          .coarse = config.integer("coarse", 1, 512),
          .width = width,
          .height = height};
}

Painter::Painter(const Build& b, const Config& config, int width, int height)
    : Painter(b, read_sizes(config, width, height)) {}

Painter::Painter(const Build& b, const Sizes& s)
    : backend_(&b.backend),
      sizes_(s),
      look0_(b.at("look").at(0), one_row(kLook, s.code, Activation::relu)),
      look1_(b.at("look").at(1), one_row(s.code, s.code, Activation::relu)),
      pixel0_(b.at("pixel").at(0), one_row(s.code, hyper_outputs(0))),
      pixel1_(b.at("pixel").at(1), one_row(s.code, hyper_outputs(1))),
      pixel2_(b.at("pixel").at(2), one_row(s.code, hyper_outputs(2))),
      stem_film_(b.at("stem_film"), one_row(s.code, 2 * s.trunk)),
      coarse_film_(b.at("coarse_film"), one_row(s.code, 2 * s.coarse)),
      refine_film_(b.at("refine_film"), one_row(s.code, 2 * s.trunk)),
      stem_(b.at("stem"), bordered(kBlockChannels, s.trunk)),
      down_(b.at("down"), {.height = s.height / 4,
                           .width = s.width / 4,
                           .in = s.trunk,
                           .out = s.coarse,
                           .kernel = 4,
                           .stride = 4,
                           .pad = 0,
                           .activation = Activation::relu}),
      coarse_a_(b.at("coarse_a"), coarse(3, s.coarse)),
      coarse_b_(b.at("coarse_b"), coarse(3, s.coarse)),
      up_(b.at("up"), coarse(1, s.trunk)),
      refine_(b.at("refine"),
              {.height = s.height / 4, .width = s.width / 4, .in = s.trunk, .out = s.trunk}),
      head_(b.at("head"),
            {.height = s.height / 4, .width = s.width / 4, .in = s.trunk, .out = kHeadChannels}),
      skip_(b.at("skip"), bordered(kBlockChannels, kHeadChannels)) {}

Conv2dDesc Painter::bordered(int64_t in, int64_t out) const {
  return {.height = sizes_.height / 4 + 2,
          .width = sizes_.width / 4 + 2,
          .in = in,
          .out = out,
          .pad = 0};
}

Conv2dDesc Painter::coarse(int kernel, int64_t out) const {
  return {.height = sizes_.height / 16,
          .width = sizes_.width / 16,
          .in = sizes_.coarse,
          .out = out,
          .kernel = kernel,
          .pad = kernel / 2};
}

PaintedScene Painter::scene() const {
  const auto floats = [](int64_t count) { return std::vector<float>(static_cast<size_t>(count)); };
  return {.pixel = floats(kPixelKinds * pixel_expert_floats()),
          .stem_film = floats(2 * sizes_.trunk),
          .coarse_film = floats(2 * sizes_.coarse),
          .refine_film = floats(2 * sizes_.trunk)};
}

void Painter::fold(Run& run, const float* look, PaintedScene& scene) const {
  auto scratch = run.workspace.scope();
  const View hidden = scratch.take(Dtype::f32, {1, sizes_.code}),
             code = scratch.take(Dtype::f32, {1, sizes_.code});
  look0_(run, View(const_cast<float*>(look), {1, kLook}), hidden);
  look1_(run, hidden, code);
  stem_film_(run, code, row_view(scene.stem_film));
  coarse_film_(run, code, row_view(scene.coarse_film));
  refine_film_(run, code, row_view(scene.refine_film));

  const Linear* layers[kPixelLayers] = {&pixel0_, &pixel1_, &pixel2_};
  int offset = 0;  // of the layer in an expert's packed weights
  for (int layer = 0; layer < kPixelLayers; layer++) {
    const View folded = scratch.take(Dtype::f32, {1, hyper_outputs(layer)});
    (*layers[layer])(run, code, folded);
    const int outputs = kPixelWidths[layer + 1], matrix_floats = kPixelWidths[layer] * outputs;
    for (int kind = 0; kind < kPixelKinds; kind++) {
      const float* matrix = folded.f32() + kind * pixel_layer_floats(layer);
      pack_pixel_layer(layer, matrix, matrix + matrix_floats,
                       scene.pixel.data() + kind * pixel_expert_floats() + offset);
    }
    offset += pixel_layer_floats(layer);
  }
}

void Painter::paint(Run& run, const GuideView& guide, const PaintedScene& scene,
                    const FrameView& out) const {
  auto scratch = run.workspace.scope();
  const int rows = sizes_.height / 4, columns = sizes_.width / 4;
  const View blocks = scratch.take(Dtype::f32, {1, rows + 2, columns + 2, kBlockChannels});
  run_pixel_mlp({.planes = guide.planes,
                 .kinds = guide.kinds,
                 .width = sizes_.width / 2,
                 .height = sizes_.height / 2,
                 .weights = scene.pixel.data(),
                 .out = blocks.f32()});
  const View head = scratch.take(Dtype::f32, {1, rows, columns, kHeadChannels});
  trunk(run, blocks, scene, head);
  to_i420(head.f32(), out);
}

void Painter::trunk(Run& run, const View& blocks, const PaintedScene& scene,
                    const View& head) const {
  auto scratch = run.workspace.scope();
  const int64_t rows = sizes_.height / 4, columns = sizes_.width / 4;
  const Shape fine{1, rows, columns, sizes_.trunk}, small{1, rows / 4, columns / 4, sizes_.coarse};
  const View x = scratch.take(Dtype::f32, fine), y = scratch.take(Dtype::f32, fine);
  stem_(run, blocks, x);
  film(run, scene.stem_film, x);
  {
    auto inner = run.workspace.scope();
    const View coarse = inner.take(Dtype::f32, small), a = inner.take(Dtype::f32, small);
    const View b = inner.take(Dtype::f32, small);
    down_(run, x, coarse);
    coarse_a_(run, coarse, a);
    film(run, scene.coarse_film, a);
    coarse_b_(run, a, b);
    backend_->add(run.stream, coarse, b, coarse);
    const View up = inner.take(Dtype::f32, {1, rows / 4, columns / 4, sizes_.trunk});
    up_(run, coarse, up);
    backend_->resize_bilinear(run.stream, up, y);
    backend_->add(run.stream, x, y, x);
  }
  refine_(run, x, y);
  film(run, scene.refine_film, y);
  backend_->add(run.stream, x, y, x);
  head_(run, x, head);
  const View skip = scratch.take(Dtype::f32, head.shape);
  skip_(run, blocks, skip);
  backend_->add(run.stream, head, skip, head);
}

// x = relu(x * (1 + scale) + shift), in place.
void Painter::film(Run& run, const std::vector<float>& factors, const View& x) const {
  const int64_t channels = x.shape[-1];
  float* scale = const_cast<float*>(factors.data());
  backend_->film(run.stream, x, View(scale, {1, channels}), View(scale + channels, {1, channels}),
                 Activation::relu, x);
}

}  // namespace world
}  // namespace vita
