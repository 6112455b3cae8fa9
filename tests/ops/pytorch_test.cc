// Both backends and the layers against PyTorch's answers (training/fixtures/ops.py), and the
// reference against values worked out by hand.
#include <gtest/gtest.h>

#include "nn/blocks.h"
#include "ops/compare.h"

namespace vita {
namespace {

class PytorchTest : public ::testing::TestWithParam<const char*> {
 protected:
  PytorchTest()
      : file_(WeightFile::open("tests/fixtures/ops/ops.safetensors")),
        backend_(std::string(GetParam()) == "ref" ? make_ref_backend() : make_cpu_backend()),
        stream_(backend_->stream(1)) {
    stream_->attach();
  }

  WeightScope scope(const char* name) const { return WeightScope(*file_, name); }
  Build build(const char* name) const { return {*backend_, scope(name)}; }

  // A tensor of the fixture; ops take views of mutable memory but only read their inputs.
  static View view(const WeightScope& scope, const char* name) {
    const TensorView& tensor = scope.view(name);
    View v(tensor.dtype, const_cast<std::byte*>(tensor.data), {});
    v.shape = shape_of(tensor);
    return v;
  }
  static std::span<const float> floats(const WeightScope& scope, const char* name) {
    return values(view(scope, name));
  }

  // Runs f(x, out) of a case and compares.
  template <typename Function>
  void expect(const char* name, const char* input, Function f) {
    const WeightScope s = scope(name);
    const View expected = view(s, "out");
    std::vector<float> memory(static_cast<size_t>(expected.elements()), -999.f);
    const View out(memory.data(), expected.shape);
    f(s, view(s, input), out);
    EXPECT_TRUE(close_to(values(out), values(expected))) << name;
  }

  std::shared_ptr<const WeightFile> file_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Stream> stream_;

 private:
  static Shape shape_of(const TensorView& tensor) {
    switch (tensor.shape.size()) {
      case 1: return {tensor.shape[0]};
      case 2: return {tensor.shape[0], tensor.shape[1]};
      case 3: return {tensor.shape[0], tensor.shape[1], tensor.shape[2]};
      default: return {tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3]};
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Backends, PytorchTest, ::testing::Values("ref", "cpu"),
                         [](const auto& backend) { return backend.param; });

TEST_P(PytorchTest, Convolutions) {
  auto check = [&](const char* name, int kernel, int stride, int pad, Activation activation) {
    expect(name, "x", [&](const WeightScope& s, const View& x, const View& out) {
      const auto op = backend_->conv2d({.batch = 2,
                                        .height = 5,
                                        .width = 7,
                                        .in = 3,
                                        .out = 4,
                                        .kernel = kernel,
                                        .stride = stride,
                                        .pad = pad,
                                        .activation = activation},
                                       floats(s, "weight"), floats(s, "bias"));
      op->run(*stream_, x, out);
    });
  };
  check("conv", 3, 1, 1, Activation::none);
  check("conv_stride", 3, 2, 1, Activation::relu);
  check("conv_point", 1, 1, 0, Activation::silu);
  check("conv_wide", 5, 2, 2, Activation::silu);
}

TEST_P(PytorchTest, LinearAndActivations) {
  expect("linear", "x", [&](const WeightScope& s, const View& x, const View& out) {
    const auto op =
        backend_->linear({.rows_max = 5, .in = 12, .out = 9, .activation = Activation::gelu},
                         floats(s, "weight"), floats(s, "bias"));
    op->run(*stream_, x, out);
  });
  for (const Activation a : {Activation::relu, Activation::silu, Activation::gelu}) {
    expect(activation_name(a), "x", [&](const WeightScope&, const View& x, const View& out) {
      backend_->activate(*stream_, a, x, out);
    });
  }
}

TEST_P(PytorchTest, NormsAndFilm) {
  expect("group_norm", "x", [&](const WeightScope& s, const View& x, const View& out) {
    backend_->group_norm(*stream_, {.groups = 3, .activation = Activation::silu}, x,
                         floats(s, "gamma"), floats(s, "beta"), out);
  });
  expect("layer_norm", "x", [&](const WeightScope& s, const View& x, const View& out) {
    backend_->layer_norm(*stream_, 1e-5f, x, floats(s, "gamma"), floats(s, "beta"), out);
  });
  expect("softmax", "x", [&](const WeightScope&, const View& x, const View& out) {
    backend_->softmax(*stream_, x, out);
  });
  expect("film", "x", [&](const WeightScope& s, const View& x, const View& out) {
    backend_->film(*stream_, x, view(s, "scale"), view(s, "shift"), Activation::relu, out);
  });
}

TEST_P(PytorchTest, AttentionAndEmbedding) {
  expect("attention", "qkv", [&](const WeightScope& s, const View& qkv, const View& out) {
    backend_->attention(*stream_, 3, qkv, view(s, "mask"), out);
  });
  expect("embedding_sum", "ids", [&](const WeightScope& s, const View& ids, const View& out) {
    backend_->embedding_sum(*stream_, floats(s, "table"), ids, out);
  });
}

TEST_P(PytorchTest, Pixels) {
  for (const char* name : {"bilinear_up2", "bilinear_up3", "bilinear_down2", "bilinear_odd"}) {
    expect(name, "x", [&](const WeightScope&, const View& x, const View& out) {
      backend_->resize_bilinear(*stream_, x, out);
    });
  }
  for (const char* name : {"nearest_up2", "nearest_up3", "nearest_down2", "nearest_odd"}) {
    expect(name, "x", [&](const WeightScope&, const View& x, const View& out) {
      backend_->resize_nearest(*stream_, x, out);
    });
  }
  expect("pixel_shuffle", "x", [&](const WeightScope&, const View& x, const View& out) {
    backend_->pixel_shuffle(*stream_, 2, x, out);
  });
  expect("pixel_unshuffle", "x", [&](const WeightScope&, const View& x, const View& out) {
    backend_->pixel_unshuffle(*stream_, 2, x, out);
  });
}

TEST_P(PytorchTest, TransformerBlock) {
  const TransformerBlock block(build("transformer"),
                               {.batch = 2, .tokens_max = 8, .dim = 12, .heads = 3, .mlp_dim = 20});
  Workspace dry;
  expect("transformer", "x", [&](const WeightScope& s, const View& x, const View& out) {
    vita::Run run{*stream_, dry};
    std::copy_n(x.f32(), x.elements(), out.f32());
    block(run, out, view(s, "mask"));
  });
  Workspace measured(dry.peak_bytes());
  expect("transformer", "x", [&](const WeightScope& s, const View& x, const View& out) {
    vita::Run run{*stream_, measured};
    std::copy_n(x.f32(), x.elements(), out.f32());
    block(run, out, view(s, "mask"));
  });
  scope("transformer").check_all_read();
}

TEST_P(PytorchTest, ResBlock) {
  for (const char* name : {"resblock", "resblock_skip"}) {
    const int64_t in = std::string(name) == "resblock" ? 8 : 6;
    const ResBlock block(build(name), {.batch = 2,
                                       .height = 5,
                                       .width = 6,
                                       .in = in,
                                       .out = 8,
                                       .condition = 5,
                                       .groups_in = 2,
                                       .groups_out = 4});
    expect(name, "x", [&](const WeightScope& s, const View& x, const View& out) {
      Workspace workspace;
      vita::Run run{*stream_, workspace};
      block(run, x, view(s, "condition"), out);
    });
    scope(name).check_all_read();
  }
}

TEST(RefBackend, MatchesHandComputedValues) {
  const auto ref = make_ref_backend();
  auto stream = ref->stream(1);
  float image[] = {1, 2, 3, 4}, weight[] = {1, 0, -1, 2, 1, 0, 0, 3, 1}, bias[] = {10}, out[4];
  const auto conv = ref->conv2d({.height = 2, .width = 2, .in = 1, .out = 1}, weight, bias);
  conv->run(*stream, View(image, {1, 2, 2, 1}), View(out, {1, 2, 2, 1}));
  // Top left: 1*1 (centre) + 2*0 + 3*3 + 4*1 = 14, and the bias.
  EXPECT_EQ(out[0], 24);
  EXPECT_EQ(out[1], 10 + 2 + 2 * 1 + 3 * 4);
  EXPECT_EQ(out[2], 10 + 3 - 1 * 2);
  EXPECT_EQ(out[3], 10 + 1 + 2 * 3 + 4);

  float column[] = {0, 1}, doubled[4];
  ref->resize_bilinear(*stream, View(column, {1, 2, 1, 1}), View(doubled, {1, 4, 1, 1}));
  EXPECT_EQ(std::vector<float>(doubled, doubled + 4), (std::vector<float>{0, 0.25f, 0.75f, 1}));

  float packed[] = {1, 2, 3, 4}, unpacked[4];
  ref->pixel_shuffle(*stream, 2, View(packed, {1, 1, 1, 4}), View(unpacked, {1, 2, 2, 1}));
  EXPECT_EQ(std::vector<float>(unpacked, unpacked + 4), (std::vector<float>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace vita
