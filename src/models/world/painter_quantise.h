// Trained weights to the integers that the painter's kernels take.
#pragma once
#include "models/world/painter.h"

namespace vita::world {

// What a convolution's sums become: bytes of 0..255 for 0..1, or the head's fixed point.
enum class ConvOutput { bytes, head };

// scope: weight [outputs][inputs][kernel][kernel] and bias [outputs], where kernel and inputs
// follow from the shape. Throws Error{corrupt} for weights that are no numbers or beyond all use.
ByteConv quantised_conv(const WeightScope& scope, const ConvShape& shape, ConvOutput output,
                        const PainterKernels& kernels);

// Throws Error{corrupt} if under a middling look weights or biases of the per-pixel network are no
// numbers, or biases leave the bits that pack_pixel_layer() has for them. What other looks make of
// them is rounded to what fits; training/export.py refuses weights that need it.
void check_pixel_weights(const WeightScope& painter, const PixelExperts& experts);

// One output's scale, weights and bias, as docs/world_model.md ("In integers") has them.
struct QuantisedRow {
  float scale;
  int32_t bias;
};
QuantisedRow quantise_row(const float* weights, int count, float bias, int8_t* out);

}  // namespace vita::world
