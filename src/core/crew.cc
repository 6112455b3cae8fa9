#include "core/crew.h"

#include <thread>
#include <utility>

namespace vita {
namespace {

// After this long without work a member lets other threads have its core between two looks.
constexpr int kPatience = 2000;

void rest(int looks) {
  if (looks < kPatience) {
    __builtin_ia32_pause();
  } else {
    std::this_thread::yield();
  }
}

constexpr uint64_t calls_of(uint64_t loop) { return loop >> 16 & 0xffff; }
constexpr uint64_t next_of(uint64_t loop) { return loop & 0xffff; }

}  // namespace

void Crew::run(int64_t n, void (*call)(void*, int64_t), void* context) {
  if (n < 2 || members_ < 2 || !open_.load(std::memory_order_relaxed)) {
    for (int64_t i = 0; i < n; i++) call(context, i);
    return;
  }
  call_ = call;
  context_ = context;
  ended_.store(0, std::memory_order_relaxed);
  const uint64_t number = (loop_.load(std::memory_order_relaxed) >> 32) + 1;
  loop_.store(number << 32 | static_cast<uint64_t>(n) << 16, std::memory_order_release);
  while (step()) {
  }
  for (int looks = 0; ended_.load(std::memory_order_acquire) < n; looks++) rest(looks);
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

// Takes one call of the loop that is handed out, if there is one left.
bool Crew::step() {
  uint64_t loop = loop_.load(std::memory_order_acquire);
  do {
    if (next_of(loop) >= calls_of(loop)) return false;
  } while (!loop_.compare_exchange_weak(loop, loop + 1, std::memory_order_acq_rel,
                                        std::memory_order_acquire));
  try {
    call_(context_, static_cast<int64_t>(next_of(loop)));
  } catch (...) {
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::current_exception();
  }
  ended_.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

void Crew::serve() {
  for (int looks = 0; open_.load(std::memory_order_acquire); looks++) {
    if (step()) {
      looks = 0;
    } else {
      rest(looks);
    }
  }
}

}  // namespace vita
