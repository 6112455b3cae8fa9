#include "painter/painter_reference.h"

#include <algorithm>
#include <cmath>

#include "models/world/pixel_int16.h"

namespace vita::world::reference {
namespace {

int16_t saturated(int64_t v) {
  return static_cast<int16_t>(std::clamp<int64_t>(v, INT16_MIN, INT16_MAX));
}
int16_t add(int16_t a, int16_t b) { return saturated(int64_t{a} + b); }
int64_t rs(int64_t v, int n) { return (v + (int64_t{1} << (n - 1))) >> n; }

// Weight of a linear output in the packed layer.
int16_t weight_at(int layer, const int32_t* packed, int place, int input) {
  const int pairs = kPixel[layer].inputs / 2;
  const auto pair = static_cast<uint32_t>(
      packed[kPixel[layer].linear() + (place / 4 * pairs + input / 2) * 4 + place % 4]);
  return static_cast<int16_t>(pair >> (input % 2 * 16));
}

// In the order of the trained network.
std::vector<int16_t> linear_outputs(int layer, const int32_t* packed, const std::vector<int>& in) {
  std::vector<int16_t> out(static_cast<size_t>(kPixel[layer].linear()));
  for (int place = 0; place < kPixel[layer].linear(); place++) {
    const int output = output_at(layer, place), shift = pixel_shift(layer);
    auto sum = static_cast<uint32_t>(packed[place]);  // with its half
    for (int i = 0; i < kPixel[layer].inputs; i++) {
      sum += static_cast<uint32_t>(weight_at(layer, packed, place, i) *
                                   int64_t{in[static_cast<size_t>(i)]});
    }
    out[static_cast<size_t>(output)] = saturated(static_cast<int32_t>(sum) >> shift);
  }
  return out;
}

// Bayer's matrix by its definition: M(2n) = [4 M, 4 M + 2; 4 M + 3, 4 M + 1].
int bayer(int size, int x, int y) {
  if (size == 1) return 0;
  const int half = size / 2, corner[2][2] = {{0, 2}, {3, 1}};
  return 4 * bayer(half, x % half, y % half) + corner[y / half][x / half];
}

uint8_t dithered(int64_t in_64ths, int x, int y) {
  const int64_t sum = std::min<int64_t>(in_64ths + bayer(8, x & 7, y & 7), INT16_MAX);
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> 6, 0, 255));
}

}  // namespace

PixelResult shade(const int32_t* experts, int kind, const uint8_t* planes) {
  const int32_t* expert = experts + kind * kExpertWords;
  std::vector<int> units(planes, planes + kGuidePlanes);
  PixelResult result{};
  for (int layer = 0; layer < kPixelLayers; layer++) {
    const PixelLayer l = kPixel[layer];
    const std::vector<int16_t> y = linear_outputs(layer, expert, units);
    units.clear();
    for (int k = 0; k < l.products; k++) {
      const auto a = static_cast<size_t>(k), b = static_cast<size_t>(k + l.products);
      units.push_back(saturated(rs(int64_t{y[a]} * y[b], 11)));
    }
    for (int k = 2 * l.products; k < 2 * l.products + l.ramps; k++) {
      units.push_back(std::clamp<int>(y[static_cast<size_t>(k)], 0, 1 << 11));
    }
    if (layer == kPixelLayers - 1) std::copy_n(y.begin(), kColourPlanes, result.colours.begin());
    expert += pixel_layer_words(layer);
  }
  for (size_t c = 0; c < kColourPlanes; c++) {
    const int64_t value = result.colours[c] + (1 << 13);
    result.seen[c] = static_cast<uint8_t>(std::clamp<int64_t>(rs(value * 255, 14), 0, 255));
  }
  result.seen[kColourPlanes] = kind == kThing ? 255 : 0;
  for (size_t c = kSeenFirst; c < kTrunkInputs; c++) {
    result.seen[c] = planes[kSeenPlanes[c - kSeenFirst]];
  }
  return result;
}

int32_t convolve(const ConvShape& shape, const int8_t* weights, const ConvRow& row, int x,
                 int output) {
  int32_t sum = row.bias[output];
  for (int s = 0; s < shape.segments; s++) {
    for (int k = 0; k < shape.quads * 4; k++) {
      const int quad = s * shape.quads + k / 4;
      sum += row.segment[s][x * shape.stride + k] *
             weights[(static_cast<int64_t>(quad) * shape.outputs + output) * 4 + k % 4];
    }
  }
  return sum;
}

uint8_t to_byte(int32_t sum, float scale) {
  const float scaled = static_cast<float>(sum) * scale;
  return static_cast<uint8_t>(std::clamp(std::nearbyint(scaled), 0.f, 255.f));
}

int16_t to_head(int32_t sum, float scale) {
  const float scaled = static_cast<float>(sum) * scale;
  return static_cast<int16_t>(std::clamp(std::nearbyint(scaled), -32767.f, 32767.f));
}

int16_t blend(const Blend& b) {
  const int16_t neighbours[kTaps] = {b.beside, b.above, b.diagonal};
  int16_t value = b.own;
  for (int tap = 0; tap < kTaps; tap++) {
    const int16_t difference = saturated(int64_t{neighbours[tap]} - b.own);
    value = add(value, saturated(rs(int64_t{b.weights[tap]} * difference, 15)));
  }
  return add(value, b.added);
}

uint8_t luma_byte(int16_t value, int x, int y) {
  return dithered(rs(int64_t{value} * 219 * 128, 15) + 16 * 64 + 219 * 32, x, y);
}

uint8_t chroma_byte(int16_t value, int x, int y) {
  return dithered(rs(int64_t{value} * 224 * 128, 15) + 128 * 64, x, y);
}

}  // namespace vita::world::reference
