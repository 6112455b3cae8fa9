// Monotonic time, behind an interface so that tests can tell the time.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace vita {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t now_us() = 0;
  // Sleeps until `time_us` or until `wake` is notified, whichever comes first.
  virtual void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                          int64_t time_us) = 0;
};

class SteadyClock : public Clock {
 public:
  int64_t now_us() override;
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                  int64_t time_us) override;
};

}  // namespace vita
