// Integers of 8, 16 and 32 bits in whole registers, for ISA sources (see simd_lanes.h): R is a
// register of kLanes 32-bit or 2 kLanes 16-bit integers. Every function gives the same numbers on
// every instruction set. Packing, unpacking and shuffling work within parts of 128 bits, as x86
// does.
#pragma once
#if defined(__AVX512F__)
#include "core/simd_int_avx512.h"
#elif defined(__AVX2__)
#include "core/simd_int_avx2.h"
#else
#include "core/simd_int_sse2.h"
#endif

namespace vita::VITA_ISA {

// R as the lanes that 32-bit products are added to. Sums in a loop keep this type from beginning to
// end: of a sum that is R here and lanes there GCC keeps both, and runs out of registers.
typedef int32_t Sum __attribute__((vector_size(sizeof(R))));

// Calls f(Index<0>) to f(Index<count - 1>). Registers in arrays stay in registers only if their
// places are constants before the compiler takes arrays apart: a pragma unrolls too late.
template <int kValue>
struct Index {
  constexpr operator int() const { return kValue; }  // NOLINT: reads as a number
};
template <int kCount, int kFirst = 0, class Body>
[[gnu::always_inline]] static inline void unrolled(const Body& body) {
  if constexpr (kFirst < kCount) {
    body(Index<kFirst>{});
    unrolled<kCount, kFirst + 1>(body);
  }
}

static inline R load_register(const void* p) {
  R r;
  std::memcpy(&r, p, sizeof r);
  return r;
}
static inline void store_register(void* p, R a) { std::memcpy(p, &a, sizeof a); }
// 32 bits from p in every lane.
static inline R each_of(const void* p) {
  int32_t bits;
  std::memcpy(&bits, p, sizeof bits);
  return each32(bits);
}

// sum + x[0] * w[0] + x[1] * w[1] of the pairs of 16 bits in each lane; wraps at 32 bits.
static inline R add_products16(R sum, R x, R w) {
#if defined(__AVX512VNNI__)
  return _mm512_dpwssd_epi32(sum, x, w);
#else
  return add32(sum, multiply_pairs(x, w));
#endif
}

}  // namespace vita::VITA_ISA
