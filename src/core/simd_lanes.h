// SPMD lanes: the same source compiled for AVX-512 (16 lanes), AVX2 (8) and baseline x86-64 (4).
// Only files listed as ISA_SOURCES include this; everything lives in the namespace vita::VITA_ISA.
// F: floats, I: 32-bit integers, M: lane masks.
#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace vita::VITA_ISA {

#if defined(__AVX512F__)
inline constexpr int kLanes = 16;
#elif defined(__AVX2__)
inline constexpr int kLanes = 8;
#else
inline constexpr int kLanes = 4;
#endif
typedef float RawF __attribute__((vector_size(kLanes * 4)));
typedef int32_t RawI __attribute__((vector_size(kLanes * 4)));

struct I {
  RawI v;
  I() = default;
  I(RawI a) : v(a) {}          // NOLINT: implicit by design, lanes read like numbers
  I(int a) : v(a - RawI{}) {}  // NOLINT
};
struct F {
  RawF v;
  F() = default;
  F(RawF a) : v(a) {}            // NOLINT
  F(float a) : v(a - RawF{}) {}  // NOLINT
};

#if defined(__AVX512F__)
struct M {
  __mmask16 m;
};
static inline bool any(M a) { return a.m != 0; }
static inline bool all(M a) { return a.m == 0xffff; }
static inline unsigned bits(M a) { return a.m; }
static inline M operator&(M a, M b) { return {static_cast<__mmask16>(a.m & b.m)}; }
static inline M operator|(M a, M b) { return {static_cast<__mmask16>(a.m | b.m)}; }
static inline M operator~(M a) { return {static_cast<__mmask16>(~a.m)}; }
static inline M none() { return {0}; }
static inline M operator<(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
static inline M operator==(I a, I b) {
  return {_mm512_cmpeq_epi32_mask((__m512i)a.v, (__m512i)b.v)};
}
static inline F select(M m, F a, F b) { return F(_mm512_mask_blend_ps(m.m, b.v, a.v)); }
static inline I select(M m, I a, I b) {
  return I((RawI)_mm512_mask_blend_epi32(m.m, (__m512i)b.v, (__m512i)a.v));
}
static inline F min(F a, F b) { return F(_mm512_min_ps(a.v, b.v)); }
static inline F max(F a, F b) { return F(_mm512_max_ps(a.v, b.v)); }
static inline F floor(F a) {
  return F(_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}
static inline F sqrt(F a) { return F(_mm512_sqrt_ps(a.v)); }
static inline I truncate(F a) { return I((RawI)_mm512_cvttps_epi32(a.v)); }
static inline F to_float(I a) { return F(_mm512_cvtepi32_ps((__m512i)a.v)); }
static inline F gather(const float* p, I i) { return F(_mm512_i32gather_ps((__m512i)i.v, p, 4)); }
static inline I gather(const int32_t* p, I i) {
  return I((RawI)_mm512_i32gather_epi32((__m512i)i.v, p, 4));
}
// Stores the lanes, each 0..255, as bytes.
static inline void store_bytes(uint8_t* p, I a) {
  _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8((__m512i)a.v));
}
static inline I load_bytes(const uint8_t* p) {
  return I((RawI)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)p)));
}
#else
struct M {
  RawI m;
};
static inline unsigned bits(M a) {
#if defined(__AVX2__)
  return static_cast<unsigned>(_mm256_movemask_ps((__m256)a.m));
#else
  return static_cast<unsigned>(_mm_movemask_ps((__m128)a.m));
#endif
}
static inline bool any(M a) { return bits(a) != 0; }
static inline bool all(M a) { return bits(a) == (1u << kLanes) - 1; }
static inline M operator&(M a, M b) { return {a.m & b.m}; }
static inline M operator|(M a, M b) { return {a.m | b.m}; }
static inline M operator~(M a) { return {~a.m}; }
static inline M none() { return {RawI{}}; }
static inline M operator<(F a, F b) { return {a.v < b.v}; }
static inline M operator==(I a, I b) { return {a.v == b.v}; }
static inline I select(M m, I a, I b) { return I((a.v & m.m) | (b.v & ~m.m)); }
static inline F select(M m, F a, F b) { return F((RawF)select(m, I((RawI)a.v), I((RawI)b.v)).v); }
static inline F min(F a, F b) { return select(a < b, a, b); }
static inline F max(F a, F b) { return select(a < b, b, a); }
static inline I truncate(F a) { return I(__builtin_convertvector(a.v, RawI)); }
static inline F to_float(I a) { return F(__builtin_convertvector(a.v, RawF)); }
static inline F floor(F a) {
  F t = to_float(truncate(a));
  return select(a < t, F(t.v - 1.f), t);
}
static inline F sqrt(F a) {
#if defined(__AVX2__)
  return F((RawF)_mm256_sqrt_ps((__m256)a.v));
#else
  return F((RawF)_mm_sqrt_ps((__m128)a.v));
#endif
}
static inline F gather(const float* p, I i) {
  RawF r;
  for (int k = 0; k < kLanes; k++) r[k] = p[i.v[k]];
  return F(r);
}
static inline I gather(const int32_t* p, I i) {
  RawI r;
  for (int k = 0; k < kLanes; k++) r[k] = p[i.v[k]];
  return I(r);
}
static inline void store_bytes(uint8_t* p, I a) {
  for (int k = 0; k < kLanes; k++) p[k] = static_cast<uint8_t>(a.v[k]);
}
static inline I load_bytes(const uint8_t* p) {
  RawI r;
  for (int k = 0; k < kLanes; k++) r[k] = p[k];
  return I(r);
}
#endif

static inline F operator+(F a, F b) { return F(a.v + b.v); }
static inline F operator-(F a, F b) { return F(a.v - b.v); }
static inline F operator*(F a, F b) { return F(a.v * b.v); }
static inline F operator/(F a, F b) { return F(a.v / b.v); }
static inline F operator-(F a) { return F(-a.v); }
static inline F& operator+=(F& a, F b) { return a = a + b; }
static inline F& operator*=(F& a, F b) { return a = a * b; }
static inline M operator>(F a, F b) { return b < a; }
static inline I operator+(I a, I b) { return I(a.v + b.v); }
static inline I operator-(I a, I b) { return I(a.v - b.v); }
static inline I operator*(I a, I b) { return I((RawI)((decltype(RawI{}))a.v * b.v)); }
static inline I operator&(I a, I b) { return I(a.v & b.v); }
static inline I operator|(I a, I b) { return I(a.v | b.v); }
static inline I operator^(I a, I b) { return I(a.v ^ b.v); }
static inline I operator<<(I a, int n) { return I(a.v << n); }
// Logical shift right.
static inline I operator>>(I a, int n) {
  typedef uint32_t RawU __attribute__((vector_size(kLanes * 4)));
  return I((RawI)((RawU)a.v >> n));
}
// Arithmetic shift right.
static inline I shift_signed(I a, int n) { return I(a.v >> n); }
// The 32 bits that begin at element i of p: an element of 1 or 2 bytes and those behind it.
template <class T>
static inline I gather_run(const T* p, I i) {
#if defined(__AVX512F__)
  return I((RawI)_mm512_i32gather_epi32((__m512i)i.v, p, sizeof(T)));
#else
  RawI r;
  for (int k = 0; k < kLanes; k++) {
    int32_t run;
    std::memcpy(&run, p + i.v[k], sizeof run);
    r[k] = run;
  }
  return I(r);
#endif
}
static inline I load_shorts(const int16_t* p) {
#if defined(__AVX512F__)
  return I((RawI)_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i*)p)));
#else
  RawI r;
  for (int k = 0; k < kLanes; k++) r[k] = p[k];
  return I(r);
#endif
}
static inline F load(const float* p) {
  RawF r;
  std::memcpy(&r, p, sizeof r);
  return F(r);
}
static inline void store(float* p, F a) { std::memcpy(p, &a.v, sizeof a.v); }
static inline F iota() {
  RawF r;
  for (int k = 0; k < kLanes; k++) r[k] = static_cast<float>(k);
  return F(r);
}
}  // namespace vita::VITA_ISA
