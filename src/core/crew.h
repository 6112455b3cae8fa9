// Workers of the pool that stand by for one caller's many short steps.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <type_traits>

#include "core/thread_pool.h"

namespace vita {

// ThreadPool::parallel_for wakes threads anew for every loop, which takes as long as a small layer
// of a network. A crew wakes them once: inside of lead() its members spin for the caller's calls of
// each() and take a step in a fraction of a microsecond. A member that comes late or not at all is
// not waited for: the caller takes its steps.
//
// Used by one thread at a time. Does not allocate.
//
//   Crew crew(pool, 2);
//   crew.lead([&] {
//     for (const Layer& layer : layers) crew.each(2, [&](int64_t half) { layer.run(half); });
//   });
class Crew {
 public:
  // members: threads at work, the caller's among them, 1 or more; the pool may have fewer to give.
  Crew(ThreadPool& pool, int members) : pool_(pool), members_(members) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  int members() const { return members_; }

  // Runs `work` on the calling thread with the members standing by; throws what it throws.
  template <class Work>
  void lead(Work&& work) {
    open_.store(true, std::memory_order_relaxed);
    pool_.parallel_for(members_, [&](int64_t member) {
      if (member > 0) return serve();
      const Closing closing{*this};
      work();
    });
  }

  // Calls fn(0) … fn(n - 1), n below 65536, and returns when all have ended: side by side inside of
  // lead(), else in order. If calls throw, the first exception is thrown here.
  template <class Fn>
  void each(int64_t n, Fn&& fn) {
    using Function = std::remove_reference_t<Fn>;
    run(
        n, [](void* context, int64_t i) { (*static_cast<Function*>(context))(i); },
        const_cast<void*>(static_cast<const void*>(&fn)));
  }
  void run(int64_t n, void (*call)(void*, int64_t), void* context);

 private:
  struct Closing {  // sends the members home, however the work ends
    Crew& crew;
    ~Closing() { crew.open_.store(false, std::memory_order_release); }
  };
  void serve();
  bool step();

  ThreadPool& pool_;
  const int members_;
  std::atomic<bool> open_{false};
  // The loop that is handed out: its number (32 bits), its calls (16), the first call not begun
  // (16). A member that has raised the last part owns that call; the loop and what it names stay
  // until the call has ended.
  std::atomic<uint64_t> loop_{0};
  std::atomic<int64_t> ended_{0};
  void (*call_)(void*, int64_t) = nullptr;
  void* context_ = nullptr;
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

}  // namespace vita
