// The per-pixel network in floats, lanes across pixels.
#include "models/world/pixel_f32.h"

#include "core/simd.h"
#include "models/world/pixels_by_kind.h"

namespace vita::VITA_ISA {
namespace {

using world::kColourPlanes;
using world::kGuidePlanes;
using world::kPixel;
using world::kSeenFirst;
using world::kSeenPlanes;
using world::kTrunkInputs;

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

// The network for PixelsByKind.
class Shading {
 public:
  explicit Shading(const world::PixelF32Request& request)
      : r_(request),
        plane_(static_cast<int64_t>(request.width) * request.height),
        row_(static_cast<int64_t>(request.width + 2) * kTrunkInputs) {}

  void in_place(int x, int pair, int kind) {
    const uint8_t* source = r_.planes + at({x, 2 * pair});
    for (int c = 0; c < kGuidePlanes; c++) {
      for (int g = 0; g < kGroups; g++) {
        const uint8_t* bytes = source + c * plane_ + g / 2 * r_.width + g % 2 * kLanes;
        store(a_.values + c * kUnit + g * kLanes, to_float(load_bytes(bytes)));
      }
    }
    network(kind);
    for (int k = 0; k < kUnit; k++) {
      put(k, {x + k % kUnitColumns, 2 * pair + k / kUnitColumns}, kind);
    }
  }

  void listed(const Pixel* pixels, int count, int kind) {
    for (int k = 0; k < kUnit; k++) {
      const uint8_t* source = r_.planes + at(pixels[k < count ? k : count - 1]);
      for (int c = 0; c < kGuidePlanes; c++) a_.values[c * kUnit + k] = source[c * plane_];
    }
    network(kind);
    for (int k = 0; k < count; k++) put(k, pixels[k], kind);
  }

  void repeat_border() {
    const size_t pixel_bytes = kTrunkInputs * sizeof(float);
    for (int y = 0; y < r_.height; y++) {
      std::memcpy(seen({-1, y}), seen({0, y}), pixel_bytes);
      std::memcpy(seen({r_.width, y}), seen({r_.width - 1, y}), pixel_bytes);
    }
    const size_t row_bytes = static_cast<size_t>(row_) * sizeof(float);
    std::memcpy(seen({-1, -1}), seen({-1, 0}), row_bytes);
    std::memcpy(seen({-1, r_.height}), seen({-1, r_.height - 1}), row_bytes);
  }

 private:
  int64_t at(Pixel p) const { return static_cast<int64_t>(p.y) * r_.width + p.x; }
  float* seen(Pixel p) const { return r_.seen + (p.y + 1) * row_ + (p.x + 1) * kTrunkInputs; }

  // From the bytes in a_ to the colours in a_.
  void network(int kind) {
    const float* packed = r_.weights + kind * world::kExpertFloats;
    packed = run_layer<0>(packed, a_, b_);
    packed = run_layer<1>(packed, b_, a_);
    packed = run_layer<2>(packed, a_, b_);
    run_layer<3>(packed, b_, a_);
  }

  // Pixel k of the unit.
  void put(int k, Pixel p, int kind) const {
    float* target = seen(p);
    for (int c = 0; c < kColourPlanes; c++) {
      const float value = a_.values[c * kUnit + k], shifted = value + .5f;
      r_.colours[c * plane_ + at(p)] = value;
      target[c] = shifted < 0.f ? 0.f : shifted > 1.f ? 1.f : shifted;
    }
    target[kColourPlanes] = kind == world::kThing ? 1.f : 0.f;
    for (int c = kSeenFirst; c < kTrunkInputs; c++) {
      target[c] = r_.planes[kSeenPlanes[c - kSeenFirst] * plane_ + at(p)] * (1 / 255.f);
    }
  }

  const world::PixelF32Request& r_;
  const int64_t plane_, row_;  // bytes of a plane; floats of a row of what the trunk sees
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
