// What the parts of the cpu backend share: oneDNN's engine, streams and checked status codes.
#pragma once
#include <atomic>
#include <dnnl.hpp>
#include <memory>
#include <span>
#include <vector>

#include "backend/cpu/kernels.h"
#include "backend/ops.h"
#include "core/crew.h"

namespace vita {

// Debian's oneDNN runs on OpenMP. This sets the calling thread's team size (it is a property of the
// thread).
extern "C" void omp_set_num_threads(int threads);
extern "C" int omp_get_max_threads();

// Throws Error{internal} naming the status and the line of the call.
void check_dnnl(dnnl_status_t status, const char* what, int line = __builtin_LINE());

// oneDNN's handles for one op on one stream. The memory objects are made at the first run (they
// allocate); later runs only change their pointers.
struct OpHandles {
  int64_t rows = 0;  // which variable size they were made for; 0 if the op has none
  dnnl::memory source, destination, scratchpad;
};

class CpuStream : public Stream {
 public:
  // crew: whom each() shares with, or nullptr.
  CpuStream(const dnnl::engine& engine, int threads, Crew* crew = nullptr);
  void attach() override;
  int threads() const override { return threads_; }

  // How many parts ops are cut into: fixed for one core and for a crew, so that both round alike.
  int64_t shares() const { return threads_ > 1 ? threads_ : kShares; }

  // oneDNN's own stream of a band.
  dnnl::stream& dnnl_stream(size_t band = 0) { return streams_[band]; }
  // Makes the handles of `count` ops from `first` on and the streams of as many bands.
  void reserve_bands(size_t first, size_t count);
  // Handles of op number `op`, for `rows` rows; empty ones at the first call. A reference lasts
  // until the first call for another op or number of rows.
  OpHandles& handles(size_t op, int64_t rows);
  // At least this much, aligned to a cache line; oneDNN's scratchpads and our kernels share it.
  void* scratch(size_t bytes);

 protected:
  void each_call(int64_t n, void (*call)(void*, int64_t), void* context) override;

 private:
  static constexpr int64_t kShares = 2;
  struct Free {
    void operator()(std::byte* p) const;
  };
  int threads_;
  Crew* crew_;
  std::vector<dnnl::stream> streams_;
  std::vector<std::vector<OpHandles>> handles_;  // by op, then by rows in order of appearance
  std::unique_ptr<std::byte[], Free> scratch_;
  size_t scratch_bytes_ = 0;
};

// Lives as long as any plan. oneDNN plans for a fixed number of threads, so each plan is made once
// per thread count that streams may have.
struct CpuContext {
  explicit CpuContext(int max_threads);
  // The first of `count` numbers for ops.
  size_t next_op(size_t count = 1) const { return op_count.fetch_add(count); }

  dnnl::engine engine;
  std::vector<int> thread_counts;  // {1} or {1, max}
  mutable std::atomic<size_t> op_count{0};
};

// Plans while the calling thread's team has `threads` members, then restores it.
class TeamSize {
 public:
  explicit TeamSize(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
  ~TeamSize() { omp_set_num_threads(before_); }
  TeamSize(const TeamSize&) = delete;
  TeamSize& operator=(const TeamSize&) = delete;

 private:
  int before_;
};

std::unique_ptr<Conv2dOp> make_cpu_conv2d(std::shared_ptr<const CpuContext> context,
                                          const Conv2dDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias);
std::unique_ptr<LinearOp> make_cpu_linear(std::shared_ptr<const CpuContext> context,
                                          const LinearDesc& desc, std::span<const float> weight,
                                          std::span<const float> bias);

}  // namespace vita
