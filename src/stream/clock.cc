#include "stream/clock.h"

#include <chrono>

#include "core/thread_time.h"

namespace vita {

int64_t SteadyClock::now_us() { return monotonic_us(); }

void SteadyClock::wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                             int64_t time_us) {
  wake.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::microseconds(time_us)));
}

}  // namespace vita
