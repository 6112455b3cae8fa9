// The layers that networks are written with. Each is built from a scope of the weight file (names
// as in PyTorch: weight, bias) and then only called; all are immutable after construction.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "nn/build.h"

namespace vita {

// weight: [out, in], bias: [out].
class Linear {
 public:
  Linear(const Build& b, const LinearDesc& desc);
  // x: [..., in] -> out: [..., out], at most desc.rows_max rows.
  void operator()(Run& run, const View& x, const View& out) const { op_->run(run.stream, x, out); }
  int64_t in() const { return op_->desc().in; }
  int64_t out() const { return op_->desc().out; }

 private:
  std::unique_ptr<LinearOp> op_;
};

// weight: [out, in, k, k], bias: [out].
class Conv2d {
 public:
  Conv2d(const Build& b, const Conv2dDesc& desc);
  // x: [batch, height, width, in] -> out: [batch, out_height, out_width, out].
  void operator()(Run& run, const View& x, const View& out) const { op_->run(run.stream, x, out); }
  const Conv2dDesc& desc() const { return op_->desc(); }

 private:
  std::unique_ptr<Conv2dOp> op_;
};

// weight, bias: [channels].
class GroupNorm {
 public:
  GroupNorm(const Build& b, int64_t channels, const GroupNormDesc& desc);
  // x and out: [n, h, w, channels]; in place allowed.
  void operator()(Run& run, const View& x, const View& out) const {
    backend_->group_norm(run.stream, desc_, x, weight_, bias_, out);
  }

 private:
  const Backend* backend_;
  GroupNormDesc desc_;
  std::span<const float> weight_, bias_;
};

// weight, bias: [dim].
class LayerNorm {
 public:
  LayerNorm(const Build& b, int64_t dim, float eps = 1e-5f);
  // x and out: [..., dim]; in place allowed.
  void operator()(Run& run, const View& x, const View& out) const {
    backend_->layer_norm(run.stream, eps_, x, weight_, bias_, out);
  }

 private:
  const Backend* backend_;
  float eps_;
  std::span<const float> weight_, bias_;
};

// Channels scaled and shifted by a condition: x * (1 + a) + b with [a, b] = Linear(condition).
// weight: [2 channels, condition], bias: [2 channels]; a comes first.
class Film {
 public:
  Film(const Build& b, int64_t batch, int64_t condition, int64_t channels,
       Activation activation = Activation::none);
  // x and out: [n, h, w, channels] or [n, tokens, channels], condition: [n, condition]; in place
  // allowed.
  void operator()(Run& run, const View& x, const View& condition, const View& out) const;

 private:
  const Backend* backend_;
  int64_t channels_;
  Activation activation_;
  std::unique_ptr<LinearOp> scale_, shift_;
};

// weight: [vocabulary, dim].
class Embedding {
 public:
  Embedding(const Build& b, int64_t vocabulary, int64_t dim);
  // ids: i32 [rows, count], negative ones are skipped -> out: [rows, dim], the sum of their
  // vectors.
  void operator()(Run& run, const View& ids, const View& out) const {
    backend_->embedding_sum(run.stream, table_, ids, out);
  }

 private:
  const Backend* backend_;
  std::span<const float> table_;
};

}  // namespace vita
