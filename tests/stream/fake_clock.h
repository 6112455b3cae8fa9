// A clock that tests turn.
#pragma once
#include <atomic>
#include <chrono>
#include <set>

#include "stream/clock.h"

namespace vita {

// Time passes when the test says so, and when nobody had anything to do for a while: then to the
// nearest time that somebody waits for.
class FakeClock : public Clock {
 public:
  int64_t now_us() override { return now_us_; }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                  int64_t time_us) override {
    const auto place = waiting_for_.insert(time_us);  // the pipeline's lock guards it
    const bool idle = wake.wait_for(lock, std::chrono::milliseconds(5)) == std::cv_status::timeout;
    if (idle && *waiting_for_.begin() == time_us) pass_until(time_us);
    waiting_for_.erase(place);
  }
  void pass_until(int64_t time_us) {
    int64_t now = now_us_;
    while (now < time_us && !now_us_.compare_exchange_weak(now, time_us)) {
    }
  }

 private:
  std::atomic<int64_t> now_us_{1000000};
  std::multiset<int64_t> waiting_for_;
};

}  // namespace vita
