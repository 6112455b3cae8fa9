// A painter with weights that are hashed from their numbers: the same as
// training/fixtures/painter.py makes, without a file.
#pragma once
#include <memory>
#include <string_view>

#include "weights/config.h"
#include "weights/weight_file.h"

namespace vita::test {

// Puts a value in the middle of a tensor of all kinds, at the first of kind 1.
struct StrayWeight {
  std::string_view tensor;  // without "painter."; none: nothing strays
  float value = 0;
};
// Tensors "painter.…" as training/export.py names them.
std::shared_ptr<const WeightFile> hashed_painter_weights(const StrayWeight& stray = {});
Config painter_config();

}  // namespace vita::test
