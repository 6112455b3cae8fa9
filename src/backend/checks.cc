#include "backend/checks.h"

#include <string>

#include "core/error.h"

namespace vita {
namespace {

// The message is built only for a failure: checks must not allocate on the frame path.
void expect_view(const char* op, const char* name, const View& v, const Shape& shape,
                 Dtype dtype = Dtype::f32) {
  if (v.dtype == dtype && v.shape == shape && (v.data != nullptr || shape.elements() == 0)) return;
  throw Error(ErrorCode::internal,
              std::string(op) + ": " + name + " is " + (v.data ? "" : "null, ") + v.shape.text() +
                  (v.dtype == dtype ? "" : " of the wrong type") + ", expected " + shape.text());
}

void expect_rank(const char* op, const char* name, const View& v, int least, int most) {
  if (v.shape.rank() >= least && v.shape.rank() <= most) return;
  throw Error(ErrorCode::internal, std::string(op) + ": " + name + " is " + v.shape.text() +
                                       ", expected rank " + std::to_string(least) +
                                       (least == most ? "" : " or more"));
}

void expect_size(const char* op, const char* name, size_t found, int64_t expected) {
  if (found == static_cast<size_t>(expected)) return;
  throw Error(ErrorCode::internal, std::string(op) + ": " + name + " has " + std::to_string(found) +
                                       " elements, expected " + std::to_string(expected));
}

[[noreturn]] void refuse_plan(ErrorCode code, const char* op, const std::string& why) {
  throw Error(code, std::string(op) + " refused: " + why);
}

void check_weights(const char* op, size_t weights, int64_t expected, size_t biases, int64_t out) {
  if (weights != static_cast<size_t>(expected)) {
    refuse_plan(ErrorCode::invalid_argument, op,
                std::to_string(weights) + " weights, expected " + std::to_string(expected));
  }
  if (biases != 0 && biases != static_cast<size_t>(out)) {
    refuse_plan(ErrorCode::invalid_argument, op,
                std::to_string(biases) + " biases, expected " + std::to_string(out));
  }
}

void check_dtype(const char* op, Dtype dtype) {
  if (dtype != Dtype::f32) refuse_plan(ErrorCode::unsupported, op, "only f32 is implemented");
}

}  // namespace

const char* activation_name(Activation activation) {
  switch (activation) {
    case Activation::none: return "none";
    case Activation::relu: return "relu";
    case Activation::silu: return "silu";
    case Activation::gelu: break;
  }
  return "gelu";
}

void check_plan(const Conv2dDesc& d, size_t weights, size_t biases) {
  const char* op = "conv2d";
  check_dtype(op, d.dtype);
  if (d.batch < 1 || d.in < 1 || d.out < 1 || d.kernel < 1 || d.stride < 1 || d.pad < 0 ||
      d.pad >= d.kernel) {
    refuse_plan(ErrorCode::invalid_argument, op,
                "batch " + std::to_string(d.batch) + ", channels " + std::to_string(d.in) + " to " +
                    std::to_string(d.out) + ", kernel " + std::to_string(d.kernel) + ", stride " +
                    std::to_string(d.stride) + ", pad " + std::to_string(d.pad) +
                    "; expected positive sizes and a pad smaller than the kernel");
  }
  if (d.height + 2 * d.pad < d.kernel || d.width + 2 * d.pad < d.kernel) {
    refuse_plan(ErrorCode::invalid_argument, op,
                std::to_string(d.width) + "x" + std::to_string(d.height) +
                    " pixels are smaller than the kernel " + std::to_string(d.kernel) +
                    " with pad " + std::to_string(d.pad));
  }
  if (d.bands < 1 || d.bands > d.out_height() ||
      (d.bands > 1 && (d.batch > 1 || d.stride > 1 || d.out_height() / d.bands < d.pad))) {
    refuse_plan(ErrorCode::invalid_argument, op,
                std::to_string(d.bands) + " bands of " + std::to_string(d.out_height()) +
                    " rows, batch " + std::to_string(d.batch) + ", stride " +
                    std::to_string(d.stride) +
                    "; expected 1, or bands no thinner than the pad with batch and stride 1");
  }
  if (d.activation == Activation::gelu)
    refuse_plan(ErrorCode::unsupported, op, "gelu cannot be fused");
  check_weights(op, weights, d.out * d.in * d.kernel * d.kernel, biases, d.out);
}

void check_plan(const LinearDesc& d, size_t weights, size_t biases) {
  const char* op = "linear";
  check_dtype(op, d.dtype);
  if (d.rows_max < 1 || d.in < 1 || d.out < 1) {
    refuse_plan(ErrorCode::invalid_argument, op,
                std::to_string(d.rows_max) + " rows, " + std::to_string(d.in) + " to " +
                    std::to_string(d.out) + "; expected positive sizes");
  }
  check_weights(op, weights, d.out * d.in, biases, d.out);
}

void check_run(const Conv2dDesc& d, const View& x, const View& out) {
  expect_view("conv2d", "x", x, {d.batch, d.height, d.width, d.in});
  expect_view("conv2d", "out", out, {d.batch, d.out_height(), d.out_width(), d.out});
}

int64_t check_run(const LinearDesc& d, const View& x, const View& out) {
  expect_rank("linear", "x", x, 1, Shape::kMaxRank);
  Shape in_shape = x.shape;
  in_shape[-1] = d.in;
  expect_view("linear", "x", x, in_shape);
  Shape out_shape = x.shape;
  out_shape[-1] = d.out;
  expect_view("linear", "out", out, out_shape);
  const int64_t rows = x.elements() / d.in;
  if (rows > d.rows_max) {
    throw Error(ErrorCode::internal, "linear: x is " + x.shape.text() + ", " +
                                         std::to_string(rows) + " rows, planned for at most " +
                                         std::to_string(d.rows_max));
  }
  return rows;
}

void check_same(const char* op, const View& x, const View& out) {
  expect_view(op, "input", x, x.shape);
  expect_view(op, "out", out, x.shape);
}

void check_film(const View& x, const View& scale, const View& shift, Activation activation,
                const View& out) {
  expect_rank("film", "x", x, 3, 4);
  check_same("film", x, out);
  expect_view("film", "scale", scale, {x.shape[0], x.shape[-1]});
  expect_view("film", "shift", shift, {x.shape[0], x.shape[-1]});
  if (activation == Activation::gelu)
    throw Error(ErrorCode::internal, "film: gelu cannot be fused");
}

void check_group_norm(const GroupNormDesc& desc, const View& x, size_t gammas, size_t betas,
                      const View& out) {
  expect_rank("group_norm", "x", x, 4, 4);
  check_same("group_norm", x, out);
  expect_size("group_norm", "gamma", gammas, x.shape[-1]);
  expect_size("group_norm", "beta", betas, x.shape[-1]);
  if (desc.groups < 1 || x.shape[-1] % desc.groups != 0) {
    throw Error(ErrorCode::internal, "group_norm: " + std::to_string(desc.groups) +
                                         " groups do not divide " + std::to_string(x.shape[-1]) +
                                         " channels");
  }
}

void check_layer_norm(const View& x, size_t gammas, size_t betas, const View& out) {
  expect_rank("layer_norm", "x", x, 1, Shape::kMaxRank);
  check_same("layer_norm", x, out);
  expect_size("layer_norm", "gamma", gammas, x.shape[-1]);
  expect_size("layer_norm", "beta", betas, x.shape[-1]);
}

void check_attention(int64_t heads, const View& qkv, const View& mask, const View& out) {
  expect_rank("attention", "out", out, 3, 3);
  expect_view("attention", "out", out, out.shape);
  expect_view("attention", "qkv", qkv, {out.shape[0], out.shape[1], 3 * out.shape[2]});
  if (mask) expect_view("attention", "mask", mask, {out.shape[0], out.shape[1]}, Dtype::u8);
  if (heads < 1 || out.shape[2] % heads != 0) {
    throw Error(ErrorCode::internal, "attention: " + std::to_string(heads) +
                                         " heads do not divide " + std::to_string(out.shape[2]) +
                                         " dimensions");
  }
}

void check_embedding_sum(size_t table, const View& ids, const View& out) {
  expect_rank("embedding_sum", "ids", ids, 2, 2);
  expect_rank("embedding_sum", "out", out, 2, 2);
  expect_view("embedding_sum", "ids", ids, ids.shape, Dtype::i32);
  expect_view("embedding_sum", "out", out, {ids.shape[0], out.shape[1]});
  const int64_t vocabulary = static_cast<int64_t>(table) / out.shape[1];
  expect_size("embedding_sum", "table", table, vocabulary * out.shape[1]);
  for (int64_t i = 0; i < ids.elements(); i++) {
    if (ids.i32()[i] >= vocabulary) {
      throw Error(ErrorCode::internal, "embedding_sum: id " + std::to_string(ids.i32()[i]) +
                                           " in a table of " + std::to_string(vocabulary));
    }
  }
}

void check_resize(const char* op, const View& x, const View& out) {
  expect_rank(op, "x", x, 4, 4);
  expect_rank(op, "out", out, 4, 4);
  expect_view(op, "x", x, x.shape);
  expect_view(op, "out", out, {x.shape[0], out.shape[1], out.shape[2], x.shape[3]});
}

void check_pixel_shuffle(int64_t r, const View& x, const View& out) {
  expect_rank("pixel_shuffle", "out", out, 4, 4);
  const Shape& s = out.shape;
  expect_view("pixel_shuffle", "x", x, {s[0], s[1] / r, s[2] / r, s[3] * r * r});
  expect_view("pixel_shuffle", "out", out, {s[0], x.shape[1] * r, x.shape[2] * r, s[3]});
}

void check_pixel_unshuffle(int64_t r, const View& x, const View& out) {
  expect_rank("pixel_unshuffle", "x", x, 4, 4);
  const Shape& s = x.shape;
  expect_view("pixel_unshuffle", "out", out, {s[0], s[1] / r, s[2] / r, s[3] * r * r});
  expect_view("pixel_unshuffle", "x", x, {s[0], out.shape[1] * r, out.shape[2] * r, s[3]});
}

void check_concat(std::span<const View> parts, const View& out) {
  int64_t channels = 0;
  for (const View& part : parts) {
    Shape expected = out.shape;
    expected[-1] = part.shape.rank() ? part.shape[-1] : 0;
    expect_view("concat", "part", part, expected);
    channels += expected[-1];
  }
  Shape expected = out.shape;
  expected[-1] = channels;
  expect_view("concat", "out", out, expected);
}

}  // namespace vita
