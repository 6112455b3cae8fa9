#include <algorithm>
#include <cmath>
#include <cstring>

#include "backend/backend.h"
#include "backend/checks.h"
#include "backend/cpu/context.h"
#include "core/error.h"

namespace vita {
namespace {

CpuStream& cpu(Stream& stream) { return static_cast<CpuStream&>(stream); }

// Calls f(share, first, last) for consecutive shares of 0 .. count - 1.
template <typename Function>
void split(Stream& stream, int64_t count, Function f) {
  const int64_t shares = cpu(stream).shares();
  if (count < 2) return f(int64_t{0}, int64_t{0}, count);
  stream.each(shares, [&](int64_t share) {
    f(share, count * share / shares, count * (share + 1) / shares);
  });
}

// The smallest period of whole vectors after which channels repeat.
int64_t channel_period(int64_t channels) {
  return channels % kPeriodStep == 0 ? channels : channels * kPeriodStep;
}

void repeat(float* values, int64_t channels, int64_t period) {
  for (int64_t i = channels; i < period; i++) values[i] = values[i - channels];
}

class CpuBackend : public Backend {
 public:
  explicit CpuBackend(int max_threads)
      : context_(std::make_shared<CpuContext>(max_threads)), kernels_(kernels_for(cpu_isa())) {}

  std::string description() const override {
    const dnnl_version_t* v = dnnl_version();
    return std::string("cpu (") + isa_name(cpu_isa()) + ", oneDNN " + std::to_string(v->major) +
           "." + std::to_string(v->minor) + "." + std::to_string(v->patch) + ")";
  }

  std::unique_ptr<Stream> stream(int threads) const override {
    const std::vector<int>& counts = context_->thread_counts;
    if (std::find(counts.begin(), counts.end(), threads) == counts.end()) {
      throw Error(ErrorCode::invalid_argument,
                  "cpu backend: a stream of " + std::to_string(threads) +
                      " threads, expected 1 or " + std::to_string(counts.back()) +
                      ", which the plans are made for");
    }
    return std::make_unique<CpuStream>(context_->engine, threads);
  }
  std::unique_ptr<Stream> stream(Crew& crew) const override {
    return std::make_unique<CpuStream>(context_->engine, 1, &crew);
  }

  std::unique_ptr<Conv2dOp> conv2d(const Conv2dDesc& desc, std::span<const float> weight,
                                   std::span<const float> bias) const override {
    return make_cpu_conv2d(context_, desc, weight, bias);
  }
  std::unique_ptr<LinearOp> linear(const LinearDesc& desc, std::span<const float> weight,
                                   std::span<const float> bias) const override {
    return make_cpu_linear(context_, desc, weight, bias);
  }

  void activate(Stream& stream, Activation activation, const View& x,
                const View& out) const override {
    check_same("activate", x, out);
    split(stream, x.elements(), [&](int64_t, int64_t first, int64_t last) {
      kernels_.activate(activation, x.f32() + first, out.f32() + first, last - first);
    });
  }

  void add(Stream& stream, const View& a, const View& b, const View& out) const override {
    check_same("add", a, b);
    check_same("add", a, out);
    split(stream, a.elements(), [&](int64_t, int64_t first, int64_t last) {
      kernels_.add(a.f32() + first, b.f32() + first, out.f32() + first, last - first);
    });
  }

  void film(Stream& stream, const View& x, const View& scale, const View& shift,
            Activation activation, const View& out) const override {
    check_film(x, scale, shift, activation, out);
    const int64_t channels = x.shape[-1], period = channel_period(channels);
    auto* factors =
        static_cast<float*>(cpu(stream).scratch(static_cast<size_t>(2 * period) * sizeof(float)));
    for (int64_t n = 0; n < x.shape[0]; n++) {
      for (int64_t c = 0; c < channels; c++) {
        factors[c] = 1.f + scale.f32()[n * channels + c];
        factors[period + c] = shift.f32()[n * channels + c];
      }
      affine(stream, x.part(n, 1), factors, channels, activation, out.part(n, 1));
    }
  }

  void group_norm(Stream& stream, const GroupNormDesc& desc, const View& x,
                  std::span<const float> gamma, std::span<const float> beta,
                  const View& out) const override {
    check_group_norm(desc, x, gamma.size(), beta.size(), out);
    const int64_t period = channel_period(x.shape[3]);
    const int64_t parts = cpu(stream).shares();
    const int64_t floats = (3 + 2 * parts) * period;
    auto* scratch =
        static_cast<float*>(cpu(stream).scratch(static_cast<size_t>(floats) * sizeof(float)));
    for (int64_t n = 0; n < x.shape[0]; n++) {
      group_factors(stream, desc, x.part(n, 1), gamma, beta, scratch);
      affine(stream, x.part(n, 1), scratch, x.shape[3], desc.activation, out.part(n, 1));
    }
  }

  void layer_norm(Stream& stream, float eps, const View& x, std::span<const float> gamma,
                  std::span<const float> beta, const View& out) const override {
    check_layer_norm(x, gamma.size(), beta.size(), out);
    const int64_t dim = x.shape[-1];
    split(stream, x.elements() / dim, [&](int64_t, int64_t first, int64_t last) {
      kernels_.layer_norm(x.f32() + first * dim, gamma.data(), beta.data(), eps,
                          out.f32() + first * dim, last - first, dim);
    });
  }

  void softmax(Stream& stream, const View& x, const View& out) const override {
    check_same("softmax", x, out);
    const int64_t dim = x.shape[-1];
    split(stream, x.elements() / dim, [&](int64_t, int64_t first, int64_t last) {
      kernels_.softmax(x.f32() + first * dim, out.f32() + first * dim, last - first, dim);
    });
  }

  void attention(Stream& stream, int64_t heads, const View& qkv, const View& mask,
                 const View& out) const override {
    check_attention(heads, qkv, mask, out);
    const int64_t tokens = out.shape[1], dim = out.shape[2], width = dim / heads;
    const int64_t each = attention_scratch(tokens, width), count = out.shape[0] * heads;
    auto* scratch = static_cast<float*>(
        cpu(stream).scratch(static_cast<size_t>(each * cpu(stream).shares()) * sizeof(float)));
    split(stream, count, [&](int64_t share, int64_t first, int64_t last) {
      float* own = scratch + each * share;
      for (int64_t i = first; i < last; i++) {
        const int64_t n = i / heads, head = i % heads;
        kernels_.attention_head(qkv.f32() + n * tokens * 3 * dim + head * width,
                                mask ? mask.u8() + n * tokens : nullptr, tokens, dim, width, own,
                                out.f32() + n * tokens * dim + head * width);
      }
    });
  }

  void embedding_sum(Stream&, std::span<const float> table, const View& ids,
                     const View& out) const override {
    check_embedding_sum(table.size(), ids, out);
    const int64_t dim = out.shape[1], count = ids.shape[1];
    for (int64_t row = 0; row < out.shape[0]; row++) {
      float* sum = out.f32() + row * dim;
      std::fill_n(sum, dim, 0.f);
      for (int64_t k = 0; k < count; k++) {
        const int64_t id = ids.i32()[row * count + k];
        if (id >= 0) kernels_.add(sum, table.data() + id * dim, sum, dim);
      }
    }
  }

  void resize_bilinear(Stream& stream, const View& x, const View& out) const override {
    check_resize("resize_bilinear", x, out);
    for (int64_t n = 0; n < x.shape[0]; n++) {
      const float* from = x.part(n, 1).f32();
      float* to = out.part(n, 1).f32();
      split(stream, out.shape[1], [&](int64_t, int64_t first, int64_t last) {
        kernels_.resize_bilinear(from, x.shape[1], x.shape[2], x.shape[3], to, out.shape[1],
                                 out.shape[2], first, last);
      });
    }
  }

  void resize_nearest(Stream& stream, const View& x, const View& out) const override {
    check_resize("resize_nearest", x, out);
    const int64_t h = x.shape[1], w = x.shape[2], c = x.shape[3], to_h = out.shape[1],
                  to_w = out.shape[2];
    split(stream, x.shape[0] * to_h, [&](int64_t, int64_t first, int64_t last) {
      for (int64_t row = first; row < last; row++) {
        const float* from = x.f32() + (row / to_h * h + row % to_h * h / to_h) * w * c;
        float* to = out.f32() + row * to_w * c;
        for (int64_t col = 0; col < to_w; col++)
          std::copy_n(from + col * w / to_w * c, c, to + col * c);
      }
    });
  }

  void pixel_shuffle(Stream& stream, int64_t r, const View& x, const View& out) const override {
    check_pixel_shuffle(r, x, out);
    const int64_t w = x.shape[2], c = out.shape[3];
    split(stream, x.shape[0] * x.shape[1], [&](int64_t, int64_t first, int64_t last) {
      for (int64_t row = first; row < last; row++) {
        const float* from = x.f32() + row * w * c * r * r;
        float* to = out.f32() + row * w * c * r * r;
        for (int64_t dy = 0; dy < r; dy++) {
          for (int64_t i = 0; i < w * r; i++) {
            const float* pixel = from + i / r * c * r * r + dy * r + i % r;
            for (int64_t k = 0; k < c; k++) *to++ = pixel[k * r * r];
          }
        }
      }
    });
  }

  void pixel_unshuffle(Stream& stream, int64_t r, const View& x, const View& out) const override {
    check_pixel_unshuffle(r, x, out);
    const int64_t w = out.shape[2], c = x.shape[3];
    split(stream, out.shape[0] * out.shape[1], [&](int64_t, int64_t first, int64_t last) {
      for (int64_t row = first; row < last; row++) {
        const float* from = x.f32() + row * w * c * r * r;
        float* to = out.f32() + row * w * c * r * r;
        for (int64_t dy = 0; dy < r; dy++) {
          for (int64_t i = 0; i < w * r; i++) {
            float* pixel = to + i / r * c * r * r + dy * r + i % r;
            for (int64_t k = 0; k < c; k++) pixel[k * r * r] = *from++;
          }
        }
      }
    });
  }

  void concat(Stream& stream, std::span<const View> parts, const View& out) const override {
    check_concat(parts, out);
    const int64_t width = out.shape[-1];
    split(stream, out.elements() / width, [&](int64_t, int64_t first, int64_t last) {
      int64_t offset = 0;
      for (const View& part : parts) {
        const int64_t c = part.shape[-1];
        for (int64_t i = first; i < last; i++)
          std::copy_n(part.f32() + i * c, c, out.f32() + i * width + offset);
        offset += c;
      }
    });
  }

 private:
  // out = activation(x * factors + shifts). factors: two runs of channel_period(channels) floats,
  // of which the first `channels` of each are given.
  void affine(Stream& stream, const View& x, float* factors, int64_t channels,
              Activation activation, const View& out) const {
    const int64_t period = channel_period(channels);
    repeat(factors, channels, period);
    repeat(factors + period, channels, period);
    split(stream, x.elements() / channels, [&](int64_t, int64_t first, int64_t last) {
      kernels_.affine(x.f32() + first * channels, factors, factors + period, period, activation,
                      out.f32() + first * channels, (last - first) * channels);
    });
  }

  // Writes scale and shift per channel to the first two periods of scratch. One pass over x:
  // moments about the first pixel, which keeps f32 sums small, joined per group in double.
  void group_factors(Stream& stream, const GroupNormDesc& desc, const View& x,
                     std::span<const float> gamma, std::span<const float> beta,
                     float* scratch) const {
    const int64_t channels = x.shape[3], period = channel_period(channels),
                  pixels = x.shape[1] * x.shape[2];
    const int64_t parts = cpu(stream).shares(), each = channels / desc.groups;
    float *origin = scratch + 2 * period, *moments = origin + period;
    std::copy_n(x.f32(), channels, origin);
    repeat(origin, channels, period);
    std::fill_n(moments, 2 * parts * period, 0.f);
    split(stream, pixels, [&](int64_t share, int64_t first, int64_t last) {
      float* sums = moments + 2 * period * share;
      kernels_.periodic_moments(x.f32() + first * channels, origin, period,
                                (last - first) * channels, sums, sums + period);
    });
    for (int64_t c = 0; c < channels; c += each) {
      double mean = 0, variance = 0;
      join_group(origin, moments, parts, period, channels, c, each, pixels, mean, variance);
      const double scale = 1 / std::sqrt(variance + desc.eps);
      for (int64_t i = c; i < c + each; i++) {
        scratch[i] = static_cast<float>(scale * gamma[i]);
        scratch[period + i] = static_cast<float>(beta[i] - mean * scale * gamma[i]);
      }
    }
  }

  static void join_group(const float* origin, const float* moments, int64_t parts, int64_t period,
                         int64_t channels, int64_t first, int64_t each, int64_t pixels,
                         double& mean, double& variance) {
    double total = 0, squares = 0;
    for (int64_t c = first; c < first + each; c++) {
      double sum = 0, square = 0;
      for (int64_t i = c; i < 2 * parts * period; i += channels) {
        (i / period % 2 == 0 ? sum : square) += moments[i];
      }
      // About the first channel's origin rather than the channel's own.
      const double shift = double{origin[c]} - origin[first], n = static_cast<double>(pixels);
      total += sum + n * shift;
      squares += square + 2 * shift * sum + n * shift * shift;
    }
    const double count = static_cast<double>(pixels * each);
    mean = total / count;
    variance = std::max(squares / count - mean * mean, 0.0);
    mean += origin[first];
  }

  std::shared_ptr<const CpuContext> context_;
  Kernels kernels_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(int max_threads) {
  return std::make_unique<CpuBackend>(max_threads);
}

}  // namespace vita
