// Convolution and matrix product as plain loops.
#pragma once
#include <memory>
#include <span>

#include "backend/ops.h"

namespace vita {

double ref_activation(Activation activation, double x);
std::unique_ptr<Conv2dOp> make_ref_conv2d(const Conv2dDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias);
std::unique_ptr<LinearOp> make_ref_linear(const LinearDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias);

}  // namespace vita
