#include "ops/op_cases.h"

#include <array>
#include <memory>

namespace vita {
namespace {

std::vector<float> noise(int64_t count, uint32_t seed, float scale = 1.f) {
  std::vector<float> values(static_cast<size_t>(count));
  fill_noise({values.data(), {count}}, 0, seed);
  for (float& v : values) v *= scale;
  return values;
}

OpCase conv(const Conv2dDesc& d, bool large = false) {
  const std::string sizes = std::to_string(d.width) + "x" + std::to_string(d.height) + "_" +
                            std::to_string(d.in) + "to" + std::to_string(d.out);
  const std::string name = "conv_" + sizes + "_k" + std::to_string(d.kernel) + "s" +
                           std::to_string(d.stride) + "p" + std::to_string(d.pad) + "n" +
                           std::to_string(d.batch) + "_" + activation_name(d.activation) +
                           (d.bands > 1 ? "_bands" + std::to_string(d.bands) : "");
  const int64_t taps = d.in * d.kernel * d.kernel;
  const Shape out{d.batch, d.out_height(), d.out_width(), d.out};
  return {.name = name,
          .inputs = {{{d.batch, d.height, d.width, d.in}}},
          .out = out,
          .flops = 2.0 * static_cast<double>(out.elements() * taps),
          .primitives = static_cast<int>(d.bands),
          .large = large,
          .plan = [d, taps](const Backend& backend) -> OpRun {
            std::shared_ptr<Conv2dOp> op =
                backend.conv2d(d, noise(d.out * taps, 7, 0.3f), noise(d.out, 8));
            return [op](Stream& s, std::span<const View> in, const View& to) {
              op->run(s, in[0], to);
            };
          }};
}

OpCase linear(int64_t rows, const LinearDesc& d) {
  const std::string name = "linear_" + std::to_string(rows) + "of" + std::to_string(d.rows_max) +
                           "_" + std::to_string(d.in) + "to" + std::to_string(d.out) + "_" +
                           activation_name(d.activation);
  return {.name = name,
          .inputs = {{{rows, d.in}}},
          .out = {rows, d.out},
          .flops = 2.0 * static_cast<double>(rows * d.in * d.out),
          .primitives = 1,
          .plan = [d](const Backend& backend) -> OpRun {
            std::shared_ptr<LinearOp> op =
                backend.linear(d, noise(d.out * d.in, 7, 0.3f), noise(d.out, 8));
            return [op](Stream& s, std::span<const View> in, const View& to) {
              op->run(s, in[0], to);
            };
          }};
}

// An op that needs no plan: `run` gets the backend too.
template <typename Function>
OpCase direct(std::string name, std::vector<OpInput> inputs, Shape out, Function run,
              bool large = false) {
  return {.name = std::move(name),
          .inputs = std::move(inputs),
          .out = out,
          .large = large,
          .plan = [run](const Backend& b) -> OpRun {
            return [run, &b](Stream& s, std::span<const View> in, const View& to) {
              run(b, s, in, to);
            };
          }};
}

void add_plans(std::vector<OpCase>& cases) {
  using enum Activation;
  const std::vector<Conv2dDesc> small = {
      {.height = 5, .width = 7, .in = 3, .out = 4},
      {.height = 1, .width = 1, .in = 1, .out = 1},
      {.batch = 2, .height = 9, .width = 11, .in = 12, .out = 24, .activation = relu},
      {.height = 18, .width = 32, .in = 48, .out = 32, .activation = silu},
      {.height = 18, .width = 32, .in = 32, .out = 32, .activation = relu},
      {.height = 17, .width = 31, .in = 32, .out = 24},
      {.height = 17, .width = 31, .in = 20, .out = 17, .stride = 2, .activation = silu},
      {.batch = 3, .height = 16, .width = 16, .in = 16, .out = 48, .stride = 2, .activation = relu},
      {.height = 12, .width = 12, .in = 64, .out = 64, .stride = 2},
      {.height = 13, .width = 9, .in = 8, .out = 16, .kernel = 1, .pad = 0, .activation = silu},
      {.height = 13, .width = 9, .in = 65, .out = 130, .kernel = 1, .pad = 0},
      {.height = 14,
       .width = 14,
       .in = 16,
       .out = 16,
       .kernel = 1,
       .stride = 2,
       .pad = 0,
       .activation = relu},
      {.height = 15, .width = 10, .in = 4, .out = 8, .kernel = 5, .pad = 2, .activation = relu},
      {.height = 8, .width = 8, .in = 6, .out = 6, .kernel = 2, .stride = 2, .pad = 0},
      {.height = 10, .width = 10, .in = 5, .out = 7, .pad = 0},
      {.height = 48, .width = 48, .in = 24, .out = 64, .activation = silu},
      {.height = 6, .width = 6, .in = 32, .out = 48, .bands = 2},
      {.height = 13, .width = 9, .in = 20, .out = 16, .activation = relu, .bands = 2},
      {.height = 11, .width = 9, .in = 20, .out = 16, .bands = 3},
      {.height = 10, .width = 10, .in = 5, .out = 7, .pad = 0, .bands = 2},
      {.height = 12, .width = 12, .in = 64, .out = 32, .kernel = 1, .pad = 0, .bands = 2},
  };
  for (const Conv2dDesc& d : small) cases.push_back(conv(d));
  cases.push_back(
      conv({.height = 180, .width = 320, .in = 48, .out = 32, .activation = relu}, true));
  cases.push_back(
      conv({.height = 180, .width = 320, .in = 32, .out = 32, .activation = relu}, true));
  cases.push_back(conv({.height = 180, .width = 320, .in = 32, .out = 24}, true));
  cases.push_back(conv({.height = 45, .width = 80, .in = 96, .out = 96, .activation = relu}, true));

  cases.push_back(linear(1, {.rows_max = 1, .in = 1, .out = 1}));
  cases.push_back(linear(1, {.rows_max = 1, .in = 49, .out = 96, .activation = relu}));
  cases.push_back(linear(3, {.rows_max = 8, .in = 85, .out = 130, .activation = silu}));
  cases.push_back(linear(48, {.rows_max = 48, .in = 128, .out = 384, .activation = gelu}));
  cases.push_back(linear(37, {.rows_max = 64, .in = 96, .out = 17, .activation = gelu}));
  cases.push_back(linear(64, {.rows_max = 64, .in = 512, .out = 128}));
}

void add_elementwise(std::vector<OpCase>& cases) {
  for (const Activation a :
       {Activation::none, Activation::relu, Activation::silu, Activation::gelu}) {
    cases.push_back(direct(std::string("activate_") + activation_name(a), {{{3, 37}}}, {3, 37},
                           [a](const Backend& b, Stream& s, std::span<const View> in,
                               const View& out) { b.activate(s, a, in[0], out); }));
  }
  cases.push_back(direct("add", {{{5, 33}}, {{5, 33}}}, {5, 33},
                         [](const Backend& b, Stream& s, std::span<const View> in,
                            const View& out) { b.add(s, in[0], in[1], out); }));
  int i = 0;
  for (const int64_t c : {1, 7, 12, 24, 32, 80}) {
    const Activation a = std::array{Activation::none, Activation::relu, Activation::silu}[i++ % 3];
    const Shape image{2, 9, 7, c}, row{2, c};
    cases.push_back(direct("film_" + std::to_string(c) + "_" + activation_name(a),
                           {{image}, {row}, {row}}, image,
                           [a](const Backend& b, Stream& s, std::span<const View> in,
                               const View& out) { b.film(s, in[0], in[1], in[2], a, out); }));
  }
  const Shape frame{1, 180, 320, 32};
  cases.push_back(direct(
      "film_320x180_32_relu", {{frame}, {{1, 32}}, {{1, 32}}}, frame,
      [](const Backend& b, Stream& s, std::span<const View> in, const View& out) {
        b.film(s, in[0], in[1], in[2], Activation::relu, out);
      },
      true));
}

OpCase group_norm(const Shape& shape, int64_t groups, Activation activation, bool large = false) {
  const int64_t c = shape[-1];
  const std::string name = "group_norm_" + std::to_string(shape[1] * shape[2]) + "x" +
                           std::to_string(c) + "_g" + std::to_string(groups) + "_" +
                           activation_name(activation);
  return direct(
      name, {{shape}}, shape,
      [c, desc = GroupNormDesc{.groups = groups, .activation = activation}, gamma = noise(c, 3),
       beta = noise(c, 4)](const Backend& b, Stream& s, std::span<const View> in, const View& out) {
        b.group_norm(s, desc, in[0], gamma, beta, out);
      },
      large);
}

void add_rows(std::vector<OpCase>& cases) {
  cases.push_back(group_norm({2, 5, 7, 12}, 3, Activation::silu));
  cases.push_back(group_norm({1, 24, 24, 64}, 8, Activation::none));
  cases.push_back(group_norm({1, 3, 3, 7}, 7, Activation::relu));
  cases.push_back(group_norm({1, 48, 48, 128}, 8, Activation::silu, true));
  for (const int64_t dim : {1, 15, 16, 50, 128}) {
    cases.push_back(
        direct("layer_norm_" + std::to_string(dim), {{{6, dim}}}, {6, dim},
               [gamma = noise(dim, 3), beta = noise(dim, 4)](
                   const Backend& b, Stream& s, std::span<const View> in, const View& out) {
                 b.layer_norm(s, 1e-5f, in[0], gamma, beta, out);
               }));
    cases.push_back(direct("softmax_" + std::to_string(dim), {{{6, dim}}}, {6, dim},
                           [](const Backend& b, Stream& s, std::span<const View> in,
                              const View& out) { b.softmax(s, in[0], out); }));
  }
  struct Sizes {
    int64_t batch, tokens, dim, heads;
    bool masked;
  };
  for (const Sizes z : {Sizes{1, 1, 4, 1, false},
                        {2, 7, 12, 3, true},
                        {1, 48, 128, 4, true},
                        {3, 33, 40, 2, false},
                        {1, 144, 96, 4, false}}) {
    std::vector<OpInput> inputs = {{{z.batch, z.tokens, 3 * z.dim}}};
    if (z.masked) inputs.push_back({{z.batch, z.tokens}, Dtype::u8});
    cases.push_back(
        direct("attention_" + std::to_string(z.tokens) + "x" + std::to_string(z.dim) + "_h" +
                   std::to_string(z.heads) + (z.masked ? "_masked" : ""),
               inputs, {z.batch, z.tokens, z.dim},
               [z](const Backend& b, Stream& s, std::span<const View> in, const View& out) {
                 b.attention(s, z.heads, in[0], z.masked ? in[1] : View(), out);
               }));
  }
  cases.push_back(direct(
      "embedding_sum", {{{9, 5}, Dtype::i32, 40}}, {9, 33},
      [table = noise(40 * 33, 5)](const Backend& b, Stream& s, std::span<const View> in,
                                  const View& out) { b.embedding_sum(s, table, in[0], out); }));
}

void add_pixels(std::vector<OpCase>& cases) {
  struct Sizes {
    const char* name;
    Shape from, to;
    bool large = false;
  };
  const Shape frame{1, 180, 320, 32};
  for (const Sizes& z :
       {Sizes{"x2", {2, 5, 6, 7}, {2, 10, 12, 7}}, Sizes{"x4", {1, 3, 5, 32}, {1, 12, 20, 32}},
        Sizes{"half", {1, 8, 12, 16}, {1, 4, 6, 16}}, Sizes{"odd", {1, 7, 9, 3}, {1, 10, 4, 3}},
        Sizes{"one", {1, 1, 1, 5}, {1, 3, 3, 5}}, Sizes{"320x180", {1, 45, 80, 32}, frame, true}}) {
    cases.push_back(direct(
        std::string("bilinear_") + z.name, {{z.from}}, z.to,
        [](const Backend& b, Stream& s, std::span<const View> in, const View& out) {
          b.resize_bilinear(s, in[0], out);
        },
        z.large));
    cases.push_back(direct(
        std::string("nearest_") + z.name, {{z.from}}, z.to,
        [](const Backend& b, Stream& s, std::span<const View> in, const View& out) {
          b.resize_nearest(s, in[0], out);
        },
        z.large));
  }
  for (const int64_t r : {1, 2, 3, 4}) {
    const Shape packed{2, 3, 5, 6 * r * r}, pixels{2, 3 * r, 5 * r, 6};
    cases.push_back(direct("pixel_shuffle_" + std::to_string(r), {{packed}}, pixels,
                           [r](const Backend& b, Stream& s, std::span<const View> in,
                               const View& out) { b.pixel_shuffle(s, r, in[0], out); }));
    cases.push_back(direct("pixel_unshuffle_" + std::to_string(r), {{pixels}}, packed,
                           [r](const Backend& b, Stream& s, std::span<const View> in,
                               const View& out) { b.pixel_unshuffle(s, r, in[0], out); }));
  }
  cases.push_back(direct("concat", {{{2, 3, 5, 4}}, {{2, 3, 5, 1}}, {{2, 3, 5, 11}}}, {2, 3, 5, 16},
                         [](const Backend& b, Stream& s, std::span<const View> in,
                            const View& out) { b.concat(s, in, out); }));
}

}  // namespace

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_plans(cases);
  add_elementwise(cases);
  add_rows(cases);
  add_pixels(cases);
  return cases;
}

void fill_noise(const View& view, int32_t top, uint32_t seed) {
  uint32_t state = seed * 2654435761u + 1;
  for (int64_t i = 0; i < view.elements(); i++) {
    state = state * 1664525u + 1013904223u;
    const auto bits = static_cast<int32_t>(state >> 8);  // 24 bits
    if (view.dtype == Dtype::f32) {
      view.f32()[i] = static_cast<float>(bits) / 8388608.f - 1.f;
    } else if (view.dtype == Dtype::i32) {
      view.i32()[i] = bits % 8 == 0 ? -1 : bits / 8 % top;
    } else {
      view.u8()[i] = static_cast<uint8_t>(bits / 8 % top);
    }
  }
}

OpBuffers::OpBuffers(const OpCase& op_case, uint32_t seed) {
  for (const OpInput& input : op_case.inputs) {
    inputs_.push_back(add(input.dtype, input.shape));
    fill_noise(inputs_.back(), input.top, seed++);
  }
  out_ = add(Dtype::f32, op_case.out);
}

View OpBuffers::add(Dtype dtype, const Shape& shape) {
  const size_t bytes = static_cast<size_t>(shape.elements()) * element_bytes(dtype);
  memory_.emplace_back(bytes / sizeof(float) + 1, -999.f);
  return {dtype, memory_.back().data(), shape};
}

}  // namespace vita
