#include "backend/cpu/kernels.h"
#include "backend/cpu/lanes.h"

namespace vita::VITA_ISA {
namespace {

constexpr int kQueries = kAttentionQueries;
constexpr float kMasked = -1e30f;

// scores[q][t] = queries[q] . keys[t] / sqrt(width), masked and padded tokens at kMasked.
void score(const float* const* queries, const float* keys_t, const uint8_t* keys, int64_t tokens,
           int64_t padded, int64_t width, float* scores) {
  const F scale(1.f / __builtin_sqrtf(static_cast<float>(width)));
  for (int64_t t = 0; t < padded; t += kLanes) {
    F sums[kQueries] = {F(0.f), F(0.f), F(0.f), F(0.f)};
    for (int64_t i = 0; i < width; i++) {
      const F k = load(keys_t + i * padded + t);
      for (int q = 0; q < kQueries; q++) sums[q] += F(queries[q][i]) * k;
    }
    for (int q = 0; q < kQueries; q++) store(scores + q * padded + t, sums[q] * scale);
  }
  for (int q = 0; q < kQueries; q++) {
    float* row = scores + q * padded;
    for (int64_t t = 0; keys != nullptr && t < tokens; t++)
      row[t] = keys[t] != 0 ? row[t] : kMasked;
    for (int64_t t = tokens; t < padded; t++) row[t] = kMasked;
  }
}

// Turns scores into weights that sum to one; all zero where every key is masked.
void normalise(float* row, int64_t padded) {
  F tops(kMasked), sums(0.f);
  for (int64_t t = 0; t < padded; t += kLanes) tops = max(tops, load(row + t));
  const float top = lane_max(tops);
  const bool any = top > kMasked * 0.5f;
  for (int64_t t = 0; t < padded; t += kLanes) {
    const F s = load(row + t);
    const F e = select(s > F(kMasked * 0.5f), exp(s - F(top)), F(0.f));
    sums += e;
    store(row + t, e);
  }
  const F share(any ? 1.f / lane_sum(sums) : 0.f);
  for (int64_t t = 0; t < padded; t += kLanes) store(row + t, load(row + t) * share);
}

// out[q] = sum over t of weights[q][t] values[t], for `count` queries.
void mix_values(const float* weights, int64_t padded, const float* values, int64_t tokens,
                int64_t dim, int64_t width, int64_t count, float* out) {
  for (int64_t i = 0; i < width; i += kLanes) {
    const int64_t n = width - i < kLanes ? width - i : kLanes;
    F sums[kQueries] = {F(0.f), F(0.f), F(0.f), F(0.f)};
    for (int64_t t = 0; t < tokens; t++) {
      const float* v = values + t * 3 * dim + i;
      const F value = n == kLanes ? load(v) : load_part(v, n);
      for (int q = 0; q < kQueries; q++) sums[q] += F(weights[q * padded + t]) * value;
    }
    for (int64_t q = 0; q < count; q++) store_part(out + q * dim + i, sums[q], n);
  }
}

void attention_head(const float* qkv, const uint8_t* keys, int64_t tokens, int64_t dim,
                    int64_t width, float* scratch, float* out) {
  const int64_t padded = padded_tokens(tokens);
  float* keys_t = scratch;
  float* scores = scratch + width * padded;
  for (int64_t i = 0; i < width; i++) {
    for (int64_t t = 0; t < tokens; t++) keys_t[i * padded + t] = qkv[t * 3 * dim + dim + i];
    for (int64_t t = tokens; t < padded; t++) keys_t[i * padded + t] = 0.f;
  }
  for (int64_t first = 0; first < tokens; first += kQueries) {
    const int64_t count = tokens - first < kQueries ? tokens - first : kQueries;
    const float* queries[kQueries];
    for (int q = 0; q < kQueries; q++) queries[q] = qkv + (first + (q < count ? q : 0)) * 3 * dim;
    score(queries, keys_t, keys, tokens, padded, width, scores);
    for (int q = 0; q < kQueries; q++) normalise(scores + q * padded, padded);
    mix_values(scores, padded, qkv + 2 * dim, tokens, dim, width, count, out + first * dim);
  }
}

}  // namespace

void fill_attention(Kernels& kernels) { kernels.attention_head = attention_head; }

}  // namespace vita::VITA_ISA
