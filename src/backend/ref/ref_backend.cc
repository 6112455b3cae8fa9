#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "backend/backend.h"
#include "backend/checks.h"
#include "backend/ref/ref_plans.h"

namespace vita {
namespace {

class RefStream : public Stream {
 public:
  void attach() override {}
  int threads() const override { return 1; }
  // Scratch that grows to the largest request.
  double* scratch(size_t count) {
    if (scratch_.size() < count) scratch_.resize(count);
    return scratch_.data();
  }

 protected:
  void each_call(int64_t n, void (*call)(void*, int64_t), void* context) override {
    for (int64_t i = 0; i < n; i++) call(context, i);
  }

 private:
  std::vector<double> scratch_;
};

// Mean and 1 / sqrt(variance + eps) of `rows` runs of `count` neighbours, `stride` apart.
void moments(const float* x, int64_t rows, int64_t stride, int64_t count, double eps, double& mean,
             double& scale) {
  double sum = 0, squares = 0;
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < count; i++) sum += x[r * stride + i];
  }
  mean = sum / static_cast<double>(rows * count);
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < count; i++)
      squares += (x[r * stride + i] - mean) * (x[r * stride + i] - mean);
  }
  scale = 1 / std::sqrt(squares / static_cast<double>(rows * count) + eps);
}

void softmax_row(const double* scores, int64_t count, double* out) {
  const double top = *std::max_element(scores, scores + count);
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += out[i] = std::exp(scores[i] - top);
  for (int64_t i = 0; i < count; i++) out[i] /= sum;
}

// The two source rows (or columns) of a destination coordinate and the share of the second.
struct Tap {
  int64_t first, second;
  double share;
};
Tap bilinear_tap(int64_t to, int64_t out_size, int64_t in_size) {
  const double at = std::max((static_cast<double>(to) + 0.5) * static_cast<double>(in_size) /
                                     static_cast<double>(out_size) -
                                 0.5,
                             0.0);
  const int64_t first = std::min(static_cast<int64_t>(at), in_size - 1);
  return {first, std::min(first + 1, in_size - 1), at - static_cast<double>(first)};
}

class RefBackend : public Backend {
 public:
  std::string description() const override { return "ref"; }
  std::unique_ptr<Stream> stream(int) const override { return std::make_unique<RefStream>(); }
  std::unique_ptr<Stream> stream(Crew&) const override { return std::make_unique<RefStream>(); }
  std::unique_ptr<Conv2dOp> conv2d(const Conv2dDesc& desc, std::span<const float> weight,
                                   std::span<const float> bias) const override {
    return make_ref_conv2d(desc, weight, bias);
  }
  std::unique_ptr<LinearOp> linear(const LinearDesc& desc, std::span<const float> weight,
                                   std::span<const float> bias) const override {
    return make_ref_linear(desc, weight, bias);
  }

  void activate(Stream&, Activation activation, const View& x, const View& out) const override {
    check_same("activate", x, out);
    for (int64_t i = 0; i < x.elements(); i++) {
      out.f32()[i] = static_cast<float>(ref_activation(activation, x.f32()[i]));
    }
  }

  void add(Stream&, const View& a, const View& b, const View& out) const override {
    check_same("add", a, b);
    check_same("add", a, out);
    for (int64_t i = 0; i < a.elements(); i++) out.f32()[i] = a.f32()[i] + b.f32()[i];
  }

  void film(Stream&, const View& x, const View& scale, const View& shift, Activation activation,
            const View& out) const override {
    check_film(x, scale, shift, activation, out);
    const int64_t channels = x.shape[-1], per_image = x.elements() / x.shape[0];
    for (int64_t i = 0; i < x.elements(); i++) {
      const int64_t at = i / per_image * channels + i % channels;
      const double y = x.f32()[i] * (1.0 + scale.f32()[at]) + shift.f32()[at];
      out.f32()[i] = static_cast<float>(ref_activation(activation, y));
    }
  }

  void group_norm(Stream&, const GroupNormDesc& desc, const View& x, std::span<const float> gamma,
                  std::span<const float> beta, const View& out) const override {
    check_group_norm(desc, x, gamma.size(), beta.size(), out);
    const int64_t channels = x.shape[3], each = channels / desc.groups,
                  pixels = x.shape[1] * x.shape[2];
    for (int64_t n = 0; n < x.shape[0]; n++) {
      for (int64_t c = 0; c < channels; c += each) {
        const int64_t base = n * pixels * channels + c;
        double mean = 0, scale = 0;
        moments(x.f32() + base, pixels, channels, each, desc.eps, mean, scale);
        for (int64_t p = 0; p < pixels; p++) {
          for (int64_t i = 0; i < each; i++) {
            const int64_t at = base + p * channels + i;
            const double y = (x.f32()[at] - mean) * scale * gamma[c + i] + beta[c + i];
            out.f32()[at] = static_cast<float>(ref_activation(desc.activation, y));
          }
        }
      }
    }
  }

  void layer_norm(Stream&, float eps, const View& x, std::span<const float> gamma,
                  std::span<const float> beta, const View& out) const override {
    check_layer_norm(x, gamma.size(), beta.size(), out);
    const int64_t dim = x.shape[-1];
    for (int64_t base = 0; base < x.elements(); base += dim) {
      double mean = 0, scale = 0;
      moments(x.f32() + base, 1, dim, dim, eps, mean, scale);
      for (int64_t i = 0; i < dim; i++) {
        out.f32()[base + i] =
            static_cast<float>((x.f32()[base + i] - mean) * scale * gamma[i] + beta[i]);
      }
    }
  }

  void softmax(Stream& stream, const View& x, const View& out) const override {
    check_same("softmax", x, out);
    const int64_t dim = x.shape[-1];
    double* row = static_cast<RefStream&>(stream).scratch(static_cast<size_t>(dim));
    for (int64_t base = 0; base < x.elements(); base += dim) {
      std::copy_n(x.f32() + base, dim, row);
      softmax_row(row, dim, row);
      for (int64_t i = 0; i < dim; i++) out.f32()[base + i] = static_cast<float>(row[i]);
    }
  }

  void attention(Stream& stream, int64_t heads, const View& qkv, const View& mask,
                 const View& out) const override {
    check_attention(heads, qkv, mask, out);
    const int64_t tokens = out.shape[1];
    double* scores = static_cast<RefStream&>(stream).scratch(static_cast<size_t>(tokens));
    for (int64_t n = 0; n < out.shape[0]; n++) {
      const uint8_t* keys = mask ? mask.u8() + n * tokens : nullptr;
      for (int64_t head = 0; head < heads; head++) {
        for (int64_t t = 0; t < tokens; t++)
          attend(qkv.part(n, 1), keys, heads, head, t, scores, out.part(n, 1));
      }
    }
  }

  void embedding_sum(Stream&, std::span<const float> table, const View& ids,
                     const View& out) const override {
    check_embedding_sum(table.size(), ids, out);
    const int64_t dim = out.shape[1], count = ids.shape[1];
    for (int64_t row = 0; row < out.shape[0]; row++) {
      for (int64_t i = 0; i < dim; i++) {
        double sum = 0;
        for (int64_t k = 0; k < count; k++) {
          const int64_t id = ids.i32()[row * count + k];
          if (id >= 0) sum += table[static_cast<size_t>(id * dim + i)];
        }
        out.f32()[row * dim + i] = static_cast<float>(sum);
      }
    }
  }

  void resize_bilinear(Stream&, const View& x, const View& out) const override {
    check_resize("resize_bilinear", x, out);
    const Shape &in = x.shape, &to = out.shape;
    for (int64_t i = 0; i < out.elements(); i++) {
      const int64_t c = i % to[3], col = i / to[3] % to[2], row = i / to[3] / to[2] % to[1],
                    n = i / to[3] / to[2] / to[1];
      const Tap v = bilinear_tap(row, to[1], in[1]), h = bilinear_tap(col, to[2], in[2]);
      auto at = [&](int64_t y, int64_t xx) {
        return double{x.f32()[((n * in[1] + y) * in[2] + xx) * in[3] + c]};
      };
      const double top = at(v.first, h.first) * (1 - h.share) + at(v.first, h.second) * h.share;
      const double bottom =
          at(v.second, h.first) * (1 - h.share) + at(v.second, h.second) * h.share;
      out.f32()[i] = static_cast<float>(top * (1 - v.share) + bottom * v.share);
    }
  }

  void resize_nearest(Stream&, const View& x, const View& out) const override {
    check_resize("resize_nearest", x, out);
    const Shape &in = x.shape, &to = out.shape;
    for (int64_t i = 0; i < out.elements(); i++) {
      const int64_t c = i % to[3], col = i / to[3] % to[2], row = i / to[3] / to[2] % to[1],
                    n = i / to[3] / to[2] / to[1];
      const int64_t y = row * in[1] / to[1], xx = col * in[2] / to[2];
      out.f32()[i] = x.f32()[((n * in[1] + y) * in[2] + xx) * in[3] + c];
    }
  }

  void pixel_shuffle(Stream&, int64_t r, const View& x, const View& out) const override {
    check_pixel_shuffle(r, x, out);
    for (int64_t i = 0; i < out.elements(); i++) out.f32()[i] = x.f32()[shuffled(i, r, out.shape)];
  }

  void pixel_unshuffle(Stream&, int64_t r, const View& x, const View& out) const override {
    check_pixel_unshuffle(r, x, out);
    for (int64_t i = 0; i < x.elements(); i++) out.f32()[shuffled(i, r, x.shape)] = x.f32()[i];
  }

  void concat(Stream&, std::span<const View> parts, const View& out) const override {
    check_concat(parts, out);
    int64_t first = 0;
    for (const View& part : parts) {
      const int64_t channels = part.shape[-1];
      for (int64_t i = 0; i < part.elements(); i++) {
        out.f32()[i / channels * out.shape[-1] + first + i % channels] = part.f32()[i];
      }
      first += channels;
    }
  }

 private:
  // Where element i of the large image [n, h, w, c] lies in the shuffled one [n, h/r, w/r, c r r].
  static int64_t shuffled(int64_t i, int64_t r, const Shape& large) {
    const int64_t c = i % large[3], col = i / large[3] % large[2], row = i / large[3] / large[2];
    const int64_t pixel = row / r * (large[2] / r) + col / r;
    return pixel * large[3] * r * r + c * r * r + row % r * r + col % r;
  }

  // One query of one head. qkv: [1, tokens, 3 dim], out: [1, tokens, dim].
  static void attend(const View& qkv, const uint8_t* keys, int64_t heads, int64_t head,
                     int64_t query, double* scores, const View& out) {
    const int64_t tokens = out.shape[1], dim = out.shape[2], width = dim / heads;
    const float* q = qkv.f32() + query * 3 * dim + head * width;
    const float* k = qkv.f32() + dim + head * width;
    const float* v = qkv.f32() + 2 * dim + head * width;
    bool any = false;
    for (int64_t t = 0; t < tokens; t++) {
      double dot = 0;
      for (int64_t i = 0; i < width; i++) dot += double{q[i]} * k[t * 3 * dim + i];
      const bool seen = keys == nullptr || keys[t] != 0;
      scores[t] = seen ? dot / std::sqrt(static_cast<double>(width)) : -HUGE_VAL;
      any = any || seen;
    }
    float* to = out.f32() + query * dim + head * width;
    std::fill_n(to, width, 0.f);
    if (!any) return;
    softmax_row(scores, tokens, scores);
    for (int64_t i = 0; i < width; i++) {
      double sum = 0;
      for (int64_t t = 0; t < tokens; t++) sum += scores[t] * v[t * 3 * dim + i];
      to[i] = static_cast<float>(sum);
    }
  }
};

}  // namespace

std::unique_ptr<Backend> make_ref_backend() { return std::make_unique<RefBackend>(); }

}  // namespace vita
