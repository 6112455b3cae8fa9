#include "backend/cpu/kernels.h"

namespace vita {

Kernels kernels_for(Isa isa) {
  Kernels kernels{};
  switch (isa) {
    case Isa::avx512_vnni:
    case Isa::avx512:
      avx512::fill_elementwise(kernels);
      avx512::fill_rows(kernels);
      avx512::fill_attention(kernels);
      break;
    case Isa::avx2:
      avx2::fill_elementwise(kernels);
      avx2::fill_rows(kernels);
      avx2::fill_attention(kernels);
      break;
    case Isa::baseline:
      baseline::fill_elementwise(kernels);
      baseline::fill_rows(kernels);
      baseline::fill_attention(kernels);
      break;
  }
  return kernels;
}

}  // namespace vita
