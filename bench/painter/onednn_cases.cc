#include <dnnl.hpp>

#include "painter/cases.h"

namespace vita::bench {
namespace {

using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

struct Types {
  const char* name;
  Peak peak;
  Type source, weights, bias;
};
constexpr Types kInt8{"int8", Peak::int8, Type::u8, Type::s8, Type::s32};
constexpr Types kF32{"f32", Peak::f32, Type::f32, Type::f32, Type::f32};

// With every image in NHWC, as the painter has it, and the weights as the primitive likes them.
struct Primitive {
  Primitive(const ConvSizes& sizes, const Types& types);
  dnnl::memory zeros(const dnnl::memory::desc& desc) const {
    dnnl::memory memory(desc, engine);
    std::fill_n(static_cast<char*>(memory.get_data_handle()), desc.get_size(), char{0});
    return memory;
  }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::convolution_forward convolution;
  std::string implementation;
  std::unordered_map<int, dnnl::memory> arguments;
};

Primitive::Primitive(const ConvSizes& sizes, const Types& types) {
  const Type target = types.peak == Peak::int8 && sizes.out == world::kTrunk ? Type::u8 : Type::f32;
  const int pad = sizes.kernel / 2;
  dnnl::primitive_attr attributes;
  if (types.peak == Peak::int8) {  // one scale for each output channel
    attributes.set_output_scales(1 << 1, std::vector<float>(static_cast<size_t>(sizes.out), .01f));
  }
  const dnnl::convolution_forward::desc wish(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      {{1, sizes.in, kRows, kColumns}, types.source, Tag::nhwc},
      {{sizes.out, sizes.in, sizes.kernel, sizes.kernel}, types.weights, Tag::any},
      {{sizes.out}, types.bias, Tag::x}, {{1, sizes.out, kRows, kColumns}, target, Tag::nhwc},
      {1, 1}, {pad, pad}, {pad, pad});
  const dnnl::convolution_forward::primitive_desc made(wish, attributes, engine);
  convolution = dnnl::convolution_forward(made);
  implementation = made.impl_info_str();
  arguments = {{DNNL_ARG_SRC, zeros(made.src_desc())},
               {DNNL_ARG_WEIGHTS, zeros(made.weights_desc())},
               {DNNL_ARG_BIAS, zeros(made.bias_desc())},
               {DNNL_ARG_DST, zeros(made.dst_desc())}};
}

}  // namespace

std::vector<Case> onednn_cases() {
  std::vector<Case> cases;
  for (const Types& types : {kInt8, kF32}) {
    for (const ConvSizes& sizes : {kStem, kRefine, kHead}) {
      const auto p = std::make_shared<Primitive>(sizes, types);
      const auto run = [p] {
        p->convolution.execute(p->stream, p->arguments);
        p->stream.wait();
      };
      // Tiles have a roof of their own, far above that of the registers.
      const bool tiles = p->implementation.find("amx") != std::string::npos;
      cases.push_back({.name = std::string("oneDNN ") + types.name + ": " + sizes.name,
                       .peak = tiles ? Peak::none : types.peak,
                       .ops = sizes.ops(),
                       .run = run,
                       .note = p->implementation});
    }
  }
  return cases;
}

}  // namespace vita::bench
