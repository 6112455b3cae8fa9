// simd_int.h for plain x86-64; what the functions do stands in simd_int_avx512.h.
#pragma once
#include "core/simd_lanes.h"

namespace vita::VITA_ISA {

using R = __m128i;
static inline R each32(int32_t a) { return _mm_set1_epi32(a); }
static inline R each16(int16_t a) { return _mm_set1_epi16(a); }
static inline R add32(R a, R b) { return _mm_add_epi32(a, b); }
static inline R and_bits(R a, R b) { return _mm_and_si128(a, b); }
template <int kBits>
static inline R shift_right32(R a) {
  return _mm_srai_epi32(a, kBits);
}
template <int kBits>
static inline R shift_right16(R a) {
  return _mm_srai_epi16(a, kBits);
}
template <int kBits>
static inline R shift_left16(R a) {
  return _mm_slli_epi16(a, kBits);
}
static inline R shift_byte_down16(R a) { return _mm_srli_epi16(a, 8); }
static inline R multiply_pairs(R a, R b) { return _mm_madd_epi16(a, b); }
static inline R multiply_low16(R a, R b) { return _mm_mullo_epi16(a, b); }
static inline R multiply_high16(R a, R b) { return _mm_mulhi_epi16(a, b); }
static inline R add_saturated16(R a, R b) { return _mm_adds_epi16(a, b); }
static inline R subtract_saturated16(R a, R b) { return _mm_subs_epi16(a, b); }
static inline R max16(R a, R b) { return _mm_max_epi16(a, b); }
static inline R min16(R a, R b) { return _mm_min_epi16(a, b); }
static inline R pack32(R a, R b) { return _mm_packs_epi32(a, b); }
static inline R pack16_unsigned(R a, R b) { return _mm_packus_epi16(a, b); }
static inline R low16(R a, R b) { return _mm_unpacklo_epi16(a, b); }
static inline R high16(R a, R b) { return _mm_unpackhi_epi16(a, b); }
template <int kOrder>
static inline R shuffle32(R a, R b) {
  return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), kOrder));
}
static inline R scaled(R sum, const float* scale) {
  return _mm_cvtps_epi32(_mm_mul_ps(_mm_cvtepi32_ps(sum), _mm_loadu_ps(scale)));
}
static inline R multiply_rounded16(R a, R b) {
  const R low = multiply_low16(a, b), high = multiply_high16(a, b), half = each32(1 << 14);
  return pack32(shift_right32<15>(add32(low16(low, high), half)),
                shift_right32<15>(add32(high16(low, high), half)));
}
static inline R interleaved16(const int16_t* even, const int16_t* odd) {
  return low16(_mm_loadl_epi64((const __m128i*)even), _mm_loadl_epi64((const __m128i*)odd));
}
static inline R four_bytes(const uint8_t* p) {
  int32_t bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  return _mm_unpacklo_epi8(_mm_cvtsi32_si128(bytes), _mm_setzero_si128());
}
static inline R interleaved8(const uint8_t* even, const uint8_t* odd) {
  return low16(four_bytes(even), four_bytes(odd));
}
static inline R widened8(const uint8_t* p) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i*)p), _mm_setzero_si128());
}
static inline R picked16(const int16_t* p, R places) {
  alignas(16) int16_t place[8], out[8];
  _mm_store_si128((R*)place, places);
  for (int k = 0; k < 8; k++) out[k] = p[place[k]];
  return _mm_load_si128((const R*)out);
}
static inline void store_parts(void* p, int64_t, R a) { _mm_storeu_si128((__m128i*)p, a); }
static inline void store_halves(int16_t* low, int16_t* high, R a) {
  _mm_storel_epi64((__m128i*)low, a);
  _mm_storel_epi64((__m128i*)high, _mm_unpackhi_epi64(a, a));
}
static inline void store_bytes_of16(uint8_t* p, R a) {
  _mm_storel_epi64((__m128i*)p, _mm_packus_epi16(a, a));
}
static inline void store_bytes_of32(uint8_t* p, R a) {
  const R words = _mm_packs_epi32(a, a);
  const int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
  std::memcpy(p, &bytes, sizeof bytes);
}
static inline R every_second32(const int16_t* p, int first) {
  const R a = _mm_loadu_si128((const R*)p), b = _mm_loadu_si128((const R*)(p + 2 * kLanes));
  return first == 0 ? shuffle32<0x88>(a, b) : shuffle32<0xdd>(a, b);
}

}  // namespace vita::VITA_ISA
