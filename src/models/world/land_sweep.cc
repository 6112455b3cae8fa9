// The land's shadows, compiled per instruction set; see light_maps.h.
#include "core/simd.h"
#include "models/world/light_maps.h"

namespace vita::VITA_ISA {

using world::kWindowFine;

namespace {

// Where the sweep walks: `step` runs away from the sun, `lane` across it.
struct Walk {
  bool along_x;
  int direction;  // +1 or -1 along the step axis
  float lean;     // lanes that the light drifts per step
};

Walk plan(const float* sun) {
  const float ax = __builtin_fabsf(sun[0]), az = __builtin_fabsf(sun[2]);
  Walk w{};
  w.along_x = ax > az;
  const float major = w.along_x ? sun[0] : sun[2], minor = w.along_x ? sun[2] : sun[0];
  w.direction = major > 0 ? -1 : 1;
  w.lean = __builtin_fabsf(major) > 1e-6f ? minor / __builtin_fabsf(major) : 0.f;
  return w;
}

constexpr int kPad = 32, kMask = kWindowFine - 1;
constexpr int kLine = world::kSweepLine;

// Lines of sight over all lanes, one step after another.
struct Lines {
  const float* old_line;
  float* new_line;
  int lanes, toward;
  float share, fall;
};

// The visibility of kLanes cells from lane l on; moves their lines on.
inline I lit_from(const Lines& lines, F height, int l) {
  const F h = max(height, 0.f);  // what is seen of a sea is its surface
  const F line = mix(load(lines.old_line + kPad + l),
                     load(lines.old_line + kPad + l + lines.toward), F(lines.share)) -
                 lines.fall;
  store(lines.new_line + kPad + l, max(h, line));
  return truncate(saturate((h - line) * .3f + .75f) * 255.f + .5f);
}

inline void put_light(uint16_t& cell, int32_t lit) {
  cell = static_cast<uint16_t>((cell & 0xff) | lit << 8);
}
// The row's first cell, once more behind its last.
inline void close_row(uint16_t* row) { row[kWindowFine] = row[0]; }
inline F metres(I height) { return to_float(height) * world::kMapHeightStep; }

// Steps from row to row: the lanes lie beside each other in memory.
void sweep_row(const world::SweepDesc& desc, int row, const Lines& lines) {
  const int first = desc.first_x;
  for (int l = 0; l < lines.lanes; l += kLanes) {
    const int at = row * world::kFinePitch + ((first + l) & kMask);  // vectors lie within a tile
    const I lit = lit_from(lines, metres(load_shorts(desc.height + at)), l);
    for (int i = 0; i < kLanes; i++) put_light(desc.light[at + i], lit.v[i]);
  }
  close_row(desc.light + row * world::kFinePitch);
}

// Steps from column to column. Their lanes lie rows apart: a stripe of columns is turned round,
// swept, and its light turned back.
class Stripe {
 public:
  Stripe(const world::SweepDesc& desc, int first_column, int columns)
      : desc_(desc),
        column_(first_column),
        columns_(columns),
        seen_(desc.scratch + 2 * kLine),
        lit_(reinterpret_cast<int32_t*>(seen_ + world::kSweepStripe * kStride)) {
    for_cells([&](int at, int turned) {
      seen_[turned] = static_cast<float>(desc_.height[at]) * world::kMapHeightStep;
    });
  }
  void sweep(int column, Lines lines) {
    const int turned = (column - column_) * kStride;
    for (int l = 0; l < lines.lanes; l += kLanes) {
      const I lit = lit_from(lines, load(seen_ + turned + l), l);
      std::memcpy(lit_ + turned + l, &lit, sizeof lit);
    }
  }
  void put_back() {
    for_cells([&](int at, int turned) { put_light(desc_.light[at], lit_[turned]); });
    if (column_ > 0) return;
    for (int l = 0; l < desc_.cells_z; l++) close_row(desc_.light + row_of(l));
  }

 private:
  static constexpr int kStride = world::kSweepStride;
  int row_of(int lane) const { return ((desc_.first_z + lane) & kMask) * world::kFinePitch; }
  template <class Body>
  void for_cells(const Body& body) {
    for (int l = 0; l < desc_.cells_z; l++) {
      const int row = row_of(l);
      for (int c = 0; c < columns_; c++) body(row + column_ + c, c * kStride + l);
    }
  }

  const world::SweepDesc& desc_;
  int column_, columns_;
  float* seen_;
  int32_t* lit_;
};

}  // namespace

void sweep_land(const world::SweepDesc& desc) {
  const Walk w = plan(desc.sun);
  const float flat = __builtin_sqrtf(desc.sun[0] * desc.sun[0] + desc.sun[2] * desc.sun[2]) + 1e-6f;
  const float fall = desc.sun[1] / flat * world::kFineMetres * __builtin_sqrtf(1 + w.lean * w.lean);
  const int steps = w.along_x ? desc.cells_x : desc.cells_z,
            lanes = w.along_x ? desc.cells_z : desc.cells_x;
  for (int i = 0; desc.step_first == 0 && i < 2 * kLine; i++) desc.scratch[i] = -1e4f;
  const int first = w.along_x ? desc.first_x : desc.first_z;
  const auto place_of = [&](int k) {
    return (first + (w.direction > 0 ? k : steps - 1 - k)) & kMask;
  };
  const auto lines_of = [&](int k) {
    float* const even = desc.scratch;
    float* const odd = desc.scratch + kLine;
    return Lines{k % 2 == 0 ? even : odd, k % 2 == 0 ? odd : even, lanes,
                 w.lean > 0 ? 1 : -1,     __builtin_fabsf(w.lean), fall};
  };
  const int last = desc.step_last < steps ? desc.step_last : steps;
  for (int k = desc.step_first; k < last; k += w.along_x ? world::kSweepStripe : 1) {
    if (!w.along_x) {
      sweep_row(desc, place_of(k), lines_of(k));
      continue;
    }
    const int end = k + world::kSweepStripe < last ? k + world::kSweepStripe : last;
    const int a = place_of(k), b = place_of(end - 1);
    Stripe stripe(desc, a < b ? a : b, end - k);
    for (int j = k; j < end; j++) stripe.sweep(place_of(j), lines_of(j));
    stripe.put_back();
  }
}

}  // namespace vita::VITA_ISA
