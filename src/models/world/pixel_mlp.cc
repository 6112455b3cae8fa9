// The per-pixel network, lanes across pixels. Stretches of one kind are read in place; pixels near
// the border between two kinds are gathered by kind, so that no pixel is computed twice.
#include "models/world/pixel_mlp.h"

#include "core/simd.h"

namespace vita::VITA_ISA {
namespace {

using world::kBlockChannels;
using world::kGuidePlanes;
using world::kPixelKinds;
using world::kPixelOutputs;
using world::kPixelWidths;

// A unit is what one pass computes: two rows of kUnitColumns pixels, as kGroups vectors.
constexpr int kGroups = 4;
constexpr int kUnitColumns = 2 * kLanes;
constexpr int kUnit = kGroups * kLanes;
constexpr int kOutputsAtOnce = kLanes == 16 ? 4 : 2;  // accumulators: kGroups times this

constexpr int kWidest = 48;  // channels of a layer
// Activations of one unit, [channel][kUnit].
struct Tile {
  alignas(64) float values[kWidest * kUnit];
};

template <int kInputs, int kOutputs, bool kRelu>
void layer(const float* packed, const Tile& in, Tile& out) {
  const float* bias = packed;
  const float* weights = packed + kOutputs;
  for (int o = 0; o < kOutputs; o += kOutputsAtOnce) {
    F sum[kOutputsAtOnce][kGroups];
    for (int k = 0; k < kOutputsAtOnce; k++) {
      for (int g = 0; g < kGroups; g++) sum[k][g] = F(bias[o + k]);
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
        store(out.values + (o + k) * kUnit + g * kLanes,
              kRelu ? max(sum[k][g], F(0.f)) : sum[k][g]);
      }
    }
  }
}

// Leaves the result in `a`, whose first kGuidePlanes channels hold the input bytes as floats.
void network(const float* expert, Tile& a, Tile& b) {
  layer<kPixelWidths[0], kPixelWidths[1], true>(expert, a, b);
  expert += world::pixel_layer_floats(0);
  layer<kPixelWidths[1], kPixelWidths[2], true>(expert, b, a);
  expert += world::pixel_layer_floats(1);
  layer<kPixelWidths[2], kPixelWidths[3], false>(expert, a, b);
}

typedef float Quad __attribute__((vector_size(16)));

Quad load_quad(const float* p) {
  Quad q;
  std::memcpy(&q, p, sizeof q);
  return q;
}

// Writes a unit that lies as two rows in the guide: block k takes pixels 2k and 2k + 1 of both
// rows.
void store_blocks(const Tile& tile, float* out) {
  for (int c = 0; c < kPixelOutputs; c++) {
    const float* upper = tile.values + c * kUnit;
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

class PixelMlp {
 public:
  explicit PixelMlp(const world::PixelMlpRequest& request)
      : r_(request),
        plane_(static_cast<int64_t>(request.width) * request.height),
        row_(static_cast<int64_t>(request.width / 2 + 2) * kBlockChannels) {}

  void run() {
    for (int y = 0; y < r_.height; y += 2) {
      int x = 0;
      for (; x + kUnitColumns <= r_.width; x += kUnitColumns) {
        const int kind = common_kind(x, y);
        if (kind >= 0) {
          unit_in_place(x, y, kind);
        } else {
          list_pixels(x, y, kUnitColumns);
        }
      }
      if (x < r_.width) list_pixels(x, y, r_.width - x);
    }
    for (int kind = 0; kind < kPixelKinds; kind++) flush(kind);
    repeat_border();
  }

 private:
  float* block(int x, int y) { return r_.out + (y / 2 + 1) * row_ + (x / 2 + 1) * kBlockChannels; }
  const float* expert(int kind) const { return r_.weights + kind * world::pixel_expert_floats(); }

  // The kind of all pixels of a unit, or -1.
  int common_kind(int x, int y) const {
    const uint8_t* upper = r_.kinds + static_cast<int64_t>(y) * r_.width + x;
    const uint8_t* lower = upper + r_.width;
    uint64_t first, differences = 0;
    std::memcpy(&first, upper, sizeof first);
    const uint64_t wanted = (first & 255) * 0x0101010101010101ull;
    for (int k = 0; k < kUnitColumns; k += 8) {
      uint64_t a, b;
      std::memcpy(&a, upper + k, sizeof a);
      std::memcpy(&b, lower + k, sizeof b);
      differences |= (a ^ wanted) | (b ^ wanted);
    }
    return differences == 0 ? *upper & 3 : -1;
  }

  void unit_in_place(int x, int y, int kind) {
    const uint8_t* source = r_.planes + static_cast<int64_t>(y) * r_.width + x;
    for (int c = 0; c < kGuidePlanes; c++, source += plane_) {
      float* target = a_.values + c * kUnit;
      store(target, to_float(load_bytes(source)));
      store(target + kLanes, to_float(load_bytes(source + kLanes)));
      store(target + 2 * kLanes, to_float(load_bytes(source + r_.width)));
      store(target + 3 * kLanes, to_float(load_bytes(source + r_.width + kLanes)));
    }
    network(expert(kind), a_, b_);
    store_blocks(b_, block(x, y));
  }

  void list_pixels(int x0, int y0, int columns) {
    for (int y = y0; y < y0 + 2; y++) {
      for (int x = x0; x < x0 + columns; x++) {
        const int kind = r_.kinds[static_cast<int64_t>(y) * r_.width + x] & 3;
        waiting_[kind][count_[kind]++] = {x, y};
        if (count_[kind] == kUnit) flush(kind);
      }
    }
  }

  // Computes the listed pixels of a kind; a list that is not full repeats its last pixel.
  void flush(int kind) {
    const int count = count_[kind];
    if (count == 0) return;
    for (int k = 0; k < kUnit; k++) {
      const Pixel p = waiting_[kind][k < count ? k : count - 1];
      const uint8_t* source = r_.planes + static_cast<int64_t>(p.y) * r_.width + p.x;
      for (int c = 0; c < kGuidePlanes; c++) a_.values[c * kUnit + k] = source[c * plane_];
    }
    network(expert(kind), a_, b_);
    for (int k = 0; k < count; k++) {
      const Pixel p = waiting_[kind][k];
      float* target = block(p.x, p.y) + (p.y & 1) * 2 + (p.x & 1);
      for (int c = 0; c < kPixelOutputs; c++) target[c * 4] = b_.values[c * kUnit + k];
    }
    count_[kind] = 0;
  }

  void repeat_border() {
    const int rows = r_.height / 2, columns = r_.width / 2;
    const size_t block_bytes = kBlockChannels * sizeof(float);
    for (int y = 1; y <= rows; y++) {
      float* row = r_.out + y * row_;
      std::memcpy(row, row + kBlockChannels, block_bytes);
      std::memcpy(row + (columns + 1) * kBlockChannels, row + columns * kBlockChannels,
                  block_bytes);
    }
    const size_t row_bytes = static_cast<size_t>(row_) * sizeof(float);
    std::memcpy(r_.out, r_.out + row_, row_bytes);
    std::memcpy(r_.out + (rows + 1) * row_, r_.out + rows * row_, row_bytes);
  }

  struct Pixel {
    int x, y;
  };
  const world::PixelMlpRequest& r_;
  const int64_t plane_, row_;  // bytes of a plane; floats of a row of `out`
  Tile a_, b_;
  Pixel waiting_[kPixelKinds][kUnit];
  int count_[kPixelKinds] = {};
};

}  // namespace

void pixel_mlp(const world::PixelMlpRequest& request) { PixelMlp(request).run(); }

}  // namespace vita::VITA_ISA
