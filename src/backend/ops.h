// Ops that are planned once: a descriptor of all that is fixed, a plan with packed weights, a run.
#pragma once
#include <cstdint>
#include <type_traits>

#include "core/view.h"

namespace vita {

enum class Activation { none, relu, silu, gelu };  // gelu: the tanh form
const char* activation_name(Activation activation);

// What one thread needs to run ops: vendor handles and scratch memory, made by Backend::stream().
// It may be used by one thread at a time; two threads that run the same op each bring their own.
class Stream {
 public:
  virtual ~Stream() = default;
  // Must be called once by the thread that is going to run ops with this stream (it sets that
  // thread's share of cores), and again when another thread takes the stream over.
  virtual void attach() = 0;
  virtual int threads() const = 0;

  // Calls fn(0) … fn(n - 1): side by side where the stream has cores for it, else in order.
  template <class Fn>
  void each(int64_t n, Fn&& fn) {
    using Function = std::remove_reference_t<Fn>;
    each_call(
        n, [](void* context, int64_t i) { (*static_cast<Function*>(context))(i); },
        const_cast<void*>(static_cast<const void*>(&fn)));
  }

 protected:
  virtual void each_call(int64_t n, void (*call)(void*, int64_t), void* context) = 0;
};

struct Conv2dDesc {
  int64_t batch = 1, height = 0, width = 0;  // of the input
  int64_t in = 0, out = 0;                   // channels
  int kernel = 3, stride = 1, pad = 1;       // square kernels; the border is zeros
  Activation activation = Activation::none;  // none, relu or silu
  Dtype dtype = Dtype::f32;
  // Bands of rows that are planned one by one and run side by side on a crew's stream, in order on
  // one of one core. The sums are the same to the last bit either way, which no plan for more
  // threads promises. Only for a batch of 1 and a stride of 1.
  int bands = 1;

  int64_t out_height() const { return (height + 2 * pad - kernel) / stride + 1; }
  int64_t out_width() const { return (width + 2 * pad - kernel) / stride + 1; }
};

// Packed weights and a vendor's plan. Immutable after construction: any number of threads may run
// it at once, each with its own stream. The first run on a stream may allocate; later ones do not.
class Conv2dOp {
 public:
  virtual ~Conv2dOp() = default;
  virtual const Conv2dDesc& desc() const = 0;
  // x: [batch, height, width, in] -> out: [batch, out_height, out_width, out]; they do not overlap.
  virtual void run(Stream& stream, const View& x, const View& out) const = 0;
};

struct LinearDesc {
  int64_t rows_max = 0;  // what the plan is made for; fewer rows may be run
  int64_t in = 0, out = 0;
  Activation activation = Activation::none;
  Dtype dtype = Dtype::f32;
};

// As Conv2dOp.
class LinearOp {
 public:
  virtual ~LinearOp() = default;
  virtual const LinearDesc& desc() const = 0;
  // x: [..., in] -> out: [..., out], with at most rows_max rows (the product of all but the last
  // size).
  virtual void run(Stream& stream, const View& x, const View& out) const = 0;
};

}  // namespace vita
