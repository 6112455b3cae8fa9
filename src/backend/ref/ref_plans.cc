#include "backend/ref/ref_plans.h"

#include <cmath>
#include <vector>

#include "backend/checks.h"

namespace vita {
namespace {

class RefConv2d : public Conv2dOp {
 public:
  RefConv2d(const Conv2dDesc& desc, std::span<const float> weight, std::span<const float> bias)
      : desc_(desc), weight_(weight.begin(), weight.end()), bias_(bias.begin(), bias.end()) {
    bias_.resize(static_cast<size_t>(desc.out));
  }
  const Conv2dDesc& desc() const override { return desc_; }

  void run(Stream&, const View& x, const View& out) const override {
    check_run(desc_, x, out);
    float* to = out.f32();
    for (int64_t n = 0; n < desc_.batch; n++) {
      for (int64_t oy = 0; oy < desc_.out_height(); oy++) {
        for (int64_t ox = 0; ox < desc_.out_width(); ox++) {
          for (int64_t o = 0; o < desc_.out; o++) {
            *to++ =
                static_cast<float>(ref_activation(desc_.activation, sum(x.f32(), n, oy, ox, o)));
          }
        }
      }
    }
  }

 private:
  double sum(const float* x, int64_t n, int64_t oy, int64_t ox, int64_t o) const {
    const Conv2dDesc& d = desc_;
    double sum = bias_[o];
    for (int64_t ky = 0; ky < d.kernel; ky++) {
      for (int64_t kx = 0; kx < d.kernel; kx++) {
        const int64_t y = oy * d.stride - d.pad + ky, col = ox * d.stride - d.pad + kx;
        if (y < 0 || y >= d.height || col < 0 || col >= d.width) continue;
        const float* pixel = x + ((n * d.height + y) * d.width + col) * d.in;
        for (int64_t i = 0; i < d.in; i++) {
          sum += double{pixel[i]} * weight_[((o * d.in + i) * d.kernel + ky) * d.kernel + kx];
        }
      }
    }
    return sum;
  }

  Conv2dDesc desc_;
  std::vector<float> weight_, bias_;
};

class RefLinear : public LinearOp {
 public:
  RefLinear(const LinearDesc& desc, std::span<const float> weight, std::span<const float> bias)
      : desc_(desc), weight_(weight.begin(), weight.end()), bias_(bias.begin(), bias.end()) {
    bias_.resize(static_cast<size_t>(desc.out));
  }
  const LinearDesc& desc() const override { return desc_; }

  void run(Stream&, const View& x, const View& out) const override {
    const int64_t rows = check_run(desc_, x, out);
    for (int64_t row = 0; row < rows; row++) {
      const float* from = x.f32() + row * desc_.in;
      for (int64_t o = 0; o < desc_.out; o++) {
        double sum = bias_[o];
        for (int64_t i = 0; i < desc_.in; i++) sum += double{from[i]} * weight_[o * desc_.in + i];
        out.f32()[row * desc_.out + o] = static_cast<float>(ref_activation(desc_.activation, sum));
      }
    }
  }

 private:
  LinearDesc desc_;
  std::vector<float> weight_, bias_;
};

}  // namespace

double ref_activation(Activation activation, double x) {
  switch (activation) {
    case Activation::none: return x;
    case Activation::relu: return x > 0 ? x : 0;
    case Activation::silu: return x / (1 + std::exp(-x));
    case Activation::gelu: break;
  }
  constexpr double kSqrt2OverPi = 0.7978845608028654;
  return 0.5 * x * (1 + std::tanh(kSqrt2OverPi * (x + 0.044715 * x * x * x)));
}

std::unique_ptr<Conv2dOp> make_ref_conv2d(const Conv2dDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias) {
  check_plan(desc, weight.size(), bias.size());
  return std::make_unique<RefConv2d>(desc, weight, bias);
}

std::unique_ptr<LinearOp> make_ref_linear(const LinearDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias) {
  check_plan(desc, weight.size(), bias.size());
  return std::make_unique<RefLinear>(desc, weight, bias);
}

}  // namespace vita
