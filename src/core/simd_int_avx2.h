// simd_int.h for AVX2; what the functions do stands in simd_int_avx512.h.
#pragma once
#include "core/simd_lanes.h"

namespace vita::VITA_ISA {

using R = __m256i;
static inline R each32(int32_t a) { return _mm256_set1_epi32(a); }
static inline R each16(int16_t a) { return _mm256_set1_epi16(a); }
static inline R add32(R a, R b) { return _mm256_add_epi32(a, b); }
static inline R and_bits(R a, R b) { return _mm256_and_si256(a, b); }
template <int kBits>
static inline R shift_right32(R a) {
  return _mm256_srai_epi32(a, kBits);
}
template <int kBits>
static inline R shift_right16(R a) {
  return _mm256_srai_epi16(a, kBits);
}
template <int kBits>
static inline R shift_left16(R a) {
  return _mm256_slli_epi16(a, kBits);
}
static inline R shift_byte_down16(R a) { return _mm256_srli_epi16(a, 8); }
static inline R multiply_pairs(R a, R b) { return _mm256_madd_epi16(a, b); }
static inline R multiply_low16(R a, R b) { return _mm256_mullo_epi16(a, b); }
static inline R multiply_high16(R a, R b) { return _mm256_mulhi_epi16(a, b); }
static inline R add_saturated16(R a, R b) { return _mm256_adds_epi16(a, b); }
static inline R subtract_saturated16(R a, R b) { return _mm256_subs_epi16(a, b); }
static inline R max16(R a, R b) { return _mm256_max_epi16(a, b); }
static inline R min16(R a, R b) { return _mm256_min_epi16(a, b); }
static inline R pack32(R a, R b) { return _mm256_packs_epi32(a, b); }
static inline R pack16_unsigned(R a, R b) { return _mm256_packus_epi16(a, b); }
static inline R low16(R a, R b) { return _mm256_unpacklo_epi16(a, b); }
static inline R high16(R a, R b) { return _mm256_unpackhi_epi16(a, b); }
template <int kOrder>
static inline R shuffle32(R a, R b) {
  return _mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), kOrder));
}
static inline R scaled(R sum, const float* scale) {
  return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(scale)));
}
static inline R multiply_rounded16(R a, R b) { return _mm256_mulhrs_epi16(a, b); }
static inline R interleaved16(const int16_t* even, const int16_t* odd) {
  const R a = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)even));
  const R b = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)odd));
  return _mm256_or_si256(a, _mm256_slli_epi32(b, 16));
}
static inline R interleaved8(const uint8_t* even, const uint8_t* odd) {
  const R a = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)even));
  const R b = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)odd));
  return _mm256_or_si256(a, _mm256_slli_epi32(b, 16));
}
static inline R widened8(const uint8_t* p) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i*)p));
}
static inline R picked16(const int16_t* p, R places) {
  const R all = _mm256_loadu_si256((const R*)p);
  const R low = _mm256_permute2x128_si256(all, all, 0x00),
          high = _mm256_permute2x128_si256(all, all, 0x11);
  // Bytes 2 place and 2 place + 1 of the half that they lie in.
  const R even = _mm256_add_epi16(places, places);
  const R bytes =
      _mm256_or_si256(_mm256_or_si256(even, _mm256_slli_epi16(even, 8)), _mm256_set1_epi16(0x0100));
  const R in_high = _mm256_cmpgt_epi16(places, _mm256_set1_epi16(7));
  return _mm256_blendv_epi8(
      _mm256_shuffle_epi8(low, bytes),
      _mm256_shuffle_epi8(high, _mm256_and_si256(bytes, _mm256_set1_epi8(0x0f))), in_high);
}
static inline void store_parts(void* p, int64_t stride, R a) {
  char* bytes = static_cast<char*>(p);
  _mm_storeu_si128((__m128i*)bytes, _mm256_castsi256_si128(a));
  _mm_storeu_si128((__m128i*)(bytes + stride), _mm256_extracti128_si256(a, 1));
}
static inline void store_halves(int16_t* low, int16_t* high, R a) {
  const R sorted = _mm256_permute4x64_epi64(a, 0xd8);
  _mm_storeu_si128((__m128i*)low, _mm256_castsi256_si128(sorted));
  _mm_storeu_si128((__m128i*)high, _mm256_extracti128_si256(sorted, 1));
}
static inline void store_bytes_of16(uint8_t* p, R a) {
  const R sorted = _mm256_permute4x64_epi64(_mm256_packus_epi16(a, a), 0xd8);
  _mm_storeu_si128((__m128i*)p, _mm256_castsi256_si128(sorted));
}
static inline void store_bytes_of32(uint8_t* p, R a) {
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  _mm_storel_epi64((__m128i*)p, _mm_packus_epi16(words, words));
}
static inline R every_second32(const int16_t* p, int first) {
  const R a = _mm256_loadu_si256((const R*)p), b = _mm256_loadu_si256((const R*)(p + 2 * kLanes));
  return _mm256_permute4x64_epi64(first == 0 ? shuffle32<0x88>(a, b) : shuffle32<0xdd>(a, b), 0xd8);
}

}  // namespace vita::VITA_ISA
