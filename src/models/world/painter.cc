#include "models/world/painter.h"

#include <algorithm>

#include "models/world/painter_quantise.h"
#include "models/world/pixel_int16.h"

namespace vita::world {
namespace {

// Rows of the guide that go through the network together: few enough that all of them stay in the
// cache of a core until their rows of the picture are written.
constexpr int kBandRows = 16;
// A row of the picture needs the trunk's row above it, which lies two behind the newest pixels, and
// they need the row above them.
constexpr int kRingRows = kBandRows + 4;
constexpr int kSlack = 128;  // elements that kernels may read beyond a row

}  // namespace

// Rows [first, last) of the guide, both even. The network is run from top to bottom, a band at a
// time; what the next band still needs stays in rings.
class Painter::Strip {
 public:
  Strip(const Painter& painter, Workspace& workspace, const PaintJob& job)
      : p_(painter),
        job_(job),
        scratch_(workspace.scope()),
        rows_(job.out.height / 2),
        columns_(job.out.width / 2) {
    ring_ = {.rows = kRingRows,
             .columns = columns_,
             .seen = take<uint8_t>(kRingRows * seen_row_bytes(columns_)),
             .colour_stride = columns_ + 2 * kColourMargin};
    ring_.colours = take<int16_t>(kRingRows * kColourPlanes * ring_.colour_stride);
    trunk_row_bytes_ = static_cast<int64_t>(columns_ + 2) * kTrunk;
    stem_ = take<uint8_t>(kRingRows * trunk_row_bytes_);
    zeros_ = take<uint8_t>(trunk_row_bytes_);
    refined_ = take<uint8_t>(static_cast<int64_t>(columns_) * kTrunk);
    head_stride_ = columns_ * 4;
    head_ = take<int16_t>((kTaps + 1) * head_stride_ + kSlack);
    std::fill_n(zeros_, trunk_row_bytes_, uint8_t{0});
    for (int row = 0; row < kRingRows; row++) {
      uint8_t* begin = stem_ + row * trunk_row_bytes_;
      std::fill_n(begin, kTrunk, uint8_t{0});
      std::fill_n(begin + trunk_row_bytes_ - kTrunk, kTrunk, uint8_t{0});
    }
  }

  void run(int first, int last) {
    const int shade_last = std::min(last + 2, rows_), stem_last = std::min(last + 1, rows_);
    int shaded = std::max(first - 2, 0), stemmed = std::max(first - 1, 0), composed = first;
    while (composed < last) {
      const int band_end = std::min(shaded + kBandRows, shade_last);
      shade(shaded, band_end);
      shaded = band_end;
      // A row of a 3x3 convolution needs the row below it, where there is one.
      const int stem_end = std::min(shaded == rows_ ? rows_ : shaded - 1, stem_last);
      for (; stemmed < stem_end; stemmed++) stem(stemmed);
      const int compose_end = std::min(stemmed == rows_ ? rows_ : stemmed - 1, last);
      for (; composed < compose_end; composed++) finish(composed);
    }
  }

 private:
  template <class T>
  T* take(int64_t count) {
    const int64_t bytes = count * static_cast<int64_t>(sizeof(T));
    return reinterpret_cast<T*>(scratch_.take(Dtype::u8, {bytes}).u8());
  }
  int inside(int row) const { return std::clamp(row, 0, rows_ - 1); }
  uint8_t* stem_row(int row) { return stem_ + row % kRingRows * trunk_row_bytes_; }
  const uint8_t* stem_row_or_zeros(int row) {
    return row < 0 || row >= rows_ ? zeros_ : stem_row(row);
  }
  ConvRow row_of(const ByteConv& conv) const {
    return {.weights = conv.weights.data(),
            .bias = conv.bias.data(),
            .scale = conv.scale.data(),
            .columns = columns_};
  }

  void shade(int first, int last) {
    p_.kernels_.shade({.planes = job_.guide.planes,
                       .kinds = job_.guide.kinds,
                       .width = columns_,
                       .height = rows_,
                       .first_pair = first / 2,
                       .last_pair = last / 2,
                       .weights = job_.scene.experts.data(),
                       .out = ring_});
  }

  void stem(int row) {
    ConvRow conv = row_of(p_.stem_);
    for (int k = 0; k < 3; k++) conv.segment[k] = seen_row(ring_, inside(row + k - 1));
    conv.bytes = stem_row(row) + kTrunk;
    p_.kernels_.wide(conv);
  }

  void finish(int row) {
    ConvRow refine = row_of(p_.refine_);
    for (int k = 0; k < 3; k++) refine.segment[k] = stem_row_or_zeros(row + k - 1);
    refine.bytes = refined_;
    p_.kernels_.wide(refine);
    ConvRow head = row_of(p_.head_);
    head.segment[0] = stem_row(row) + kTrunk;
    head.segment[1] = refined_;
    head.planes = head_;
    head.plane_stride = head_stride_;
    p_.kernels_.head(head);
    compose(row);
  }

  void compose(int row) {
    const FrameView& out = job_.out;
    ComposeRow r{.head = head_, .plane_stride = head_stride_, .columns = columns_, .row = row};
    for (int k = 0; k < 3; k++) r.luma[k] = colour_row(ring_, 0, inside(row + k - 1));
    uint8_t* planes[2] = {out.u, out.v};
    for (int c = 0; c < 2; c++) {
      r.chroma[c] = colour_row(ring_, 1 + c, row);
      r.chroma_out[c] = planes[c] + static_cast<int64_t>(row) * out.uv_stride;
    }
    r.y = out.y + static_cast<int64_t>(2 * row) * out.y_stride;
    r.y_stride = out.y_stride;
    p_.kernels_.compose(r);
  }

  const Painter& p_;
  const PaintJob& job_;
  Workspace::Scope scratch_;
  const int rows_, columns_;  // of the guide
  SeenRing ring_;
  int64_t trunk_row_bytes_ = 0, head_stride_ = 0;
  uint8_t *stem_ = nullptr, *zeros_ = nullptr;  // rows with a pixel of zeros on each side
  uint8_t* refined_ = nullptr;                  // one row, without
  int16_t* head_ = nullptr;                     // one row
};

Painter::Painter(const WeightScope& weights, const Config& config, Isa isa)
    : kernels_((check_painter_config(config), painter_kernels(isa))),
      experts_(weights),
      stem_(quantised_conv(weights.at("stem"), kWideShape, ConvOutput::bytes, kernels_)),
      refine_(quantised_conv(weights.at("refine"), kWideShape, ConvOutput::bytes, kernels_)),
      head_(quantised_conv(weights.at("head"), kHeadShape, ConvOutput::head, kernels_)) {
  check_pixel_weights(weights, experts_);
}

PaintedScene Painter::scene() const {
  return {std::vector<int32_t>(static_cast<size_t>(kPixelKinds) * kExpertWords)};
}

void Painter::fold(const float* look, PaintedScene& scene) const {
  float code[kCode], matrix[PixelExperts::kMostWeights], bias[PixelExperts::kMostLinear];
  experts_.encode(look, code);
  int32_t* packed = scene.experts.data();
  for (int kind = 0; kind < kPixelKinds; kind++) {
    for (int layer = 0; layer < kPixelLayers; layer++) {
      experts_.fold(layer, kind, code, matrix, bias);
      pack_pixel_layer(layer, matrix, bias, packed);
      packed += pixel_layer_words(layer);
    }
  }
}

void Painter::paint_rows(Workspace& workspace, const PaintJob& job, int first, int last) const {
  constexpr int kGuideRows = kRowsTogether / 2;
  Strip(*this, workspace, job).run(first * kGuideRows, last * kGuideRows);
}

}  // namespace vita::world
