#include "nn/layers.h"

namespace vita {

Linear::Linear(const Build& b, const LinearDesc& desc)
    : op_(b.backend.linear(desc, b.weights.tensor("weight", {desc.out, desc.in}),
                           b.weights.tensor("bias", {desc.out}))) {}

Conv2d::Conv2d(const Build& b, const Conv2dDesc& desc)
    : op_(b.backend.conv2d(
          desc, b.weights.tensor("weight", {desc.out, desc.in, desc.kernel, desc.kernel}),
          b.weights.tensor("bias", {desc.out}))) {}

GroupNorm::GroupNorm(const Build& b, int64_t channels, const GroupNormDesc& desc)
    : backend_(&b.backend),
      desc_(desc),
      weight_(b.weights.tensor("weight", {channels})),
      bias_(b.weights.tensor("bias", {channels})) {}

LayerNorm::LayerNorm(const Build& b, int64_t dim, float eps)
    : backend_(&b.backend),
      eps_(eps),
      weight_(b.weights.tensor("weight", {dim})),
      bias_(b.weights.tensor("bias", {dim})) {}

Film::Film(const Build& b, int64_t batch, int64_t condition, int64_t channels,
           Activation activation)
    : backend_(&b.backend), channels_(channels), activation_(activation) {
  const std::span<const float> weight = b.weights.tensor("weight", {2 * channels, condition});
  const std::span<const float> bias = b.weights.tensor("bias", {2 * channels});
  const LinearDesc desc{.rows_max = batch, .in = condition, .out = channels};
  const size_t rows = static_cast<size_t>(channels),
               weights = static_cast<size_t>(channels * condition);
  scale_ = b.backend.linear(desc, weight.first(weights), bias.first(rows));
  shift_ = b.backend.linear(desc, weight.last(weights), bias.last(rows));
}

void Film::operator()(Run& run, const View& x, const View& condition, const View& out) const {
  auto scratch = run.workspace.scope();
  const Shape factors{condition.shape[0], channels_};
  const View scale = scratch.take(x.dtype, factors), shift = scratch.take(x.dtype, factors);
  scale_->run(run.stream, condition, scale);
  shift_->run(run.stream, condition, shift);
  backend_->film(run.stream, x, scale, shift, activation_, out);
}

Embedding::Embedding(const Build& b, int64_t vocabulary, int64_t dim)
    : backend_(&b.backend), table_(b.weights.tensor("weight", {vocabulary, dim})) {}

}  // namespace vita
