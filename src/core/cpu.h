// Which instruction set the process may use: the best that the machine has, capped by VITA_MAX_ISA.
#pragma once

namespace vita {

enum class Isa { baseline, avx2, avx512 };

// Decided once, at the first call: CPUID, then the environment variable VITA_MAX_ISA (baseline,
// avx2, avx512) as an upper limit, for tests and for machines where wide vectors slow the clock.
Isa cpu_isa();
const char* isa_name(Isa isa);

}  // namespace vita
