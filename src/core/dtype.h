// Element types, of files and of views.
#pragma once
#include <cstddef>

namespace vita {

enum class Dtype { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

constexpr size_t element_bytes(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
    case Dtype::i64: return 8;
    case Dtype::f32:
    case Dtype::i32: return 4;
    case Dtype::f16:
    case Dtype::bf16:
    case Dtype::i16: return 2;
    case Dtype::i8:
    case Dtype::u8:
    case Dtype::boolean: break;
  }
  return 1;
}

}  // namespace vita
