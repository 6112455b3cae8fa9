// The widths of the painter that its kernels are made for. Plain data only, so that code compiled
// per instruction set needs nothing of the standard library.
#pragma once
#include <cstdint>

#include "models/world/spec.h"

namespace vita::world {

inline constexpr int kPixelKinds = 4;

// A layer of the per-pixel network: of its linear outputs the first `products` are multiplied by
// the next as many, the last `ramps` are clamped to 0..1, the rest stays as it is.
struct PixelLayer {
  int inputs, products, ramps, plain;
  constexpr int linear() const { return 2 * products + ramps + plain; }
  constexpr int outputs() const { return products + ramps + plain; }
};
inline constexpr int kPixelLayers = 4;
inline constexpr PixelLayer kPixel[kPixelLayers] = {
    {kGuidePlanes, 0, 48, 0}, {48, 20, 8, 0}, {28, 12, 8, 0}, {20, 0, 0, 16}};
inline constexpr int kFeatures = kPixel[kPixelLayers - 1].plain;
inline constexpr int kColourPlanes = 3;               // the first features: Y - 0.5, U, V
inline constexpr int kBlockChannels = 4 * kFeatures;  // of one 2x2 block of pixels

inline constexpr int kTrunk = 32;
inline constexpr int kTaps = 3;  // neighbours that a picture pixel is blended with
// 16 weights of each tap, 16 values added to Y, 4 to U, 4 to V.
inline constexpr int kHeadChannels = 16 * kTaps + 16 + 8;

inline constexpr int kCodeHidden = 64, kCodeOutputs = 32;
inline constexpr int kCode = kLook + kCodeOutputs;

}  // namespace vita::world
