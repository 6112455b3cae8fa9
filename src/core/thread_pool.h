// The threads that the whole program shares.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "core/bounded_queue.h"

namespace vita {

// Owned by the program (or the engine) and passed by reference. Any thread may call any method,
// also from inside a parallel_for. The destructor ends the threads; background tasks not yet begun
// are dropped.
//
//   ThreadPool pool({.threads = 2});
//   pool.parallel_for(rows, [&](int64_t row) { shade(row); });
class ThreadPool {
 public:
  struct Options {
    int threads = 0;  // workers; 0: one for each core but one
    std::function<void()>
        on_thread_start{};          // in every thread of the pool, e.g. omp_set_num_threads(1)
    size_t background_limit = 256;  // tasks that may wait
  };

  ThreadPool() : ThreadPool(Options{}) {}
  explicit ThreadPool(Options options);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Workers; the calling thread helps too, so up to threads() + 1 run at once.
  int threads() const { return static_cast<int>(workers_.size()); }

  // Calls fn(0) … fn(n - 1), in any order, on the workers and the calling thread (which makes the
  // first of them, fn(0)); returns when all are done. Does not allocate. Calls should last some ten
  // microseconds each. If calls throw, those not begun are left out and the first exception is
  // thrown here.
  template <class Fn>
  void parallel_for(int64_t n, Fn&& fn) {
    using Function = std::remove_reference_t<Fn>;
    run(
        n, [](void* context, int64_t i) { (*static_cast<Function*>(context))(i); },
        const_cast<void*>(static_cast<const void*>(&fn)));
  }

  // Runs a task on the one background thread, which the system favours a little less, in order
  // of arrival.
  // False if the queue is full or the pool ends; counted by background_dropped(). A task that
  // throws ends alone.
  bool run_background(std::function<void()> task);
  // Waits until every task accepted so far has ended.
  void wait_background();
  uint64_t background_dropped() const { return background_.dropped(); }
  uint64_t background_failed() const;

 private:
  // One parallel_for, on its caller's stack, in a list of those that have calls to hand out.
  struct Job {
    void (*call)(void*, int64_t);
    void* context;
    int64_t n;
    int64_t next = 0;     // the first call not begun
    int64_t running = 0;  // calls begun and not ended
    std::exception_ptr error{};
    std::condition_variable done{};
    Job* following = nullptr;
  };

  void run(int64_t n, void (*call)(void*, int64_t), void* context);
  void step(Job& job, std::unique_lock<std::mutex>& lock);
  void unlink(Job& job);
  void work();
  void work_background();

  const std::function<void()> on_thread_start_;
  mutable std::mutex mutex_;
  std::condition_variable has_work_, background_idle_;
  Job* jobs_ = nullptr;
  bool ending_ = false;
  uint64_t background_accepted_ = 0, background_ended_ = 0, background_failed_ = 0;
  BoundedQueue<std::function<void()>> background_;
  std::vector<std::thread> workers_;
  std::thread background_thread_;
};

}  // namespace vita
