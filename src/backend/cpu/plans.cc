// Convolution and matrix product on oneDNN, planned once.
#include <algorithm>
#include <array>
#include <cstring>

#include "backend/checks.h"
#include "backend/cpu/context.h"
#include "core/error.h"

namespace vita {
namespace {

using Tag = dnnl::memory::format_tag;
using Desc = dnnl::memory::desc;
constexpr auto kF32 = dnnl::memory::data_type::f32;

dnnl::primitive_attr attributes(Activation activation) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops post;
  switch (activation) {
    case Activation::none: return attr;
    case Activation::relu: post.append_eltwise(1.f, dnnl::algorithm::eltwise_relu, 0.f, 0.f); break;
    case Activation::silu:
      post.append_eltwise(1.f, dnnl::algorithm::eltwise_swish, 1.f, 0.f);
      break;
    case Activation::gelu:
      post.append_eltwise(1.f, dnnl::algorithm::eltwise_gelu_tanh, 0.f, 0.f);
      break;
  }
  attr.set_post_ops(post);
  return attr;
}

// The weights in the layout that the primitive asks for.
dnnl::memory pack(const dnnl::engine& engine, std::span<const float> values, const Desc& from,
                  const Desc& to) {
  dnnl::memory plain(from, engine, const_cast<float*>(values.data()));  // only read by the reorder
  dnnl::memory packed(to, engine);
  dnnl::stream stream(engine);
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return packed;
}

dnnl::memory copy_bias(const dnnl::engine& engine, std::span<const float> bias, const Desc& desc) {
  dnnl::memory memory(desc, engine);
  std::memset(memory.get_data_handle(), 0, desc.get_size());
  if (!bias.empty()) std::memcpy(memory.get_data_handle(), bias.data(), bias.size_bytes());
  return memory;
}

// A primitive for one team size, with its weights.
struct Variant {
  int threads = 1;
  dnnl::primitive primitive;
  Desc scratchpad;
  dnnl::memory weights;
};

const Variant& variant_for(const std::vector<Variant>& variants, const CpuStream& stream) {
  for (const Variant& variant : variants) {
    if (variant.threads == stream.threads()) return variant;
  }
  throw Error(ErrorCode::internal, "cpu backend: no plan for a stream of " +
                                       std::to_string(stream.threads()) + " threads");
}

OpHandles make_handles(const dnnl::engine& engine, const Variant& variant, int64_t rows,
                       const Desc& x, const Desc& out) {
  return {rows, dnnl::memory(x, engine, nullptr), dnnl::memory(out, engine, nullptr),
          dnnl::memory(variant.scratchpad, engine, nullptr)};
}

// Through the C interface: the C++ one copies the arguments into a map and a vector for every call.
void execute(const Variant& variant, const dnnl::memory& bias, OpHandles& handles,
             CpuStream& stream, const View& x, const View& out) {
  handles.source.set_data_handle(x.data);
  handles.destination.set_data_handle(out.data);
  handles.scratchpad.set_data_handle(stream.scratch(variant.scratchpad.get_size()));
  const std::array<dnnl_exec_arg_t, 5> args{{{DNNL_ARG_SRC, handles.source.get()},
                                             {DNNL_ARG_WEIGHTS, variant.weights.get()},
                                             {DNNL_ARG_BIAS, bias.get()},
                                             {DNNL_ARG_DST, handles.destination.get()},
                                             {DNNL_ARG_SCRATCHPAD, handles.scratchpad.get()}}};
  stream.attach();
  check_dnnl(dnnl_primitive_execute(variant.primitive.get(), stream.dnnl_stream().get(),
                                    args.size(), args.data()),
             "dnnl_primitive_execute");
}

class CpuConv2d : public Conv2dOp {
 public:
  CpuConv2d(std::shared_ptr<const CpuContext> context, const Conv2dDesc& desc,
            std::span<const float> weight, std::span<const float> bias)
      : context_(std::move(context)),
        op_(context_->next_op()),
        desc_(desc),
        x_({desc.batch, desc.in, desc.height, desc.width}, kF32, Tag::nhwc),
        out_({desc.batch, desc.out, desc.out_height(), desc.out_width()}, kF32, Tag::nhwc),
        bias_(copy_bias(context_->engine, bias, {{desc.out}, kF32, Tag::x})) {
    for (int threads : context_->thread_counts) variants_.push_back(plan(threads, weight));
  }
  const Conv2dDesc& desc() const override { return desc_; }

  void run(Stream& base, const View& x, const View& out) const override {
    check_run(desc_, x, out);
    auto& stream = static_cast<CpuStream&>(base);
    const Variant& variant = variant_for(variants_, stream);
    OpHandles& handles = stream.handles(op_, 0);
    if (!handles.source) handles = make_handles(context_->engine, variant, 0, x_, out_);
    execute(variant, bias_, handles, stream, x, out);
  }

 private:
  Variant plan(int threads, std::span<const float> weight) const {
    const TeamSize team(threads);
    const dnnl::memory::dims sizes{desc_.out, desc_.in, desc_.kernel, desc_.kernel};
    const dnnl::memory::dims strides{desc_.stride, desc_.stride}, pad{desc_.pad, desc_.pad};
    const dnnl::convolution_forward::desc wish(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, x_,
        {sizes, kF32, Tag::any}, bias_.get_desc(), out_, strides, pad, pad);
    const dnnl::convolution_forward::primitive_desc made(wish, attributes(desc_.activation),
                                                         context_->engine);
    return {threads, dnnl::convolution_forward(made), made.scratchpad_desc(),
            pack(context_->engine, weight, {sizes, kF32, Tag::oihw}, made.weights_desc())};
  }

  std::shared_ptr<const CpuContext> context_;
  size_t op_;
  Conv2dDesc desc_;
  Desc x_, out_;
  dnnl::memory bias_;
  std::vector<Variant> variants_;
};

class CpuLinear : public LinearOp {
 public:
  CpuLinear(std::shared_ptr<const CpuContext> context, const LinearDesc& desc,
            std::span<const float> weight, std::span<const float> bias)
      : context_(std::move(context)),
        op_(context_->next_op()),
        desc_(desc),
        bias_(copy_bias(context_->engine, bias, {{1, desc.out}, kF32, Tag::ab})) {
    for (int threads : context_->thread_counts) variants_.push_back(plan(threads, weight));
  }
  const LinearDesc& desc() const override { return desc_; }

  void run(Stream& base, const View& x, const View& out) const override {
    const int64_t rows = check_run(desc_, x, out);
    auto& stream = static_cast<CpuStream&>(base);
    const Variant& variant = variant_for(variants_, stream);
    OpHandles& handles = stream.handles(op_, rows);
    if (!handles.source) {
      handles = make_handles(context_->engine, variant, rows, {{rows, desc_.in}, kF32, Tag::ab},
                             {{rows, desc_.out}, kF32, Tag::ab});
    }
    execute(variant, bias_, handles, stream, x, out);
  }

 private:
  // Planned for any number of rows: as fast as for a fixed one (docs/backends.md).
  Variant plan(int threads, std::span<const float> weight) const {
    const TeamSize team(threads);
    constexpr dnnl::memory::dim kAnyRows = DNNL_RUNTIME_DIM_VAL;
    const dnnl::memory::dims sizes{desc_.in, desc_.out};
    const dnnl::matmul::desc wish({{kAnyRows, desc_.in}, kF32, Tag::ab}, {sizes, kF32, Tag::any},
                                  bias_.get_desc(), {{kAnyRows, desc_.out}, kF32, Tag::ab});
    const dnnl::matmul::primitive_desc made(wish, attributes(desc_.activation), context_->engine);
    return {threads, dnnl::matmul(made), made.scratchpad_desc(),
            pack(context_->engine, weight, {sizes, kF32, Tag::ba}, made.weights_desc())};
  }

  std::shared_ptr<const CpuContext> context_;
  size_t op_;
  LinearDesc desc_;
  dnnl::memory bias_;
  std::vector<Variant> variants_;
};

// Plans may fail on machines that we have not met: oneDNN's own exception becomes ours.
template <typename Op, typename Base, typename Plan>
std::unique_ptr<Base> make_op(const char* name, std::shared_ptr<const CpuContext> context,
                              const Plan& desc, std::span<const float> weight,
                              std::span<const float> bias) {
  check_plan(desc, weight.size(), bias.size());
  try {
    return std::make_unique<Op>(std::move(context), desc, weight, bias);
  } catch (const dnnl::error& error) {
    throw Error(ErrorCode::unsupported, std::string(name) + " refused by oneDNN: " + error.what());
  }
}

}  // namespace

std::unique_ptr<Conv2dOp> make_cpu_conv2d(std::shared_ptr<const CpuContext> context,
                                          const Conv2dDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias) {
  return make_op<CpuConv2d, Conv2dOp>("conv2d", std::move(context), desc, weight, bias);
}

std::unique_ptr<LinearOp> make_cpu_linear(std::shared_ptr<const CpuContext> context,
                                          const LinearDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias) {
  return make_op<CpuLinear, LinearOp>("linear", std::move(context), desc, weight, bias);
}

}  // namespace vita
