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
inline constexpr int kColourPlanes = 3;  // what the network gives: Y - 0.5, U, V
// The last layer is padded with an output of zeros.
inline constexpr PixelLayer kPixel[kPixelLayers] = {
    {kGuidePlanes, 0, 48, 0}, {48, 20, 8, 0}, {28, 12, 8, 0}, {20, 0, 0, kColourPlanes + 1}};

// What the trunk sees of a guide pixel: its colour, whether it is a thing, and these planes.
inline constexpr int kSeenFirst = kColourPlanes + 1, kTrunkInputs = 16;
inline constexpr int kSeenPlanes[kTrunkInputs - kSeenFirst] = {18, 0,  7,  8,  4,  5,
                                                               6,  10, 11, 12, 13, 14};
inline constexpr int kTrunk = 16;
inline constexpr int kTaps = 3;  // neighbours that a picture pixel is blended with
// For each of a guide pixel's four picture pixels a weight of each tap and a value added to Y.
inline constexpr int kHeadChannels = 4 * (kTaps + 1);

inline constexpr int kCodeHidden = 64, kCodeOutputs = 32;
inline constexpr int kCode = kLook + kCodeOutputs;

}  // namespace vita::world
