#include "backend/cpu/kernels.h"
#include "backend/cpu/lanes.h"

namespace vita::VITA_ISA {
namespace {

void activate(Activation activation, const float* x, float* out, int64_t count) {
  with_activation(activation, [&]<Activation kActivation>() {
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) store(out + i, activated<kActivation>(load(x + i)));
    if (i < count)
      store_part(out + i, activated<kActivation>(load_part(x + i, count - i)), count - i);
  });
}

void add(const float* a, const float* b, float* out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = a[i] + b[i];
}

void affine(const float* x, const float* scale, const float* shift, int64_t period,
            Activation activation, float* out, int64_t count) {
  with_activation(activation, [&]<Activation kActivation>() {
    int64_t i = 0;
    for (; i + period <= count; i += period) {
      for (int64_t j = 0; j < period; j += kLanes) {
        store(out + i + j,
              activated<kActivation>(load(x + i + j) * load(scale + j) + load(shift + j)));
      }
    }
    for (int64_t j = 0; i < count; i += kLanes, j += kLanes) {
      const int64_t n = count - i < kLanes ? count - i : kLanes;
      store_part(out + i,
                 activated<kActivation>(load_part(x + i, n) * load(scale + j) + load(shift + j)),
                 n);
    }
  });
}

void periodic_moments(const float* x, const float* origin, int64_t period, int64_t count,
                      float* sums, float* squares) {
  int64_t i = 0;
  for (; i + period <= count; i += period) {
    for (int64_t j = 0; j < period; j += kLanes) {
      const F d = load(x + i + j) - load(origin + j);
      store(sums + j, load(sums + j) + d);
      store(squares + j, load(squares + j) + d * d);
    }
  }
  for (int64_t j = 0; i < count; i++, j++) {
    const float d = x[i] - origin[j];
    sums[j] += d;
    squares[j] += d * d;
  }
}

// The source pixels of a destination coordinate and the share of the second.
struct Tap {
  int64_t first, second;
  float share;
};

Tap bilinear_tap(int64_t to, int64_t out_size, int64_t in_size) {
  float at =
      (static_cast<float>(to) + 0.5f) * static_cast<float>(in_size) / static_cast<float>(out_size) -
      0.5f;
  at = at < 0 ? 0 : at;
  int64_t first = static_cast<int64_t>(at);
  first = first > in_size - 1 ? in_size - 1 : first;
  return {first, first + 1 > in_size - 1 ? in_size - 1 : first + 1, at - static_cast<float>(first)};
}

void resize_bilinear(const float* x, int64_t h, int64_t w, int64_t c, float* out, int64_t out_h,
                     int64_t out_w, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; row++) {
    const Tap v = bilinear_tap(row, out_h, h);
    const float *top = x + v.first * w * c, *bottom = x + v.second * w * c;
    for (int64_t col = 0; col < out_w; col++) {
      const Tap t = bilinear_tap(col, out_w, w);
      const float *a = top + t.first * c, *b = top + t.second * c;
      const float *d = bottom + t.first * c, *e = bottom + t.second * c;
      float* to = out + (row * out_w + col) * c;
      for (int64_t i = 0; i < c; i++) {
        const float upper = a[i] + (b[i] - a[i]) * t.share, lower = d[i] + (e[i] - d[i]) * t.share;
        to[i] = upper + (lower - upper) * v.share;
      }
    }
  }
}

}  // namespace

void fill_elementwise(Kernels& kernels) {
  kernels.activate = activate;
  kernels.add = add;
  kernels.affine = affine;
  kernels.periodic_moments = periodic_moments;
  kernels.resize_bilinear = resize_bilinear;
}

}  // namespace vita::VITA_ISA
