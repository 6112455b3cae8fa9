// Which instruction set the process may use: the best that the machine has, capped by VITA_MAX_ISA.
#pragma once

namespace vita {

// In rising order. avx512: F, BW, VL and DQ; avx512_vnni: also products of bytes and of 16 bits.
enum class Isa { baseline, avx2, avx512, avx512_vnni };

// Decided once, at the first call: CPUID, then the environment variable VITA_MAX_ISA (a name of the
// above) as an upper limit, for tests and for machines where wide vectors slow the clock.
Isa cpu_isa();
const char* isa_name(Isa isa);

// The best of a function's builds that the process may use; most have none of their own for VNNI.
//
//   best_build(&baseline::blur, &avx2::blur, &avx512::blur)(image);
template <class Function>
Function* best_build(Function* baseline, Function* avx2, Function* avx512,
                     Function* avx512_vnni = nullptr) {
  const Isa isa = cpu_isa();
  if (isa >= Isa::avx512_vnni && avx512_vnni != nullptr) return avx512_vnni;
  if (isa >= Isa::avx512) return avx512;
  return isa >= Isa::avx2 ? avx2 : baseline;
}

}  // namespace vita
