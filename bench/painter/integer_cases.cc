#include <cmath>
#include <random>

#include "models/world/painter_quantise.h"
#include "models/world/pixel_int16.h"
#include "painter/cases.h"
#include "painter/hashed_painter.h"

namespace vita::bench {
namespace {

using namespace world;

// As the painter has them, so that stages find their input in cache.
constexpr int kBandRows = 16, kRingRows = kBandRows + 4;

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
    for (int row = 0; row < kRows; row += kBandRows) {
      kernels.shade({.planes = from.planes.data(),
                     .kinds = from.kinds.data(),
                     .width = kColumns,
                     .height = kRows,
                     .first_pair = row / 2,
                     .last_pair = std::min(row + kBandRows, kRows) / 2,
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
      for (int k = 0; k < 3; k++) row.segment[k] = seen_row(ring, y + k);
      row.bytes = trunk_row(y) + kTrunk;
      kernels.wide(row);
    }
  }
  void run_refine() {
    ConvRow row = row_of(refine);
    for (int y = 0; y < kRows; y++) {
      for (int k = 0; k < 3; k++) row.segment[k] = trunk_row(y + k);
      row.bytes = refined.data();
      kernels.wide(row);
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
  Painter painter{weights, test::painter_config()};
  PainterKernels kernels = painter_kernels(cpu_isa());
  ByteConv stem = quantised_conv(weights.at("stem"), kWideShape, ConvOutput::bytes, kernels);
  ByteConv refine = quantised_conv(weights.at("refine"), kWideShape, ConvOutput::bytes, kernels);
  ByteConv head = quantised_conv(weights.at("head"), kHeadShape, ConvOutput::head, kernels);
  PaintedScene scene = painter.scene();
  Workspace workspace;
  Picture picture;
  SeenRing ring;
  std::vector<uint8_t> seen, trunk, refined;
  std::vector<int16_t> colours, planes;
};

Stages::Stages(const Guide& from_guide) : from(from_guide) {
  std::mt19937 rng(5);
  std::vector<float> look(kLook);
  for (float& v : look) v = static_cast<float>(rng() % 1000) / 1000.f;
  painter.fold(look.data(), scene);
  seen.resize(static_cast<size_t>(kRingRows * seen_row_bytes(kColumns)));
  const int64_t stride = kColumns + 2 * kColourMargin;
  colours.resize(static_cast<size_t>(kRingRows * kColourPlanes * stride));
  ring = {.rows = kRingRows,
          .columns = kColumns,
          .seen = seen.data(),
          .colours = colours.data(),
          .colour_stride = stride};
  trunk.resize(size_t{kRingRows} * (kColumns + 2) * kTrunk);
  refined.resize(size_t{kColumns} * kTrunk);
  planes.resize(size_t{kTaps + 1} * 4 * kColumns + 128);
}

void Stages::compose() {
  const FrameView out = picture.view();
  uint8_t* const chroma[2] = {out.u, out.v};
  for (int y = 0; y < kRows; y++) {
    ComposeRow r{
        .head = planes.data(), .plane_stride = 4 * kColumns, .columns = kColumns, .row = y};
    for (int k = 0; k < 3; k++) r.luma[k] = colour_row(ring, 0, y + k);
    for (int c = 0; c < 2; c++) {
      r.chroma[c] = colour_row(ring, 1 + c, y);
      r.chroma_out[c] = chroma[c] + int64_t{y} * out.uv_stride;
    }
    r.y = out.y + int64_t{2} * y * out.y_stride;
    r.y_stride = out.y_stride;
    kernels.compose(r);
  }
}

}  // namespace

Guide::Guide() : planes(size_t{kGuidePlanes} * kColumns * kRows), kinds(size_t{kColumns} * kRows) {
  std::mt19937 rng(7);
  for (uint8_t& value : planes) value = static_cast<uint8_t>(rng());
  for (int y = 0; y < kRows; y++) {
    for (int x = 0; x < kColumns; x++) {
      const float ragged =
          12 * std::sin(.03f * static_cast<float>(x)) + 4 * std::sin(.31f * static_cast<float>(x));
      const int band = (y + static_cast<int>(ragged)) / 110;
      const bool thing = x % 64 < 9 && y % 48 < 14;
      kinds[static_cast<size_t>(y) * kColumns + static_cast<size_t>(x)] =
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
