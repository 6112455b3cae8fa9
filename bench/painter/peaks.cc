#include "core/cpu.h"
#include "painter/cases.h"
#include "painter/peak_loops.h"

namespace vita::bench {
namespace {

const PeakLoops& loops() {
  static const PeakLoops loops = best_build(&baseline::peak_loops, &avx2::peak_loops,
                                            &avx512::peak_loops, &avx512_vnni::peak_loops)();
  return loops;
}

}  // namespace

double peak_ops(Peak peak) {
  switch (peak) {
    case Peak::int8: return loops().int8_ops;
    case Peak::int16: return loops().int16_ops;
    case Peak::f32: return loops().f32_ops;
    case Peak::memory:
    case Peak::none: break;
  }
  return 0;
}

void run_peak(Peak peak) {
  switch (peak) {
    case Peak::int8: return loops().int8();
    case Peak::int16: return loops().int16();
    case Peak::f32: return loops().f32();
    case Peak::memory:
    case Peak::none: break;
  }
}

}  // namespace vita::bench
