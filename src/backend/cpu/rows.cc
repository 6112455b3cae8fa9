#include "backend/cpu/kernels.h"
#include "backend/cpu/lanes.h"

namespace vita::VITA_ISA {
namespace {

// Calls f(offset, lanes) for full vectors and once for the rest.
template <typename Function>
static inline void for_lanes(int64_t count, Function f) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) f(i, int64_t{kLanes});
  if (i < count) f(i, count - i);
}

void layer_norm(const float* x, const float* gamma, const float* beta, float eps, float* out,
                int64_t rows, int64_t dim) {
  for (int64_t row = 0; row < rows; row++, x += dim, out += dim) {
    F sum(0.f), squares(0.f);
    for_lanes(dim, [&](int64_t i, int64_t n) { sum += load_part(x + i, n); });
    const float mean = lane_sum(sum) / static_cast<float>(dim);
    for_lanes(dim, [&](int64_t i, int64_t n) {
      const F d = load_part(x + i, n, mean) - F(mean);
      squares += d * d;
    });
    const float variance = lane_sum(squares) / static_cast<float>(dim);
    const float scale = 1.f / __builtin_sqrtf(variance + eps);
    for_lanes(dim, [&](int64_t i, int64_t n) {
      const F y = (load_part(x + i, n) - F(mean)) * F(scale) * load_part(gamma + i, n) +
                  load_part(beta + i, n);
      store_part(out + i, y, n);
    });
  }
}

void softmax(const float* x, float* out, int64_t rows, int64_t dim) {
  for (int64_t row = 0; row < rows; row++, x += dim, out += dim) {
    F tops(x[0]), sums(0.f);
    for_lanes(dim, [&](int64_t i, int64_t n) { tops = max(tops, load_part(x + i, n, x[0])); });
    const float top = lane_max(tops);
    for_lanes(dim, [&](int64_t i, int64_t n) {
      // The lanes beyond the row get exp(-80), which is nothing beside the top's 1.
      const F e = exp(load_part(x + i, n, top - 80.f) - F(top));
      sums += e;
      store_part(out + i, e, n);
    });
    const F share(1.f / lane_sum(sums));
    for_lanes(dim,
              [&](int64_t i, int64_t n) { store_part(out + i, load_part(out + i, n) * share, n); });
  }
}

}  // namespace

void fill_rows(Kernels& kernels) {
  kernels.layer_norm = layer_norm;
  kernels.softmax = softmax;
}

}  // namespace vita::VITA_ISA
