// The per-pixel network in floats, lanes across pixels.
#include "models/world/pixel_f32.h"

#include "core/simd.h"
#include "models/world/pixels_by_kind.h"

namespace vita::VITA_ISA {
namespace {

using world::kBlockChannels;
using world::kColourPlanes;
using world::kFeatures;
using world::kGuidePlanes;
using world::kPixel;

// A unit is what one pass computes: two rows of kUnitColumns pixels, as kGroups registers.
constexpr int kGroups = 4;
constexpr int kUnitColumns = 2 * kLanes;
constexpr int kUnit = kGroups * kLanes;
constexpr int kOutputsAtOnce = kLanes == 16 ? 4 : 2;  // sums in registers: kGroups times this

constexpr int kWidest = 48;  // channels of a layer
// Activations of one unit, [channel][kUnit].
struct Tile {
  alignas(64) float values[kWidest * kUnit];
};

template <int kInputs>
void linear(const float* packed, int outputs, const Tile& in, Tile& out) {
  const float* weights = packed + outputs;
  for (int o = 0; o < outputs; o += kOutputsAtOnce) {
    F sum[kOutputsAtOnce][kGroups];
    for (int k = 0; k < kOutputsAtOnce; k++) {
      for (int g = 0; g < kGroups; g++) sum[k][g] = F(packed[o + k]);
    }
    const float* w = weights + (o / 4) * 4 * kInputs + o % 4;
    for (int i = 0; i < kInputs; i++, w += 4) {
      F x[kGroups];
      for (int g = 0; g < kGroups; g++) x[g] = load(in.values + i * kUnit + g * kLanes);
      for (int k = 0; k < kOutputsAtOnce; k++) {
        const F weight(w[k]);
        for (int g = 0; g < kGroups; g++) sum[k][g] = sum[k][g] + weight * x[g];
      }
    }
    for (int k = 0; k < kOutputsAtOnce; k++) {
      for (int g = 0; g < kGroups; g++) {
        store(out.values + (o + k) * kUnit + g * kLanes, sum[k][g]);
      }
    }
  }
}

// A layer from `in` to `out`: linear, then products and ramps.
template <int kLayer>
const float* run_layer(const float* packed, const Tile& in, Tile& out) {
  constexpr world::PixelLayer l = kPixel[kLayer];
  linear<l.inputs>(packed, l.linear(), in, out);
  float* v = out.values;
  for (int k = 0; k < l.products * kUnit; k += kLanes) {
    store(v + k, load(v + k) * load(v + l.products * kUnit + k));
  }
  for (int k = l.products * kUnit; k < (l.products + l.ramps) * kUnit; k += kLanes) {
    store(v + k, saturate(load(v + l.products * kUnit + k)));
  }
  return packed + world::pixel_layer_floats(kLayer);
}

typedef float Quad __attribute__((vector_size(16)));

Quad load_quad(const float* p) {
  Quad q;
  std::memcpy(&q, p, sizeof q);
  return q;
}

// The network for PixelsByKind.
class Shading {
 public:
  explicit Shading(const world::PixelF32Request& request)
      : r_(request),
        plane_(static_cast<int64_t>(request.width) * request.height),
        row_(static_cast<int64_t>(request.width / 2 + 2) * kBlockChannels) {}

  void in_place(int x, int row, int kind) {
    const int64_t at = static_cast<int64_t>(2 * row) * r_.width + x;
    for (int c = 0; c < kGuidePlanes; c++) {
      for (int g = 0; g < kGroups; g++) {
        const uint8_t* source = r_.planes + c * plane_ + at + g / 2 * r_.width + g % 2 * kLanes;
        store(a_.values + c * kUnit + g * kLanes, to_float(load_bytes(source)));
      }
    }
    network(kind);
    for (int c = 0; c < kColourPlanes; c++) {
      float* target = r_.colours + c * plane_ + at;
      std::memcpy(target, b_.values + c * kUnit, kUnitColumns * sizeof(float));
      std::memcpy(target + r_.width, b_.values + c * kUnit + kUnitColumns,
                  kUnitColumns * sizeof(float));
    }
    clamp_for_trunk();
    store_blocks(block(x, row));
  }

  void listed(const Pixel* pixels, int count, int kind) {
    for (int k = 0; k < kUnit; k++) {
      const uint8_t* source = r_.planes + at(pixels[k < count ? k : count - 1]);
      for (int c = 0; c < kGuidePlanes; c++) a_.values[c * kUnit + k] = source[c * plane_];
    }
    network(kind);
    for (int k = 0; k < count; k++) {
      float* target = r_.colours + at(pixels[k]);
      for (int c = 0; c < kColourPlanes; c++) target[c * plane_] = b_.values[c * kUnit + k];
    }
    clamp_for_trunk();
    for (int k = 0; k < count; k++) {
      const Pixel p = pixels[k];
      float* target = block(p.x, p.y / 2) + (p.y & 1) * 2 + (p.x & 1);
      for (int c = 0; c < kFeatures; c++) target[c * 4] = b_.values[c * kUnit + k];
    }
  }

  void repeat_border() {
    const int rows = r_.height / 2, columns = r_.width / 2;
    const size_t block_bytes = kBlockChannels * sizeof(float);
    for (int y = 1; y <= rows; y++) {
      float* row = r_.blocks + y * row_;
      std::memcpy(row, row + kBlockChannels, block_bytes);
      std::memcpy(row + (columns + 1) * kBlockChannels, row + columns * kBlockChannels,
                  block_bytes);
    }
    const size_t row_bytes = static_cast<size_t>(row_) * sizeof(float);
    std::memcpy(r_.blocks, r_.blocks + row_, row_bytes);
    std::memcpy(r_.blocks + (rows + 1) * row_, r_.blocks + rows * row_, row_bytes);
  }

 private:
  int64_t at(Pixel p) const { return static_cast<int64_t>(p.y) * r_.width + p.x; }
  float* block(int x, int row) {
    return r_.blocks + (row + 1) * row_ + (x / 2 + 1) * kBlockChannels;
  }

  // From the bytes in a_ to the features in b_.
  void network(int kind) {
    const float* packed = r_.weights + kind * world::kExpertFloats;
    packed = run_layer<0>(packed, a_, b_);
    packed = run_layer<1>(packed, b_, a_);
    packed = run_layer<2>(packed, a_, b_);
    run_layer<3>(packed, b_, a_);
    std::memcpy(b_.values, a_.values, kFeatures * kUnit * sizeof(float));
  }

  void clamp_for_trunk() {
    for (int c = 0; c < kFeatures; c++) {
      const F middle = c < kColourPlanes ? .5f : 0.f;
      for (float* v = b_.values + c * kUnit; v < b_.values + (c + 1) * kUnit; v += kLanes) {
        store(v, saturate(load(v) + middle));
      }
    }
  }

  // Writes a unit that lies as two rows in the guide: block k takes pixels 2k and 2k + 1 of both
  // rows.
  void store_blocks(float* out) const {
    for (int c = 0; c < kFeatures; c++) {
      const float* upper = b_.values + c * kUnit;
      const float* lower = upper + kUnitColumns;
      float* target = out + c * 4;
      for (int x = 0; x < kUnitColumns; x += 4, target += 2 * kBlockChannels) {
        const Quad u = load_quad(upper + x), l = load_quad(lower + x);
        const Quad left = __builtin_shufflevector(u, l, 0, 1, 4, 5),
                   right = __builtin_shufflevector(u, l, 2, 3, 6, 7);
        std::memcpy(target, &left, sizeof left);
        std::memcpy(target + kBlockChannels, &right, sizeof right);
      }
    }
  }

  const world::PixelF32Request& r_;
  const int64_t plane_, row_;  // bytes of a plane; floats of a row of blocks
  Tile a_, b_;
};

}  // namespace

void pixel_f32(const world::PixelF32Request& request) {
  Shading shading(request);
  PixelsByKind<kUnitColumns, Shading>(request.kinds, request.width, shading)
      .run(0, request.height / 2);
  shading.repeat_border();
}

}  // namespace vita::VITA_ISA
