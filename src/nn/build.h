// What layers are built from and what they are run with.
#pragma once
#include <string_view>

#include "backend/backend.h"
#include "core/workspace.h"
#include "weights/weight_scope.h"

namespace vita {

// A backend to plan with and the scope of the weight file that holds this layer. A cheap value; the
// backend and the weight file must outlive every layer built from it.
struct Build {
  const Backend& backend;
  WeightScope weights;

  Build at(std::string_view name) const { return {backend, weights.at(name)}; }
  Build at(int index) const { return {backend, weights.at(index)}; }
};

// What one worker runs layers with. Layers are immutable: any number of workers may call one at
// once.
struct Run {
  Stream& stream;
  Workspace& workspace;
};

}  // namespace vita
