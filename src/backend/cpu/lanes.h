// What the kernels need beyond core/simd.h: loads and stores of less than a full vector, sums
// across lanes, activations. Only ISA sources include this.
#pragma once
#include "backend/ops.h"
#include "core/simd.h"

namespace vita::VITA_ISA {

// The first n lanes, 0 < n <= kLanes; the rest read as `rest`.
static inline F load_part(const float* p, int64_t n, float rest = 0.f) {
  RawF r = F(rest).v;
  std::memcpy(&r, p, static_cast<size_t>(n) * sizeof(float));
  return F(r);
}
static inline void store_part(float* p, F a, int64_t n) {
  std::memcpy(p, &a.v, static_cast<size_t>(n) * sizeof(float));
}
static inline float lane_sum(F a) {
  float sum = 0;
  for (int i = 0; i < kLanes; i++) sum += a.v[i];
  return sum;
}
static inline float lane_max(F a) {
  float top = a.v[0];
  for (int i = 1; i < kLanes; i++) top = top < a.v[i] ? a.v[i] : top;
  return top;
}

// x * sigmoid(k x), the form that silu (k = 1) and gelu share.
static inline F gated(F x, F kx) { return x / (F(1.f) + exp(-kx)); }

template <Activation kActivation>
static inline F activated(F x) {
  if constexpr (kActivation == Activation::relu) return max(x, F(0.f));
  if constexpr (kActivation == Activation::silu) return gated(x, x);
  // 0.5 (1 + tanh(u)) = sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3)
  if constexpr (kActivation == Activation::gelu)
    return gated(x, x * (F(1.59576912f) + F(0.0713548163f) * x * x));
  return x;
}

// Calls f with an activation that the compiler knows: f.template operator()<Activation::relu>().
template <typename Function>
static inline void with_activation(Activation activation, Function f) {
  switch (activation) {
    case Activation::none: f.template operator()<Activation::none>(); break;
    case Activation::relu: f.template operator()<Activation::relu>(); break;
    case Activation::silu: f.template operator()<Activation::silu>(); break;
    case Activation::gelu: f.template operator()<Activation::gelu>(); break;
  }
}

}  // namespace vita::VITA_ISA
