#include "core/clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace vita {
namespace {

TEST(SteadyClock, SleepsUntilTheTime) {
  SteadyClock clock;
  int64_t start = clock.now_us();
  clock.sleep_until_us(start + 2000);
  EXPECT_GE(clock.now_us(), start + 2000);
  clock.sleep_until_us(start);
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock(100);
  EXPECT_EQ(clock.now_us(), 100);
  clock.advance_us(50);
  EXPECT_EQ(clock.now_us(), 150);
  clock.sleep_until_us(150);
}

TEST(FakeClock, WakesASleeperOnceItsTimeHasCome) {
  FakeClock clock;
  std::atomic<bool> awake = false;
  std::thread sleeper([&] {
    clock.sleep_until_us(100);
    awake = true;
  });
  while (clock.sleepers() == 0) std::this_thread::yield();
  clock.advance_us(99);
  EXPECT_EQ(clock.sleepers(), 1);
  EXPECT_FALSE(awake);
  clock.advance_us(1);
  sleeper.join();
  EXPECT_TRUE(awake);
}

}  // namespace
}  // namespace vita
