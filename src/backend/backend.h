// One kind of device: it plans convolutions and matrix products, and runs the smaller ops directly.
#pragma once
#include <memory>
#include <span>
#include <string>

#include "backend/ops.h"
#include "core/crew.h"

namespace vita {

struct GroupNormDesc {
  int64_t groups = 1;
  float eps = 1e-5f;
  Activation activation = Activation::none;
};

// Immutable: any thread may call any method, with its own stream. Ops never allocate after their
// first run on a stream and never overlap reading and writing unless they say "in place". Views of
// the wrong shape are a fault of the caller: Error{internal} with both shapes.
//
//   std::unique_ptr<Backend> backend = make_cpu_backend();
//   auto conv = backend->conv2d({.height = 180, .width = 320, .in = 48, .out = 32}, weight, bias);
//   auto stream = backend->stream(1);
//   stream->attach();
//   conv->run(*stream, x, y);
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string description() const = 0;  // "cpu (avx512, oneDNN 2.6.3)"

  // threads: how many cores one op may use (1 or more).
  virtual std::unique_ptr<Stream> stream(int threads) const = 0;
  // A stream whose ops may use the crew's members while it is led. Their results are those of a
  // stream of one core, bit for bit; convolutions take one core but where they have bands. The crew
  // must outlive the stream.
  virtual std::unique_ptr<Stream> stream(Crew& crew) const = 0;

  // --- plans; weights are copied and packed. Throw Error{unsupported, invalid_argument}
  // --------------------- weight: [out, in, kernel, kernel], bias: [out] or nothing.
  virtual std::unique_ptr<Conv2dOp> conv2d(const Conv2dDesc& desc, std::span<const float> weight,
                                           std::span<const float> bias) const = 0;
  // weight: [out, in], bias: [out] or nothing.
  virtual std::unique_ptr<LinearOp> linear(const LinearDesc& desc, std::span<const float> weight,
                                           std::span<const float> bias) const = 0;

  // --- element by element; in place allowed
  // -----------------------------------------------------------------
  virtual void activate(Stream& stream, Activation activation, const View& x,
                        const View& out) const = 0;
  virtual void add(Stream& stream, const View& a, const View& b, const View& out) const = 0;
  // out = activation(x * (1 + scale) + shift), per channel. x: [n, h, w, c] or [n, tokens, c];
  // scale, shift: [n, c]. activation: none, relu or silu.
  virtual void film(Stream& stream, const View& x, const View& scale, const View& shift,
                    Activation activation, const View& out) const = 0;

  // --- norms; in place allowed
  // ------------------------------------------------------------------------------ x: [n, h, w, c];
  // mean and variance over h, w and the channels of a group. gamma, beta: [c].
  virtual void group_norm(Stream& stream, const GroupNormDesc& desc, const View& x,
                          std::span<const float> gamma, std::span<const float> beta,
                          const View& out) const = 0;
  // x: [..., dim]. gamma, beta: [dim].
  virtual void layer_norm(Stream& stream, float eps, const View& x, std::span<const float> gamma,
                          std::span<const float> beta, const View& out) const = 0;
  // x: [..., dim], over the last axis.
  virtual void softmax(Stream& stream, const View& x, const View& out) const = 0;

  // --- mixing
  // -----------------------------------------------------------------------------------------------
  // qkv: [batch, tokens, 3 dim] (all of q, then k, then v, each split into heads) -> out: [batch,
  // tokens, dim]. mask: u8 [batch, tokens], zero where a key is not to be looked at; or View() for
  // none. A sequence whose keys are all masked gives zeros.
  virtual void attention(Stream& stream, int64_t heads, const View& qkv, const View& mask,
                         const View& out) const = 0;
  // ids: i32 [rows, count], negative ids are skipped; table: [vocabulary, dim] -> out: [rows, dim].
  virtual void embedding_sum(Stream& stream, std::span<const float> table, const View& ids,
                             const View& out) const = 0;

  // --- moving pixels
  // ---------------------------------------------------------------------------------------- [n, h,
  // w, c] -> [n, h', w', c] for any sizes, half-pixel centres (PyTorch's align_corners=False).
  virtual void resize_bilinear(Stream& stream, const View& x, const View& out) const = 0;
  virtual void resize_nearest(Stream& stream, const View& x, const View& out) const = 0;
  // [n, h, w, c r r] <-> [n, h r, w r, c]; channel c*r*r + dy*r + dx holds pixel (dy, dx), as
  // PyTorch.
  virtual void pixel_shuffle(Stream& stream, int64_t r, const View& x, const View& out) const = 0;
  virtual void pixel_unshuffle(Stream& stream, int64_t r, const View& x, const View& out) const = 0;
  // Parts of equal outer sizes, one after the other along the last axis.
  virtual void concat(Stream& stream, std::span<const View> parts, const View& out) const = 0;
};

// Plain loops: the specification that every other backend is tested against.
std::unique_ptr<Backend> make_ref_backend();
// oneDNN and our own loops for AVX-512, AVX2 and plain x86-64; obeys VITA_MAX_ISA. Streams may have
// 1 or max_threads threads; every plan is made for both, so ask for more than 1 only where it is
// used.
std::unique_ptr<Backend> make_cpu_backend(int max_threads = 1);

}  // namespace vita
