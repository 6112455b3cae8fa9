// The loops that are compiled once per instruction set, as a table of functions. Plain pointers and
// sizes: shapes were checked before.
#pragma once
#include <cstdint>

#include "backend/ops.h"
#include "core/cpu.h"

namespace vita {

struct Kernels {
  void (*activate)(Activation activation, const float* x, float* out, int64_t count);
  void (*add)(const float* a, const float* b, float* out, int64_t count);
  // out[i] = activation(x[i] * scale[i % period] + shift[i % period]); period is a multiple of
  // kPeriodStep.
  void (*affine)(const float* x, const float* scale, const float* shift, int64_t period,
                 Activation activation, float* out, int64_t count);
  // sums[j] += x[i] - origin[j], squares[j] += (x[i] - origin[j])^2, over all i with i % period ==
  // j.
  void (*periodic_moments)(const float* x, const float* origin, int64_t period, int64_t count,
                           float* sums, float* squares);
  void (*layer_norm)(const float* x, const float* gamma, const float* beta, float eps, float* out,
                     int64_t rows, int64_t dim);
  void (*softmax)(const float* x, float* out, int64_t rows, int64_t dim);
  // One head of one sequence. qkv points at the head's queries, rows are 3 dim apart; keys: a byte
  // per token or nullptr; scratch: attention_scratch() floats.
  void (*attention_head)(const float* qkv, const uint8_t* keys, int64_t tokens, int64_t dim,
                         int64_t width, float* scratch, float* out);
  // Destination rows first .. last - 1 of one image of [h, w, c].
  void (*resize_bilinear)(const float* x, int64_t h, int64_t w, int64_t c, float* out,
                          int64_t out_h, int64_t out_w, int64_t first, int64_t last);
};

inline constexpr int64_t kPeriodStep = 16;       // lanes of the widest instruction set
inline constexpr int64_t kAttentionQueries = 4;  // handled together

inline int64_t padded_tokens(int64_t tokens) {
  return (tokens + kPeriodStep - 1) / kPeriodStep * kPeriodStep;
}
// Transposed keys and the scores of the queries handled together.
inline int64_t attention_scratch(int64_t tokens, int64_t width) {
  return padded_tokens(tokens) * (width + kAttentionQueries);
}

Kernels kernels_for(Isa isa);

// Each ISA source fills in its part of the table.
namespace avx512 {
void fill_elementwise(Kernels& kernels);
void fill_rows(Kernels& kernels);
void fill_attention(Kernels& kernels);
}  // namespace avx512
namespace avx2 {
void fill_elementwise(Kernels& kernels);
void fill_rows(Kernels& kernels);
void fill_attention(Kernels& kernels);
}  // namespace avx2
namespace baseline {
void fill_elementwise(Kernels& kernels);
void fill_rows(Kernels& kernels);
void fill_attention(Kernels& kernels);
}  // namespace baseline

}  // namespace vita
