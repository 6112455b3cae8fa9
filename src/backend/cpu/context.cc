#include "backend/cpu/context.h"

#include <mutex>
#include <new>
#include <string>

#include "core/error.h"

namespace vita {
namespace {

constexpr size_t kAlignment = 64;

// oneDNN must be told before its first primitive; it obeys once per process.
void limit_dnnl_isa() {
  static std::once_flag once;
  std::call_once(once, [] {
    dnnl::cpu_isa limit = dnnl::cpu_isa::all;
    if (cpu_isa() == Isa::avx512) limit = dnnl::cpu_isa::avx512_core;
    if (cpu_isa() == Isa::avx2) limit = dnnl::cpu_isa::avx2;
    if (cpu_isa() == Isa::baseline) limit = dnnl::cpu_isa::sse41;
    if (limit == dnnl::cpu_isa::all) return;
    if (dnnl::set_max_cpu_isa(limit) != dnnl::status::success) {
      throw Error(ErrorCode::unsupported,
                  std::string("oneDNN refused the limit ") + isa_name(cpu_isa()) +
                      ": something in this process has used it before the backend");
    }
  });
}

}  // namespace

void check_dnnl(dnnl_status_t status, const char* what, int line) {
  if (status == dnnl_success) return;
  throw Error(ErrorCode::internal, std::string(what) + ": oneDNN status " + std::to_string(status) +
                                       " at line " + std::to_string(line));
}

CpuStream::CpuStream(const dnnl::engine& engine, int threads, Crew* crew)
    : threads_(threads), crew_(crew), streams_{dnnl::stream(engine)} {}

void CpuStream::attach() { omp_set_num_threads(threads_); }

void CpuStream::each_call(int64_t n, void (*call)(void*, int64_t), void* context) {
  if (crew_ != nullptr) return crew_->run(n, call, context);
  if (threads_ == 1 || n < 2) {
    for (int64_t i = 0; i < n; i++) call(context, i);
    return;
  }
#pragma omp parallel for num_threads(threads_) schedule(static)
  for (int64_t i = 0; i < n; i++) call(context, i);
}

void CpuStream::reserve_bands(size_t first, size_t count) {
  while (streams_.size() < count) streams_.emplace_back(streams_[0].get_engine());
  for (size_t band = 0; band < count; band++) handles(first + band, 0);
}

OpHandles& CpuStream::handles(size_t op, int64_t rows) {
  if (op >= handles_.size()) handles_.resize(op + 1);
  for (OpHandles& known : handles_[op]) {
    if (known.rows == rows) return known;
  }
  handles_[op].emplace_back().rows = rows;
  return handles_[op].back();
}

void* CpuStream::scratch(size_t bytes) {
  if (bytes > scratch_bytes_) {
    scratch_.reset(static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{kAlignment})));
    scratch_bytes_ = bytes;
  }
  return scratch_.get();
}

void CpuStream::Free::operator()(std::byte* p) const {
  ::operator delete[](p, std::align_val_t{kAlignment});
}

CpuContext::CpuContext(int max_threads) {
  if (max_threads < 1) {
    throw Error(ErrorCode::invalid_argument,
                "cpu backend: " + std::to_string(max_threads) + " threads, expected 1 or more");
  }
  limit_dnnl_isa();
  engine = dnnl::engine(dnnl::engine::kind::cpu, 0);
  thread_counts.push_back(1);
  if (max_threads > 1) thread_counts.push_back(max_threads);
}

}  // namespace vita
