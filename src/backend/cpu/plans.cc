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
void execute(const Variant& variant, const dnnl::memory& bias, const OpHandles& handles,
             const dnnl::stream& stream) {
  const std::array<dnnl_exec_arg_t, 5> args{{{DNNL_ARG_SRC, handles.source.get()},
                                             {DNNL_ARG_WEIGHTS, variant.weights.get()},
                                             {DNNL_ARG_BIAS, bias.get()},
                                             {DNNL_ARG_DST, handles.destination.get()},
                                             {DNNL_ARG_SCRATCHPAD, handles.scratchpad.get()}}};
  check_dnnl(
      dnnl_primitive_execute(variant.primitive.get(), stream.get(), args.size(), args.data()),
      "dnnl_primitive_execute");
}

void execute(const Variant& variant, const dnnl::memory& bias, OpHandles& handles,
             CpuStream& stream, const View& x, const View& out) {
  handles.source.set_data_handle(x.data);
  handles.destination.set_data_handle(out.data);
  handles.scratchpad.set_data_handle(stream.scratch(variant.scratchpad.get_size()));
  stream.attach();
  execute(variant, bias, handles, stream.dnnl_stream());
}

Desc nhwc(int64_t batch, int64_t height, int64_t width, int64_t channels) {
  return {{batch, channels, height, width}, kF32, Tag::nhwc};
}

// Some rows of a convolution's output.
struct Rows {
  int64_t first, count;           // of the output
  int64_t in_first, in_count;     // what they read of the input
  int64_t pad_before, pad_after;  // and what lies beyond its border
};

Rows all_rows(const Conv2dDesc& d) { return {0, d.out_height(), 0, d.height, d.pad, d.pad}; }

Rows band_rows(const Conv2dDesc& d, int64_t band) {
  const int64_t first = d.out_height() * band / d.bands,
                last = d.out_height() * (band + 1) / d.bands;
  const int64_t low = first - d.pad, high = last - 1 - d.pad + d.kernel;  // may stick out
  const int64_t in_first = std::max<int64_t>(low, 0), in_last = std::min(high, d.height);
  return {first, last - first, in_first, in_last - in_first, in_first - low, high - in_last};
}

Variant plan_rows(const dnnl::engine& engine, const Conv2dDesc& d, const Rows& rows,
                  std::span<const float> weight) {
  const dnnl::memory::dims sizes{d.out, d.in, d.kernel, d.kernel};
  const dnnl::memory::dims strides{d.stride, d.stride};
  const dnnl::memory::dims before{rows.pad_before, d.pad}, after{rows.pad_after, d.pad};
  const dnnl::convolution_forward::desc wish(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      nhwc(d.batch, rows.in_count, d.width, d.in), {sizes, kF32, Tag::any}, {{d.out}, kF32, Tag::x},
      nhwc(d.batch, rows.count, d.out_width(), d.out), strides, before, after);
  const dnnl::convolution_forward::primitive_desc made(wish, attributes(d.activation), engine);
  return {1, dnnl::convolution_forward(made), made.scratchpad_desc(),
          pack(engine, weight, {sizes, kF32, Tag::oihw}, made.weights_desc())};
}

class CpuConv2d : public Conv2dOp {
 public:
  CpuConv2d(std::shared_ptr<const CpuContext> context, const Conv2dDesc& desc,
            std::span<const float> weight, std::span<const float> bias)
      : context_(std::move(context)),
        op_(context_->next_op()),
        desc_(desc),
        x_(nhwc(desc.batch, desc.height, desc.width, desc.in)),
        out_(nhwc(desc.batch, desc.out_height(), desc.out_width(), desc.out)),
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
    Variant made = plan_rows(context_->engine, desc_, all_rows(desc_), weight);
    made.threads = threads;
    return made;
  }

  std::shared_ptr<const CpuContext> context_;
  size_t op_;
  Conv2dDesc desc_;
  Desc x_, out_;
  dnnl::memory bias_;
  std::vector<Variant> variants_;
};

// A convolution in bands of rows, each a plan of its own for one core.
class CpuBandedConv2d : public Conv2dOp {
 public:
  CpuBandedConv2d(std::shared_ptr<const CpuContext> context, const Conv2dDesc& desc,
                  std::span<const float> weight, std::span<const float> bias)
      : context_(std::move(context)),
        op_(context_->next_op(static_cast<size_t>(desc.bands))),
        desc_(desc),
        bias_(copy_bias(context_->engine, bias, {{desc.out}, kF32, Tag::x})) {
    const TeamSize team(1);
    for (int band = 0; band < desc.bands; band++) {
      const Rows rows = band_rows(desc, band);
      bands_.push_back({rows, plan_rows(context_->engine, desc, rows, weight)});
      Variant &first = bands_.front().plan, &plan = bands_.back().plan;
      if (plan.weights.get_desc() == first.weights.get_desc()) plan.weights = first.weights;
      scratch_bytes_ = std::max(scratch_bytes_, plan.scratchpad.get_size());
    }
    scratch_bytes_ = (scratch_bytes_ + 63) / 64 * 64;  // bands share no cache line
  }
  const Conv2dDesc& desc() const override { return desc_; }

  void run(Stream& base, const View& x, const View& out) const override {
    check_run(desc_, x, out);
    auto& stream = static_cast<CpuStream&>(base);
    stream.reserve_bands(op_, bands_.size());
    auto* scratch = static_cast<std::byte*>(stream.scratch(scratch_bytes_ * bands_.size()));
    stream.each(desc_.bands, [&](int64_t band) {
      run_band(stream, static_cast<size_t>(band), x, out, scratch);
    });
  }

 private:
  struct Band {
    Rows rows;
    Variant plan;
  };
  void run_band(CpuStream& stream, size_t band, const View& x, const View& out,
                std::byte* scratch) const {
    const Rows& rows = bands_[band].rows;
    const Variant& plan = bands_[band].plan;
    OpHandles& handles = stream.handles(op_ + band, 0);
    if (!handles.source) {
      handles =
          make_handles(context_->engine, plan, 0, nhwc(1, rows.in_count, desc_.width, desc_.in),
                       nhwc(1, rows.count, desc_.out_width(), desc_.out));
    }
    handles.source.set_data_handle(x.f32() + rows.in_first * desc_.width * desc_.in);
    handles.destination.set_data_handle(out.f32() + rows.first * desc_.out_width() * desc_.out);
    handles.scratchpad.set_data_handle(scratch + band * scratch_bytes_);
    omp_set_num_threads(1);  // of this thread, which may be any of the crew
    execute(plan, bias_, handles, stream.dnnl_stream(band));
  }

  std::shared_ptr<const CpuContext> context_;
  size_t op_;
  Conv2dDesc desc_;
  dnnl::memory bias_;
  std::vector<Band> bands_;
  size_t scratch_bytes_ = 0;  // of one band
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
  if (desc.bands > 1)
    return make_op<CpuBandedConv2d, Conv2dOp>("conv2d", std::move(context), desc, weight, bias);
  return make_op<CpuConv2d, Conv2dOp>("conv2d", std::move(context), desc, weight, bias);
}

std::unique_ptr<LinearOp> make_cpu_linear(std::shared_ptr<const CpuContext> context,
                                          const LinearDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias) {
  return make_op<CpuLinear, LinearOp>("linear", std::move(context), desc, weight, bias);
}

}  // namespace vita
