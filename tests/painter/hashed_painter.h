// A painter with weights that are hashed from their numbers: the same as
// training/fixtures/painter.py makes, without a file.
#pragma once
#include <memory>

#include "weights/config.h"
#include "weights/weight_file.h"

namespace vita::test {

// Tensors "painter.…" as training/export.py names them.
std::shared_ptr<const WeightFile> hashed_painter_weights();
Config painter_config();

}  // namespace vita::test
