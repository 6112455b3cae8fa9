#include "models/world/painter_weights.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace vita::world {
namespace {

std::string text(const std::vector<int64_t>& values) {
  std::string out = "[";
  for (size_t i = 0; i < values.size(); i++) out += (i ? ", " : "") + std::to_string(values[i]);
  return out + "]";
}

void check(const Config& config, const char* key, int64_t expected) {
  const int64_t found = config.integer(key, 1, 4096);
  if (found == expected) return;
  throw Error(ErrorCode::corrupt, config.where() + ": " + key + " is " + std::to_string(found) +
                                      ", expected " + std::to_string(expected));
}

void check(const Config& config, const char* key, const std::vector<int64_t>& found,
           const std::vector<int64_t>& expected) {
  if (found == expected) return;
  throw Error(ErrorCode::corrupt, config.where() + ": " + key + " is " + text(found) +
                                      ", expected " + text(expected) +
                                      ", which the kernels are made for");
}

// Rows of `width` floats with rows of zeros behind them.
std::vector<float> padded(const float* rows, int64_t count, int64_t width, int64_t padded_count) {
  std::vector<float> out(static_cast<size_t>(padded_count * width));
  std::copy_n(rows, count * width, out.begin());
  return out;
}

int64_t whole_lanes(int64_t outputs) {
  return (outputs + Affine::kAtOnce - 1) / Affine::kAtOnce * Affine::kAtOnce;
}

Affine linear(const WeightScope& scope, int inputs, int outputs) {
  return {scope.tensor("weight", {outputs, inputs}).data(), scope.tensor("bias", {outputs}).data(),
          inputs, outputs};
}

}  // namespace

void check_painter_config(const Config& config) {
  check(config, "look", kLook);
  check(config, "planes", kGuidePlanes);
  check(config, "kinds", kPixelKinds);
  check(config, "trunk", kTrunk);
  check(config, "seen", config.integers("seen", 0, 4096),
        {kSeenPlanes, kSeenPlanes + kTrunkInputs - kSeenFirst});
  check(config, "code", config.integers("code", 1, 4096), {kCodeHidden, kCodeOutputs});
  std::vector<int64_t> expected, found;
  for (int layer = 0; layer < kPixelLayers - 1; layer++) {
    expected.insert(expected.end(), {kPixel[layer].products, kPixel[layer].ramps});
  }
  for (const std::vector<int64_t>& pair : config.integer_lists("pixel", 0, 4096)) {
    found.insert(found.end(), pair.begin(), pair.end());
  }
  check(config, "pixel", found, expected);
}

Affine::Affine(const float* matrix, const float* bias, int inputs, int outputs)
    : inputs_(inputs), outputs_(outputs) {
  packed_.reserve(static_cast<size_t>(outputs) * (1 + inputs));
  for (int o = 0; o < outputs; o += kAtOnce) {
    packed_.insert(packed_.end(), bias + o, bias + o + kAtOnce);
    for (int i = 0; i < inputs; i++) {
      for (int k = 0; k < kAtOnce; k++) {
        packed_.push_back(matrix[static_cast<int64_t>(o + k) * inputs + i]);
      }
    }
  }
}

void Affine::operator()(const float* x, float* y) const {
  const float* weights = packed_.data();
  for (int o = 0; o < outputs_; o += kAtOnce) {
    float sums[kAtOnce];
    std::copy_n(weights, kAtOnce, sums);
    weights += kAtOnce;
    for (int i = 0; i < inputs_; i++, weights += kAtOnce) {
      for (int k = 0; k < kAtOnce; k++) sums[k] += x[i] * weights[k];
    }
    std::copy_n(sums, kAtOnce, y + o);
  }
}

PixelExperts::PixelExperts(const WeightScope& painter) {
  const WeightScope look = painter.at("look");
  look_.push_back(linear(look.at(0), kLook, kCodeHidden));
  look_.push_back(linear(look.at(1), kCodeHidden, kCodeOutputs));
  for (int layer = 0; layer < kPixelLayers; layer++) {
    const WeightScope scope = painter.at("pixel").at(layer);
    const int64_t inputs = kPixel[layer].inputs, room = kPixel[layer].linear();
    const int64_t linear = layer == kPixelLayers - 1 ? kColourPlanes : room;  // in the file
    const float* weight = scope.tensor("weight", {kPixelKinds, linear * inputs}).data();
    const float* bias = scope.tensor("bias", {kPixelKinds, linear}).data();
    const float* bias_code = scope.tensor("bias_code", {kPixelKinds, linear, kCode}).data();
    const float* weight_code =
        layer == 0 ? nullptr
                   : scope.tensor("weight_code", {kPixelKinds, linear * inputs, kCode}).data();
    // What of one kind a linear map of the code gives, with zeros up to whole lanes.
    const auto affine = [](const float* matrix, const float* start, int64_t outputs,
                           int64_t space) {
      const int64_t all = whole_lanes(space);
      return Affine(padded(matrix, outputs, kCode, all).data(),
                    padded(start, outputs, 1, all).data(), kCode, static_cast<int>(all));
    };
    for (int64_t kind = 0; kind < kPixelKinds; kind++) {
      Layer& out = layers_[static_cast<size_t>(layer)][static_cast<size_t>(kind)];
      out.bias.push_back(
          affine(bias_code + kind * linear * kCode, bias + kind * linear, linear, room));
      const float* from = weight + kind * linear * inputs;
      if (layer == 0) {
        out.fixed.assign(from, from + linear * inputs);
      } else {
        out.matrix.push_back(affine(weight_code + kind * linear * inputs * kCode, from,
                                    linear * inputs, room * inputs));
      }
    }
  }
}

void PixelExperts::encode(const float* look, float* code) const {
  float hidden[kCodeHidden];
  const auto rectify = [](float* values, int count) {
    for (int i = 0; i < count; i++) values[i] = std::max(values[i], 0.f);
  };
  look_[0](look, hidden);
  rectify(hidden, kCodeHidden);
  std::copy_n(look, kLook, code);
  look_[1](hidden, code + kLook);
  rectify(code + kLook, kCodeOutputs);
}

void PixelExperts::fold(int layer, int kind, const float* code, float* matrix, float* bias) const {
  const Layer& from = layers_[static_cast<size_t>(layer)][static_cast<size_t>(kind)];
  from.bias[0](code, bias);
  if (layer == 0) {
    std::copy(from.fixed.begin(), from.fixed.end(), matrix);
  } else {
    from.matrix[0](code, matrix);
  }
  const int weights = kPixel[layer].linear() * kPixel[layer].inputs;
  const float most = layer == 0 ? kMostFirst : kMostTurned;
  for (int i = 0; i < weights; i++) matrix[i] = std::min(std::max(matrix[i], -most), most);
}

}  // namespace vita::world
