#include "painter/peak_loops.h"

#include "core/simd_int.h"

namespace vita::VITA_ISA {
namespace {

constexpr int kRounds = 200000;
constexpr int kSums = 10;  // independent of each other: latency times throughput of a product

// Keeps a value in its register and hides it from the optimiser.
template <class T>
void hide(T& value) {
  asm volatile("" : "+x"(value));
}

// Sums by name: GCC would keep an array of them in memory.
template <class T, class Step>
void loop(T start, Step step) {
  T a = start, b = start, c = start, d = start, e = start, f = start, g = start, h = start,
    i = start, j = start;
  const auto each = [&](auto&... sums) { ((step(sums), hide(sums)), ...); };
  for (int round = 0; round < kRounds; round++) each(a, b, c, d, e, f, g, h, i, j);
}

// As conv_int8.cc multiplies: without VNNI, bytes are widened to 16 bits.
void int8() {
  R x = each32(0x01020304), w = each32(0x04030201);
  hide(x);
  hide(w);
#if defined(__AVX512VNNI__)
  loop(each32(1), [&](R& sum) { sum = _mm512_dpbusd_epi32(sum, x, w); });
#else
  loop(each32(1), [&](R& sum) {
    R even = x, odd = w;
    hide(even);
    hide(odd);
    sum = add32(sum, add32(multiply_pairs(even, w), multiply_pairs(odd, x)));
  });
#endif
}

void int16() {
  R x = each16(3), w = each16(5);
  hide(x);
  hide(w);
  loop(each32(1), [&](R& sum) {
    R hidden = x;
#if !defined(__AVX512VNNI__)
    hide(hidden);  // else the product would be taken once for all sums
#endif
    sum = add_products16(sum, hidden, w);
  });
}

void f32() {
  RawF x = F(1.0001f).v, w = F(0.9999f).v;
  hide(x);
  hide(w);
  loop(F(1.f).v, [&](RawF& sum) {
    RawF hidden = x;
#if !defined(__FMA__)
    hide(hidden);
#endif
    sum += hidden * w;
  });
}

}  // namespace

PeakLoops peak_loops() {
  const double steps = double{kRounds} * kSums * kLanes;
  return {steps * 8, steps * 4, steps * 2, &int8, &int16, &f32};
}

}  // namespace vita::VITA_ISA
