// Monotonic time, injectable: the engine never asks the system for the time by itself.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace vita {

// Any thread may call any method of any clock.
class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since some fixed moment; never goes back.
  virtual int64_t now_us() const = 0;
  // Returns at once if the time has passed.
  virtual void sleep_until_us(int64_t time_us) = 0;
};

class SteadyClock : public Clock {
 public:
  int64_t now_us() const override;
  void sleep_until_us(int64_t time_us) override;
};

// Stands still until it is told to move: for tests.
class FakeClock : public Clock {
 public:
  explicit FakeClock(int64_t start_us = 0) : now_us_(start_us) {}
  int64_t now_us() const override;
  // Waits until another thread has advanced the clock far enough.
  void sleep_until_us(int64_t time_us) override;
  void advance_us(int64_t by_us);
  // How many threads sleep now: lets a test wait until its subject does.
  int sleepers() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  int64_t now_us_;
  int sleepers_ = 0;
};

}  // namespace vita
