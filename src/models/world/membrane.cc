#include "models/world/membrane.h"

#include <algorithm>

namespace vita::world {
namespace {

constexpr int kSweeps = 32;
// 1 / square of the depth in cells to which a border's correction reaches.
constexpr float kScreen = 0.02f;
// How much better corrections are carried across the nearest border than along it.
constexpr float kGrain = 8.f;
constexpr int kSide = kTileCells + 2, kChannels = kMapChannels;

int window_cell(int z, int x) {
  return (z + kMarginCells - 1) * kWindowCells + x + kMarginCells - 1;
}

// The tile and one ring of cells around it: corrections at first, land at the end.
struct Ring {
  float* u;           // [34][34][12]
  const float* mask;  // [48][48]

  float* at(int z, int x) const { return u + (int64_t{z} * kSide + x) * kChannels; }
  bool fixed(int z, int x) const { return mask[window_cell(z, x)] > 0.f; }

  // Calls visit(ring cell, the cell inside it, the next one inside) along the four borders, in the
  // order top, bottom, left, right.
  template <typename Visit>
  void along_borders(Visit visit) const {
    for (const int end : {0, kSide - 1}) {
      const int step = end == 0 ? 1 : -1;
      for (int k = 1; k <= kTileCells; k++)
        visit(fixed(end, k), at(end, k), at(end + step, k), at(end + 2 * step, k));
    }
    for (const int end : {0, kSide - 1}) {
      const int step = end == 0 ? 1 : -1;
      for (int k = 1; k <= kTileCells; k++)
        visit(fixed(k, end), at(k, end), at(k, end + step), at(k, end + 2 * step));
    }
  }
  // A border cell that no neighbour holds repeats the cell inside.
  void free_ends() const {
    along_borders([](bool is_fixed, float* out, const float* rim, const float*) {
      if (!is_fixed) std::copy_n(rim, kChannels, out);
    });
  }
  // The tile's outermost cells take a quarter each from the neighbour's cell outside and from the
  // cell inside.
  void soften_rim() const {
    along_borders([](bool is_fixed, const float* out, float* rim, const float* inside) {
      if (!is_fixed) return;
      for (int c = 0; c < kChannels; c++)
        rim[c] = 0.25f * out[c] + 0.5f * rim[c] + 0.25f * inside[c];
    });
  }
  void relax(int colour) const {
    for (int z = 1; z <= kTileCells; z++) {
      for (int x = 1 + ((z + 1 + colour) & 1); x <= kTileCells; x += 2) {
        const int deep_z = std::min(z, kTileCells + 1 - z),
                  deep_x = std::min(x, kTileCells + 1 - x);
        const float along_z = deep_z < deep_x ? kGrain : 1.f,
                    along_x = deep_x < deep_z ? kGrain : 1.f;
        const float scale = 1.f / (2.f * (along_z + along_x) + kScreen);
        float* here = at(z, x);
        const float *up = at(z - 1, x), *down = at(z + 1, x), *left = at(z, x - 1),
                    *right = at(z, x + 1);
        for (int c = 0; c < kChannels; c++) {
          here[c] = (along_z * (up[c] + down[c]) + along_x * (left[c] + right[c])) * scale;
        }
      }
    }
  }
};

}  // namespace

void continue_neighbours(Run& run, const float* known, const float* mask, float* clean) {
  auto scratch = run.workspace.scope();
  const Ring ring{scratch.take(Dtype::f32, {kSide, kSide, kChannels}).f32(), mask};
  bool any = false;
  for (int z = 0; z < kSide; z++) {
    for (int x = 0; x < kSide; x++) {
      const int cell = window_cell(z, x);
      const bool fixed = mask[cell] > 0.f;
      any = any || fixed;
      for (int c = 0; c < kChannels; c++) {
        const int64_t at = int64_t{cell} * kChannels + c;
        ring.at(z, x)[c] = fixed ? known[at] - clean[at] : 0.f;
      }
    }
  }
  if (!any) return;
  for (int sweep = 0; sweep < kSweeps; sweep++) {
    for (int colour = 0; colour < 2; colour++) {
      ring.free_ends();
      ring.relax(colour);
    }
  }
  for (int z = 0; z < kSide; z++) {
    for (int x = 0; x < kSide; x++) {
      const int64_t from = int64_t{window_cell(z, x)} * kChannels;
      float* land = ring.at(z, x);
      for (int c = 0; c < kChannels; c++)
        land[c] = ring.fixed(z, x) ? known[from + c] : clean[from + c] + land[c];
    }
  }
  ring.soften_rim();
  for (int z = 1; z <= kTileCells; z++) {
    for (int x = 1; x <= kTileCells; x++) {
      std::copy_n(ring.at(z, x), kChannels, clean + int64_t{window_cell(z, x)} * kChannels);
    }
  }
}

}  // namespace vita::world
