#include <cmath>
#include <random>

#include "models/world/painter_quantise.h"
#include "models/world/pixel_int16.h"
#include "painter/cases.h"
#include "painter/hashed_painter.h"

namespace vita::bench {
namespace {

using namespace world;

constexpr int kRingRows = 12;  // as the painter has them, so that stages find their input in cache

struct Picture {
  std::vector<uint8_t> y = std::vector<uint8_t>(size_t{kWidth} * kHeight);
  std::vector<uint8_t> u = std::vector<uint8_t>(y.size() / 4), v = u;
  FrameView view() { return {y.data(), u.data(), v.data(), kWidth, kHeight, kWidth, kWidth / 2}; }
};

// The painter and, beside it, its kernels one after the other over whole frames, in buffers of the
// painter's sizes.
struct Stages {
  explicit Stages(const Guide& from);

  GuideView guide() const {
    return {const_cast<uint8_t*>(from.planes.data()), const_cast<uint8_t*>(from.kinds.data())};
  }
  void shade() {
    for (int row = 0; row < kRows; row += 4) {
      kernels.shade({.planes = from.planes.data(),
                     .kinds = from.kinds.data(),
                     .width = kWidth / 2,
                     .height = kHeight / 2,
                     .first_row = row,
                     .last_row = row + 4,
                     .weights = scene.experts.data(),
                     .out = ring});
    }
  }
  ConvRow row_of(const ByteConv& conv) const {
    return {.weights = conv.weights.data(),
            .bias = conv.bias.data(),
            .scale = conv.scale.data(),
            .columns = kColumns};
  }
  uint8_t* trunk_row(int row) {
    return trunk.data() + size_t{kColumns + 2} * kTrunk * static_cast<size_t>(row % kRingRows);
  }
  void run_stem() {
    ConvRow row = row_of(stem);
    for (int y = 0; y < kRows; y++) {
      for (int k = 0; k < 3; k++) row.segment[k] = block_row(ring, y + k);
      row.bytes = trunk_row(y) + kTrunk;
      kernels.stem(row);
    }
  }
  void run_refine() {
    ConvRow row = row_of(refine);
    for (int y = 0; y < kRows; y++) {
      for (int k = 0; k < 3; k++) row.segment[k] = trunk_row(y + k);
      row.bytes = refined.data();
      kernels.refine(row);
    }
  }
  void run_head() {
    ConvRow row = row_of(head);
    row.planes = planes.data();
    row.plane_stride = 4 * kColumns;
    for (int y = 0; y < kRows; y++) {
      row.segment[0] = trunk_row(y) + kTrunk;
      row.segment[1] = refined.data();
      kernels.head(row);
    }
  }
  void compose();

  const Guide& from;
  std::shared_ptr<const WeightFile> file = test::hashed_painter_weights();
  WeightScope weights{*file, "painter"};
  Painter painter{weights, test::painter_config(), {.width = kWidth, .height = kHeight}};
  PainterKernels kernels = painter_kernels(cpu_isa());
  ByteConv stem = quantised_conv(weights.at("stem"), kStemShape, ConvOutput::bytes, kernels);
  ByteConv refine = quantised_conv(weights.at("refine"), kRefineShape, ConvOutput::bytes, kernels);
  ByteConv head = quantised_conv(weights.at("head"), kHeadShape, ConvOutput::head, kernels);
  PaintedScene scene = painter.scene();
  Workspace workspace;
  Picture picture;
  FeatureRing ring;
  std::vector<uint8_t> blocks, trunk, refined;
  std::vector<int16_t> colours, planes;
};

Stages::Stages(const Guide& from_guide) : from(from_guide) {
  std::mt19937 rng(5);
  std::vector<float> look(kLook);
  for (float& v : look) v = static_cast<float>(rng() % 1000) / 1000.f;
  painter.fold(look.data(), scene);
  blocks.resize(static_cast<size_t>(kRingRows * block_row_bytes(kColumns)));
  const int64_t stride = 2 * kColumns + 2 * kColourMargin;
  colours.resize(static_cast<size_t>(kRingRows * kColourPlanes * 2 * stride));
  ring = {.rows = kRingRows,
          .columns = kColumns,
          .blocks = blocks.data(),
          .colours = colours.data(),
          .colour_stride = stride};
  trunk.resize(size_t{kRingRows} * (kColumns + 2) * kTrunk);
  refined.resize(size_t{kColumns} * kTrunk);
  planes.resize(size_t{kHeadPlanes} * 4 * kColumns + 64);
}

void Stages::compose() {
  const FrameView out = picture.view();
  uint8_t* const chroma[2] = {out.u, out.v};
  for (int y = 0; y < kRows; y++) {
    ComposeRow r{.head = planes.data(), .plane_stride = 4 * kColumns, .columns = kColumns};
    for (int k = 0; k < 4; k++) r.luma[k] = colour_row(ring, 0, 2 * y + k);
    for (int c = 0; c < 2; c++) {
      for (int dy = 0; dy < 2; dy++) r.chroma[c][dy] = colour_row(ring, 1 + c, 2 * y + dy);
      r.chroma_out[c] = chroma[c] + int64_t{2} * y * out.uv_stride;
    }
    r.y = out.y + int64_t{4} * y * out.y_stride;
    r.y_stride = out.y_stride;
    r.chroma_stride = out.uv_stride;
    r.row = y;
    kernels.compose(r);
  }
}

}  // namespace

Guide::Guide()
    : planes(size_t{kGuidePlanes} * (kWidth / 2) * (kHeight / 2)),
      kinds(size_t{kWidth / 2} * (kHeight / 2)) {
  std::mt19937 rng(7);
  for (uint8_t& value : planes) value = static_cast<uint8_t>(rng());
  for (int y = 0; y < kHeight / 2; y++) {
    for (int x = 0; x < kWidth / 2; x++) {
      const float ragged =
          12 * std::sin(.03f * static_cast<float>(x)) + 4 * std::sin(.31f * static_cast<float>(x));
      const int band = (y + static_cast<int>(ragged)) / 110;
      const bool thing = x % 64 < 9 && y % 48 < 14;
      kinds[static_cast<size_t>(y) * (kWidth / 2) + static_cast<size_t>(x)] =
          thing ? 3 : static_cast<uint8_t>(std::min(std::max(band, 0), 2));
    }
  }
}

std::vector<Case> integer_cases(const Guide& guide) {
  const auto s = std::make_shared<Stages>(guide);
  return {{"integers: whole frame", Peak::none, pixel_ops() + kTrunkOps,
           [s] {
             s->painter.paint(s->workspace, {s->guide(), s->scene, s->picture.view()});
           }},
          {"integers: shade", Peak::int16, pixel_ops(), [s] { s->shade(); }},
          {"integers: stem", Peak::int8, kStem.ops(), [s] { s->run_stem(); }},
          {"integers: refine", Peak::int8, kRefine.ops(), [s] { s->run_refine(); }},
          {"integers: head", Peak::int8, kHead.ops(), [s] { s->run_head(); }},
          {"integers: compose", Peak::none, 0, [s] { s->compose(); }}};
}

}  // namespace vita::bench
