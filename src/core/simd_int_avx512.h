// simd_int.h for AVX-512.
#pragma once
#include "core/simd_lanes.h"

namespace vita::VITA_ISA {

using R = __m512i;
static inline R each32(int32_t a) { return _mm512_set1_epi32(a); }
static inline R each16(int16_t a) { return _mm512_set1_epi16(a); }
static inline R add32(R a, R b) { return _mm512_add_epi32(a, b); }
static inline R and_bits(R a, R b) { return _mm512_and_si512(a, b); }
template <int kBits>
static inline R shift_right32(R a) {
  return _mm512_srai_epi32(a, kBits);
}
template <int kBits>
static inline R shift_right16(R a) {
  return _mm512_srai_epi16(a, kBits);
}
template <int kBits>
static inline R shift_left16(R a) {
  return _mm512_slli_epi16(a, kBits);
}
static inline R shift_byte_down16(R a) { return _mm512_srli_epi16(a, 8); }
static inline R multiply_pairs(R a, R b) { return _mm512_madd_epi16(a, b); }
static inline R multiply_low16(R a, R b) { return _mm512_mullo_epi16(a, b); }
static inline R multiply_high16(R a, R b) { return _mm512_mulhi_epi16(a, b); }
static inline R add_saturated16(R a, R b) { return _mm512_adds_epi16(a, b); }
static inline R subtract_saturated16(R a, R b) { return _mm512_subs_epi16(a, b); }
static inline R max16(R a, R b) { return _mm512_max_epi16(a, b); }
static inline R min16(R a, R b) { return _mm512_min_epi16(a, b); }
static inline R pack32(R a, R b) { return _mm512_packs_epi32(a, b); }
static inline R pack16_unsigned(R a, R b) { return _mm512_packus_epi16(a, b); }
static inline R low16(R a, R b) { return _mm512_unpacklo_epi16(a, b); }
static inline R high16(R a, R b) { return _mm512_unpackhi_epi16(a, b); }
template <int kOrder>
static inline R shuffle32(R a, R b) {
  return _mm512_castps_si512(
      _mm512_shuffle_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), kOrder));
}
static inline R scaled(R sum, const float* scale) {
  return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(scale)));
}
// (a * b + 2^14) >> 15. Not both may be -32768.
static inline R multiply_rounded16(R a, R b) { return _mm512_mulhrs_epi16(a, b); }
// Pair k is even[k], odd[k]; kLanes of each are read.
static inline R interleaved16(const int16_t* even, const int16_t* odd) {
  const R a = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)even));
  const R b = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)odd));
  return _mm512_or_si512(a, _mm512_slli_epi32(b, 16));
}
static inline R interleaved8(const uint8_t* even, const uint8_t* odd) {
  const R a = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)even));
  const R b = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)odd));
  return _mm512_or_si512(a, _mm512_slli_epi32(b, 16));
}
// 2 kLanes bytes as 16 bits each.
static inline R widened8(const uint8_t* p) {
  return _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i*)p));
}
// p[place] of each place, 0 to 2 kLanes - 1; all of these are read.
static inline R picked16(const int16_t* p, R places) {
  return _mm512_permutexvar_epi16(places, _mm512_loadu_si512(p));
}
// Part k goes to p + k * stride.
static inline void store_parts(void* p, int64_t stride, R a) {
  char* bytes = static_cast<char*>(p);
  _mm_storeu_si128((__m128i*)bytes, _mm512_castsi512_si128(a));
  _mm_storeu_si128((__m128i*)(bytes + stride), _mm512_extracti32x4_epi32(a, 1));
  _mm_storeu_si128((__m128i*)(bytes + 2 * stride), _mm512_extracti32x4_epi32(a, 2));
  _mm_storeu_si128((__m128i*)(bytes + 3 * stride), _mm512_extracti32x4_epi32(a, 3));
}
// The lower halves of all parts go to `low`, the upper ones to `high`.
static inline void store_halves(int16_t* low, int16_t* high, R a) {
  const R sorted = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), a);
  _mm256_storeu_si256((__m256i*)low, _mm512_castsi512_si256(sorted));
  _mm256_storeu_si256((__m256i*)high, _mm512_extracti64x4_epi64(sorted, 1));
}
static inline void store_bytes_of32(uint8_t* p, R a) {
  const R positive = _mm512_max_epi32(a, _mm512_setzero_si512());
  _mm_storeu_si128((__m128i*)p, _mm512_cvtusepi32_epi8(positive));
}
static inline void store_bytes_of16(uint8_t* p, R a) {
  const R positive = _mm512_max_epi16(a, _mm512_setzero_si512());
  _mm256_storeu_si256((__m256i*)p, _mm512_cvtusepi16_epi8(positive));
}
// Every second 32-bit element of the 2 kLanes at p, from element `first` (0 or 1) on.
static inline R every_second32(const int16_t* p, int first) {
  const R even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  return _mm512_permutex2var_epi32(_mm512_loadu_si512(p), add32(even, each32(first)),
                                   _mm512_loadu_si512(p + 2 * kLanes));
}

}  // namespace vita::VITA_ISA
