#include "nn/blocks.h"

namespace vita {

TransformerBlock::TransformerBlock(const Build& b, const TransformerConfig& c)
    : backend_(&b.backend),
      config_(c),
      norm1_(b.at("norm1"), c.dim),
      qkv_(b.at("qkv"), {.rows_max = c.batch * c.tokens_max, .in = c.dim, .out = 3 * c.dim}),
      proj_(b.at("proj"), {.rows_max = c.batch * c.tokens_max, .in = c.dim, .out = c.dim}),
      norm2_(b.at("norm2"), c.dim),
      fc1_(b.at("fc1"), {.rows_max = c.batch * c.tokens_max,
                         .in = c.dim,
                         .out = c.mlp_dim,
                         .activation = Activation::gelu}),
      fc2_(b.at("fc2"), {.rows_max = c.batch * c.tokens_max, .in = c.mlp_dim, .out = c.dim}) {}

void TransformerBlock::operator()(Run& run, const View& x, const View& mask) const {
  const int64_t batch = x.shape[0], tokens = x.shape[1];
  auto scratch = run.workspace.scope();
  const View normed = scratch.take(x.dtype, x.shape), branch = scratch.take(x.dtype, x.shape);
  {
    auto inner = run.workspace.scope();
    const View qkv = inner.take(x.dtype, {batch, tokens, 3 * config_.dim});
    norm1_(run, x, normed);
    qkv_(run, normed, qkv);
    backend_->attention(run.stream, config_.heads, qkv, mask, normed);
    proj_(run, normed, branch);
    backend_->add(run.stream, x, branch, x);
  }
  const View hidden = scratch.take(x.dtype, {batch, tokens, config_.mlp_dim});
  norm2_(run, x, normed);
  fc1_(run, normed, hidden);
  fc2_(run, hidden, branch);
  backend_->add(run.stream, x, branch, x);
}

namespace {

Conv2dDesc conv3x3(const ResBlockConfig& c, int64_t in) {
  return {.batch = c.batch,
          .height = c.height,
          .width = c.width,
          .in = in,
          .out = c.out,
          .bands = c.bands};
}

}  // namespace

ResBlock::ResBlock(const Build& b, const ResBlockConfig& c)
    : backend_(&b.backend),
      norm1_(b.at("norm1"), c.in, {.groups = c.groups_in, .activation = Activation::silu}),
      conv1_(b.at("conv1"), conv3x3(c, c.in)),
      norm2_(b.at("norm2"), c.out, {.groups = c.groups_out}),
      film_(b.at("film"), c.batch, c.condition, c.out, Activation::silu),
      conv2_(b.at("conv2"), conv3x3(c, c.out)) {
  if (c.in == c.out) return;
  Conv2dDesc skip = conv3x3(c, c.in);
  skip.kernel = 1;
  skip.pad = 0;
  skip_.emplace(b.at("skip"), skip);
}

void ResBlock::operator()(Run& run, const View& x, const View& condition, const View& out) const {
  auto scratch = run.workspace.scope();
  const View normed = scratch.take(x.dtype, x.shape), hidden = scratch.take(x.dtype, out.shape);
  norm1_(run, x, normed);
  conv1_(run, normed, hidden);
  norm2_(run, hidden, hidden);
  film_(run, hidden, condition, hidden);
  conv2_(run, hidden, out);
  if (skip_) (*skip_)(run, x, hidden);
  backend_->add(run.stream, skip_ ? hidden : x, out, out);
}

}  // namespace vita
