#include "models/world/enlarge.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "core/cpu.h"
#include "core/error.h"
#include "models/world/enlarge_row.h"

namespace vita {

// The three builds of enlarge_row.cc.
namespace avx512 {
void enlarge_row(const world::EnlargeRow&);
}
namespace avx2 {
void enlarge_row(const world::EnlargeRow&);
}
namespace baseline {
void enlarge_row(const world::EnlargeRow&);
}

namespace world {
namespace {

constexpr int kPadding = 32;  // taps are read in whole registers
constexpr double kSlope = -.5;

// Keys' cubic kernel: passes through the samples, with this slope at their neighbours.
double keys(double distance) {
  const double d = std::abs(distance);
  if (d < 1) return ((kSlope + 2) * d - (kSlope + 3)) * d * d + 1;
  if (d < 2) return ((kSlope * d - 5 * kSlope) * d + 8 * kSlope) * d - 4 * kSlope;
  return 0;
}

// One direction of one plane: `centre` of the source lies at `shown_centre` of the result.
EnlargeTaps make_taps(int count, double step, double centre, double shown_centre) {
  EnlargeTaps taps;
  for (int i = 0; i < count + kPadding; i++) {
    const double at = (std::min(i, count - 1) + .5 - shown_centre) * step + centre - .5;
    const double below = std::floor(at);
    taps.first.push_back(static_cast<int16_t>(below - 1));
    for (int k = 0; k < 4; k++) {
      const double weight = std::nearbyint(keys(below - 1 + k - at) * 32768);
      taps.weight[k].push_back(static_cast<int16_t>(std::min(weight, 32767.)));
    }
  }
  return taps;
}

// Rows and columns beyond the rim are clamped one by one, but not further than the margin.
void check_reach(const EnlargeTaps& taps, int count, int samples, const char* what) {
  const int low = taps.first.front(), high = taps.first[static_cast<size_t>(count - 1)] + 3;
  if (low >= -3 && high <= samples + 2) return;
  throw Error(ErrorCode::internal, std::string("enlarge: ") + what + " read samples " +
                                       std::to_string(low) + " to " + std::to_string(high) +
                                       " of " + std::to_string(samples));
}

void copy_plane(const uint8_t* from, int from_stride, uint8_t* to, int to_stride, int width,
                int height) {
  for (int y = 0; y < height; y++) {
    std::memcpy(to + static_cast<int64_t>(y) * to_stride,
                from + static_cast<int64_t>(y) * from_stride, static_cast<size_t>(width));
  }
}

}  // namespace

Enlarger::Enlarger(const EnlargeDesc& desc) : desc_(desc), luma_(plane(1)), chroma_(plane(2)) {}

Enlarger::Plane Enlarger::plane(int divisor) const {
  const EnlargeDesc& d = desc_;
  const double part = 1. / divisor;
  Plane p{make_taps(d.to_width / divisor, d.step, d.from_width * part / 2, d.centre_x * part),
          make_taps(d.to_height / divisor, d.step, d.from_height * part / 2, d.centre_y * part),
          d.from_width / divisor, d.from_height / divisor};
  check_reach(p.columns, d.to_width / divisor, p.width, "columns");
  check_reach(p.rows, d.to_height / divisor, p.height, "rows");
  return p;
}

int64_t Enlarger::scratch_elements() const { return luma_.width + 3 * kTapMargin; }

void Enlarger::crop(const FrameView& from, const FrameView& to) const {
  const auto left = static_cast<int64_t>(desc_.from_width / 2. - desc_.centre_x),
             top = static_cast<int64_t>(desc_.from_height / 2. - desc_.centre_y);
  copy_plane(from.y + top * from.y_stride + left, from.y_stride, to.y, to.y_stride, to.width,
             to.height);
  const int64_t corner = top / 2 * from.uv_stride + left / 2;
  copy_plane(from.u + corner, from.uv_stride, to.u, to.uv_stride, to.width / 2, to.height / 2);
  copy_plane(from.v + corner, from.uv_stride, to.v, to.uv_stride, to.width / 2, to.height / 2);
}

void Enlarger::run(const FrameView& from, const FrameView& to, int16_t* scratch) const {
  if (desc_.step == 1) return crop(from, to);
  const auto row = best_build(&baseline::enlarge_row, &avx2::enlarge_row, &avx512::enlarge_row);
  const auto enlarge = [&](const Plane& p, const uint8_t* in, int in_stride, uint8_t* out,
                           int out_stride, int width, int height) {
    EnlargeRow r{};
    r.columns = p.width;
    r.mixed = scratch;
    r.first = p.columns.first.data();
    for (int k = 0; k < 4; k++) r.weights[k] = p.columns.weight[k].data();
    r.out_columns = width;
    for (int y = 0; y < height; y++) {
      const auto at = static_cast<size_t>(y);
      for (int k = 0; k < 4; k++) {
        const int source = std::clamp(p.rows.first[at] + k, 0, p.height - 1);
        r.rows[k] = in + static_cast<int64_t>(source) * in_stride;
        r.row_weights[k] = p.rows.weight[k][at];
      }
      r.out = out + static_cast<int64_t>(y) * out_stride;
      row(r);
    }
  };
  enlarge(luma_, from.y, from.y_stride, to.y, to.y_stride, to.width, to.height);
  enlarge(chroma_, from.u, from.uv_stride, to.u, to.uv_stride, to.width / 2, to.height / 2);
  enlarge(chroma_, from.v, from.uv_stride, to.v, to.uv_stride, to.width / 2, to.height / 2);
}

}  // namespace world
}  // namespace vita
