// Shape checks that every backend makes before it runs or plans an op. They throw Error{internal}
// (a run) or Error{invalid_argument, unsupported} (a plan) with what was found and what was
// expected.
#pragma once
#include <span>

#include "backend/backend.h"

namespace vita {

void check_plan(const Conv2dDesc& desc, size_t weights, size_t biases);
void check_plan(const LinearDesc& desc, size_t weights, size_t biases);

void check_run(const Conv2dDesc& desc, const View& x, const View& out);
// Returns the number of rows.
int64_t check_run(const LinearDesc& desc, const View& x, const View& out);

void check_same(const char* op, const View& x, const View& out);
void check_film(const View& x, const View& scale, const View& shift, Activation activation,
                const View& out);
void check_group_norm(const GroupNormDesc& desc, const View& x, size_t gammas, size_t betas,
                      const View& out);
void check_layer_norm(const View& x, size_t gammas, size_t betas, const View& out);
void check_attention(int64_t heads, const View& qkv, const View& mask, const View& out);
void check_embedding_sum(size_t table, const View& ids, const View& out);
void check_resize(const char* op, const View& x, const View& out);
void check_pixel_shuffle(int64_t r, const View& x, const View& out);
void check_pixel_unshuffle(int64_t r, const View& x, const View& out);
void check_concat(std::span<const View> parts, const View& out);

}  // namespace vita
