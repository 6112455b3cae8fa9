#include "models/world/painter_quantise.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "core/error.h"
#include "models/world/pixel_int16.h"

namespace vita::world {
namespace {

// Of the per-pixel network: a bias beyond it would leave 32 bits.
constexpr float kMostBias = 256.f;

// A weight of 1 in 16 bits.
float weight_one(int layer) {
  return layer == 0 ? 2.f / 255.f * (1 << kByteWeightBits) : 1 << kWeightBits;
}

// A sum of an output's weights that is larger would leave 32 bits in the head.
constexpr float kMostSum = 32768.f;

int32_t round_to_32(double value) {
  const double low = std::numeric_limits<int32_t>::min(),
               high = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::nearbyint(std::clamp(value, low, high)));
}

uint32_t round_to_16(float value) {
  return static_cast<uint16_t>(
      static_cast<int16_t>(std::nearbyint(std::clamp(value, -32768.f, 32767.f))));
}

// The factor from a sum times its scale (a number in 255ths) to the output's own fixed point.
float output_factor(ConvOutput output, int channel) {
  if (output == ConvOutput::bytes) return 1.f;
  return channel < 4 * kTaps ? 32768.f / 255.f : 16384.f / 255.f;
}

}  // namespace

QuantisedRow quantise_row(const float* weights, int count, float bias, int8_t* out) {
  float most = 0.f;
  for (int i = 0; i < count; i++) most = std::max(most, std::abs(weights[i]));
  float scale = std::max(most / 127.f, std::abs(bias) * 0x1p-21f);
  if (scale == 0.f) scale = 1.f;
  for (int i = 0; i < count; i++) {
    out[i] = static_cast<int8_t>(std::nearbyint(weights[i] / scale));
  }
  return {scale, round_to_32(double{bias} * 255 / double{scale})};
}

ByteConv quantised_conv(const WeightScope& scope, const ConvShape& shape, ConvOutput output,
                        const PainterKernels& kernels) {
  const int taps = shape.quads * 4 / shape.stride;  // beside each other; as many rows, if several
  const int kernel = taps == 1 ? 1 : shape.segments;
  const int inputs = taps == 1 ? shape.segments * shape.stride : shape.stride;
  const int count = inputs * kernel * kernel, area = kernel * kernel;
  const std::span<const float> weight =
      scope.tensor("weight", {shape.outputs, inputs, kernel, kernel});
  const std::span<const float> bias = scope.tensor("bias", {shape.outputs});

  ByteConv conv;
  conv.bias.assign(static_cast<size_t>(shape.outputs), 0);
  conv.scale.assign(static_cast<size_t>(shape.outputs), 0.f);
  std::vector<int8_t> row(static_cast<size_t>(count));
  std::vector<int8_t> ordered(static_cast<size_t>(count) * shape.outputs);
  for (int o = 0; o < shape.outputs; o++) {
    const float* from = weight.data() + static_cast<int64_t>(o) * count;
    float sum = std::abs(bias[static_cast<size_t>(o)]);
    for (int i = 0; i < count; i++) sum += std::abs(from[i]);
    if (!(sum < kMostSum)) {
      throw Error(ErrorCode::corrupt, scope.file().path() + ": \"" + scope.prefix() +
                                          "weight\": the magnitudes of output " +
                                          std::to_string(o) + " add up to " + std::to_string(sum) +
                                          ", expected less than " + std::to_string(kMostSum));
    }
    const QuantisedRow found = quantise_row(from, count, bias[static_cast<size_t>(o)], row.data());
    conv.bias[static_cast<size_t>(o)] = found.bias;
    conv.scale[static_cast<size_t>(o)] = found.scale * output_factor(output, o);
    // As the kernels read their input: rows of taps, or inputs one after the other.
    for (int place = 0; place < count; place++) {
      const int tap = place / inputs, input = place % inputs;
      ordered[(static_cast<size_t>(place / 4) * shape.outputs + o) * 4 + place % 4] =
          row[static_cast<size_t>(input * area + tap)];
    }
  }
  conv.weights.resize(static_cast<size_t>(conv_packed_bytes(shape)) / sizeof(ByteConv::Line));
  kernels.pack_conv(shape, ordered.data(), conv.weights.data());
  return conv;
}

void check_pixel_weights(const WeightScope& painter, const PixelExperts& experts) {
  float look[kLook], code[kCode], matrix[PixelExperts::kMostWeights],
      bias[PixelExperts::kMostLinear];
  std::fill_n(look, kLook, .5f);
  experts.encode(look, code);
  const auto check = [&](const float* values, int count, float most, int layer, int kind) {
    for (int i = 0; i < count; i++) {
      if (std::abs(values[i]) < most) continue;  // not of NaN
      throw Error(ErrorCode::corrupt,
                  painter.file().path() + ": \"" + painter.at("pixel").at(layer).prefix() +
                      "\": found " + std::to_string(values[i]) + " for kind " +
                      std::to_string(kind) + " under a look of halves, expected magnitudes below " +
                      std::to_string(most));
    }
  };
  for (int kind = 0; kind < kPixelKinds; kind++) {
    for (int layer = 0; layer < kPixelLayers; layer++) {
      const int linear = kPixel[layer].linear();
      experts.fold(layer, kind, code, matrix, bias);
      check(matrix, linear * kPixel[layer].inputs, 32767.f / weight_one(layer), layer, kind);
      check(bias, linear, kMostBias, layer, kind);
    }
  }
}

void pack_pixel_layer(int layer, const float* matrix, const float* bias, int32_t* packed) {
  const int inputs = kPixel[layer].inputs, linear = kPixel[layer].linear();
  const float one = weight_one(layer);
  const double bias_one = layer == 0 ? 1 << kByteWeightBits : 1 << (kWeightBits + kUnitBits);
  int32_t* pairs = packed + linear;
  for (int place = 0; place < linear; place++) {
    const int output = output_at(layer, place);
    const float* row = matrix + output * inputs;
    double start = bias[output];
    for (int i = 0; i < inputs && layer == 0; i++) start -= row[i];
    const uint32_t half = 1u << (pixel_shift(layer) - 1);
    packed[place] =
        static_cast<int32_t>(static_cast<uint32_t>(round_to_32(start * bias_one)) + half);
    for (int p = 0; p < inputs / 2; p++) {
      pairs[(place / 4 * (inputs / 2) + p) * 4 + place % 4] = static_cast<int32_t>(
          round_to_16(row[2 * p] * one) | round_to_16(row[2 * p + 1] * one) << 16);
    }
  }
}

}  // namespace vita::world
