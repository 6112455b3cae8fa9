// Blocks made of layers: a transformer block, a residual convolution block.
#pragma once
#include <cstdint>
#include <optional>

#include "nn/layers.h"

namespace vita {

struct TransformerConfig {
  int64_t batch = 1, tokens_max = 0;
  int64_t dim = 0, heads = 1, mlp_dim = 0;
};

// Pre-norm: x + proj(attention(qkv(norm1(x)))), then x + fc2(gelu(fc1(norm2(x)))).
// Names: norm1, qkv [3 dim, dim], proj, norm2, fc1, fc2.
class TransformerBlock {
 public:
  TransformerBlock(const Build& b, const TransformerConfig& config);
  // x: [batch, tokens, dim], changed in place; mask: u8 [batch, tokens] or View() (see
  // Backend::attention).
  void operator()(Run& run, const View& x, const View& mask) const;

 private:
  const Backend* backend_;
  TransformerConfig config_;
  LayerNorm norm1_;
  Linear qkv_, proj_;
  LayerNorm norm2_;
  Linear fc1_, fc2_;
};

struct ResBlockConfig {
  int64_t batch = 1, height = 0, width = 0;
  int64_t in = 0, out = 0;  // channels
  int64_t condition = 0;    // width of the condition
  int64_t groups_in = 8, groups_out = 8;
  int bands = 1;  // of the convolutions (see Conv2dDesc)
};

// skip(x) + conv2(silu(film(norm2(conv1(silu(norm1(x)))), condition))); 3x3 convolutions, and the
// skip is a 1x1 convolution where in != out, else x itself. Names: norm1, conv1, norm2, film [2
// out, condition], conv2, skip.
class ResBlock {
 public:
  ResBlock(const Build& b, const ResBlockConfig& config);
  // x: [batch, h, w, in], condition: [batch, condition] -> out: [batch, h, w, out]; not in place.
  void operator()(Run& run, const View& x, const View& condition, const View& out) const;

 private:
  const Backend* backend_;
  GroupNorm norm1_;
  Conv2d conv1_;
  GroupNorm norm2_;
  Film film_;
  Conv2d conv2_;
  std::optional<Conv2d> skip_;
};

}  // namespace vita
