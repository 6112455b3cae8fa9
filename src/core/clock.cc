#include "core/clock.h"

#include <chrono>
#include <thread>

namespace vita {

int64_t SteadyClock::now_us() const {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

void SteadyClock::sleep_until_us(int64_t time_us) {
  using std::chrono::microseconds;
  using std::chrono::steady_clock;
  std::this_thread::sleep_until(steady_clock::time_point(microseconds(time_us)));
}

int64_t FakeClock::now_us() const {
  std::lock_guard lock(mutex_);
  return now_us_;
}

void FakeClock::sleep_until_us(int64_t time_us) {
  std::unique_lock lock(mutex_);
  sleepers_++;
  moved_.wait(lock, [&] { return now_us_ >= time_us; });
  sleepers_--;
}

void FakeClock::advance_us(int64_t by_us) {
  {
    std::lock_guard lock(mutex_);
    now_us_ += by_us;
  }
  moved_.notify_all();
}

int FakeClock::sleepers() const {
  std::lock_guard lock(mutex_);
  return sleepers_;
}

}  // namespace vita
