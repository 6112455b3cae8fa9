// Functions and vectors of lanes, on top of simd.h.
#pragma once
#include "core/simd_lanes.h"

namespace vita::VITA_ISA {

static inline F abs(F a) { return F((RawF)((RawI)a.v & 0x7fffffff)); }
static inline F clamp(F a, F lo, F hi) { return min(max(a, lo), hi); }
static inline F saturate(F a) { return clamp(a, 0.f, 1.f); }
static inline F mix(F a, F b, F t) { return a + (b - a) * t; }
static inline F fract(F a) { return a - floor(a); }
static inline F smoothstep(F a, F b, F x) {
  F t = saturate((x - a) / (b - a));
  return t * t * (3.f - t - t);
}
static inline F exp2(F x) {
  x = clamp(x, -80.f, 80.f);
  F f = floor(x), r = x - f;
  F p = 1.8775767e-3f;
  p = p * r + 8.9893397e-3f;
  p = p * r + 5.5826318e-2f;
  p = p * r + 2.4015361e-1f;
  p = p * r + 6.9315308e-1f;
  p = p * r + 9.9999994e-1f;
  return F((RawF)((truncate(f) + I(127)) << 23).v) * p;
}
static inline F exp(F x) { return exp2(x * 1.44269504f); }
// x > 0 and normal.
static inline F log2(F x) {
  RawI b = (RawI)x.v;
  F e = to_float(I(((b >> 23) & 255) - 127));
  F m = F((RawF)((b & 0x7fffff) | 0x3f800000));
  F p = -0.0821343f;
  p = p * m + 0.649732f;
  p = p * m - 2.134190f;
  p = p * m + 4.0700908f;
  return e + p * m - 2.5034f;
}
static inline F pow(F x, float y) { return exp2(log2(max(x, 1e-9f)) * y); }

struct V3 {
  F x, y, z;
};
static inline V3 operator+(V3 a, V3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
static inline V3 operator-(V3 a, V3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
static inline V3 operator*(V3 a, V3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
static inline V3 operator*(V3 a, F s) { return {a.x * s, a.y * s, a.z * s}; }
static inline F dot(V3 a, V3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline V3 normalize(V3 a) { return a * (F(1.f) / sqrt(max(dot(a, a), 1e-18f))); }
static inline V3 mix(V3 a, V3 b, F t) {
  return {mix(a.x, b.x, t), mix(a.y, b.y, t), mix(a.z, b.z, t)};
}
static inline V3 select(M m, V3 a, V3 b) {
  return {select(m, a.x, b.x), select(m, a.y, b.y), select(m, a.z, b.z)};
}

}  // namespace vita::VITA_ISA
