#include "core/cpu.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace vita {
namespace {

Isa machine_isa() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return __builtin_cpu_supports("avx512vnni") ? Isa::avx512_vnni : Isa::avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
  return Isa::baseline;
}

Isa decide() {
  Isa isa = machine_isa();
  const char* limit = std::getenv("VITA_MAX_ISA");
  if (limit == nullptr) return isa;
  for (Isa candidate : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (std::strcmp(limit, isa_name(candidate)) == 0 && candidate < isa) return candidate;
  }
  return isa;
}

}  // namespace

Isa cpu_isa() {
  static const Isa isa = decide();
  return isa;
}

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::avx512_vnni: return "avx512_vnni";
    case Isa::avx512: return "avx512";
    case Isa::avx2: return "avx2";
    case Isa::baseline: break;
  }
  return "baseline";
}

}  // namespace vita
