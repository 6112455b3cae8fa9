#include "core/error.h"
#include "fuzz/targets.h"
#include "weights/weight_scope.h"

namespace vita::fuzz {

void read_safetensors(std::span<const std::byte> input) {
  try {
    auto file = WeightFile::parse(input, "input");
    unsigned sum = 0;
    for (const std::string& name : file->names()) {
      const TensorView& view = file->read(name);
      // Touch both ends, so that a range outside the file is seen by the sanitizer.
      if (view.size > 0) sum += std::to_integer<unsigned>(view.data[0] ^ view.data[view.size - 1]);
      if (view.dtype == Dtype::f32) WeightScope(*file).tensor(name, view.shape);
    }
    file->check_all_read();
    volatile unsigned kept = sum;
    (void)kept;
  } catch (const Error&) {
    return;
  }
}

}  // namespace vita::fuzz
