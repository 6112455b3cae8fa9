// Loops that only multiply and add in registers, compiled per instruction set.
#pragma once

namespace vita {

struct PeakLoops {
  // Operations of one call of each.
  double int8_ops, int16_ops, f32_ops;
  void (*int8)();
  void (*int16)();
  void (*f32)();
};

namespace avx512_vnni {
PeakLoops peak_loops();
}
namespace avx512 {
PeakLoops peak_loops();
}
namespace avx2 {
PeakLoops peak_loops();
}
namespace baseline {
PeakLoops peak_loops();
}

}  // namespace vita
