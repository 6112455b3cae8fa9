// Bends a freshly made window so that it continues its finished neighbours.
#pragma once
#include "models/world/spec.h"
#include "nn/build.h"

namespace vita::world {

// known, clean: [48][48][12], mask: [48][48]. The mismatch known - clean just outside the tile's
// border is carried into the tile by a screened Laplace equation (red-black Gauss-Seidel); where no
// neighbour is known the border is free. The tile's outermost cells are softened towards what is
// known. Changes the tile's own cells of `clean`.
void continue_neighbours(Run& run, const float* known, const float* mask, float* clean);

}  // namespace vita::world
