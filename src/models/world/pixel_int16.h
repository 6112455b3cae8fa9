// The packed weights of the per-pixel network in 16 bits.
#pragma once
#include <cstdint>

#include "models/world/painter_sizes.h"

namespace vita::world {

// Fractional bits: of what layer 0 sees as bytes, of all units, of the colours.
inline constexpr int kUnitBits = 11, kColourBits = 14;
inline constexpr int kWeightBits = 12, kByteWeightBits = 17;

// By how much the sum of a linear output is shifted down.
constexpr int pixel_shift(int layer) {
  if (layer == 0) return kByteWeightBits - kUnitBits;
  return layer == kPixelLayers - 1 ? kWeightBits + kUnitBits - kColourBits : kWeightBits;
}

// 32-bit words of one layer of one expert: its biases, then its weights, as pack_pixel_layer()
// writes them.
constexpr int pixel_layer_words(int layer) {
  return kPixel[layer].linear() * (1 + kPixel[layer].inputs / 2);
}
inline constexpr int kExpertWords =
    pixel_layer_words(0) + pixel_layer_words(1) + pixel_layer_words(2) + pixel_layer_words(3);

// Where the kernel keeps linear output number `place`: factors of products stand beside each other.
constexpr int output_at(int layer, int place) {
  const int products = kPixel[layer].products;
  if (place >= 2 * products) return place;
  return place / 4 * 2 + place % 2 + (place % 4 >= 2 ? products : 0);
}

// Rounds one layer of one expert: matrix [linear][inputs] and bias [linear] for inputs of -1..1 in
// layer 0, which the kernel is given as bytes. packed: [linear] biases, each with the half that
// rounds its sum, then [linear / 4][inputs / 2][4] pairs of weights.
void pack_pixel_layer(int layer, const float* matrix, const float* bias, int32_t* packed);

}  // namespace vita::world
