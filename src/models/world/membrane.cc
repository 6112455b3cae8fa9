#include "models/world/membrane.h"

namespace vita::world {
namespace {

constexpr int kSweeps = 32;
constexpr float kScreen =
    0.02f;  // 1 / square of the depth in cells to which a border's correction reaches
constexpr int kSide = kTileCells + 2, kChannels = kMapChannels;

int window_cell(int z, int x) {
  return (z + kMarginCells - 1) * kWindowCells + x + kMarginCells - 1;
}

struct Ring {
  float* u;           // [34][34][12], the correction
  const float* mask;  // [48][48]

  float* at(int z, int x) const { return u + (int64_t{z} * kSide + x) * kChannels; }
  // A border cell that no neighbour holds repeats the cell inside.
  void free_end(int z, int x, int inner_z, int inner_x) const {
    if (mask[window_cell(z, x)] > 0.f) return;
    for (int c = 0; c < kChannels; c++) at(z, x)[c] = at(inner_z, inner_x)[c];
  }
  void free_ends() const {
    for (int k = 1; k <= kTileCells; k++) {
      free_end(0, k, 1, k);
      free_end(kSide - 1, k, kSide - 2, k);
      free_end(k, 0, k, 1);
      free_end(k, kSide - 1, k, kSide - 2);
    }
  }
  void relax(int colour) const {
    for (int z = 1; z <= kTileCells; z++) {
      for (int x = 1 + ((z + 1 + colour) & 1); x <= kTileCells; x += 2) {
        float* here = at(z, x);
        const float *up = at(z - 1, x), *down = at(z + 1, x), *left = at(z, x - 1),
                    *right = at(z, x + 1);
        for (int c = 0; c < kChannels; c++)
          here[c] = (up[c] + down[c] + left[c] + right[c]) * (1.f / (4.f + kScreen));
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
  for (int z = 1; z <= kTileCells; z++) {
    for (int x = 1; x <= kTileCells; x++) {
      float* to = clean + int64_t{window_cell(z, x)} * kChannels;
      for (int c = 0; c < kChannels; c++) to[c] += ring.at(z, x)[c];
    }
  }
}

}  // namespace vita::world
