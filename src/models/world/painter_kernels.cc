#include "models/world/painter_kernels.h"

namespace vita::world {

PainterKernels painter_kernels(Isa isa) {
  PainterKernels kernels{};
  switch (isa) {
    case Isa::avx512_vnni:
      avx512_vnni::fill_pixel_int16(kernels);
      avx512_vnni::fill_conv_int8(kernels);
      avx512_vnni::fill_compose(kernels);
      break;
    case Isa::avx512:
      avx512::fill_pixel_int16(kernels);
      avx512::fill_conv_int8(kernels);
      avx512::fill_compose(kernels);
      break;
    case Isa::avx2:
      avx2::fill_pixel_int16(kernels);
      avx2::fill_conv_int8(kernels);
      avx2::fill_compose(kernels);
      break;
    case Isa::baseline:
      baseline::fill_pixel_int16(kernels);
      baseline::fill_conv_int8(kernels);
      baseline::fill_compose(kernels);
      break;
  }
  return kernels;
}

}  // namespace vita::world
