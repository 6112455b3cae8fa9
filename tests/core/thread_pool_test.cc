#include "core/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <set>
#include <stdexcept>

namespace {
std::atomic<bool> counting = false;
std::atomic<int> allocations = 0;
}  // namespace

void* operator new(size_t size) {
  if (counting) allocations++;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace vita {
namespace {

TEST(ThreadPool, CallsEachIndexOnce) {
  ThreadPool pool({.threads = 3});
  std::vector<std::atomic<int>> calls(1000);
  pool.parallel_for(1000, [&](int64_t i) { calls[static_cast<size_t>(i)]++; });
  for (const auto& count : calls) EXPECT_EQ(count, 1);
  pool.parallel_for(0, [&](int64_t) { FAIL(); });
}

TEST(ThreadPool, WorkersAndCallerRunAtOnce) {
  ThreadPool pool({.threads = 2});
  std::atomic<int> arrived = 0;
  // Would never end if fewer than three threads took part.
  pool.parallel_for(3, [&](int64_t) {
    arrived++;
    while (arrived < 3) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 3);
}

TEST(ThreadPool, SeveralCallersShareIt) {
  ThreadPool pool({.threads = 2});
  std::atomic<int64_t> sum = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; t++) {
    callers.emplace_back([&] {
      for (int round = 0; round < 50; round++) {
        pool.parallel_for(20, [&](int64_t i) { sum += i; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 50 * 190);
}

TEST(ThreadPool, MayBeNested) {
  ThreadPool pool({.threads = 1});
  std::atomic<int> calls = 0;
  pool.parallel_for(4, [&](int64_t) { pool.parallel_for(5, [&](int64_t) { calls++; }); });
  EXPECT_EQ(calls, 20);
}

TEST(ThreadPool, TheFirstExceptionComesBack) {
  ThreadPool pool({.threads = 2});
  std::atomic<int> calls = 0;
  auto fails = [&](int64_t i) {
    calls++;
    if (i == 3) throw std::runtime_error("three");
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  };
  EXPECT_THROW(pool.parallel_for(100'000, fails), std::runtime_error);
  EXPECT_LT(calls, 100'000);
  pool.parallel_for(2, [&](int64_t) { calls = 0; });
  EXPECT_EQ(calls, 0);
}

TEST(ThreadPool, DoesNotAllocatePerCall) {
  ThreadPool pool({.threads = 2});
  std::atomic<int64_t> sum = 0;
  pool.parallel_for(100, [&](int64_t i) { sum += i; });
  counting = true;
  for (int round = 0; round < 20; round++) pool.parallel_for(100, [&](int64_t i) { sum += i; });
  counting = false;
  EXPECT_EQ(allocations, 0);
}

TEST(ThreadPool, PreparesEveryThread) {
  std::atomic<int> prepared = 0;
  {
    ThreadPool pool({.threads = 3, .on_thread_start = [&] { prepared++; }});
  }
  EXPECT_EQ(prepared, 4);
}

TEST(ThreadPool, BackgroundTasksRunInOrderAndAFailureEndsAlone) {
  ThreadPool pool({.threads = 1});
  std::vector<int> order;
  for (int i = 0; i < 5; i++) {
    ASSERT_TRUE(pool.run_background([&order, i] {
      order.push_back(i);
      if (i == 2) throw std::runtime_error("two");
    }));
  }
  pool.wait_background();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(pool.background_failed(), 1u);
}

TEST(ThreadPool, BackgroundQueueIsLimited) {
  std::atomic<bool> go = false, begun = false;
  ThreadPool pool({.threads = 1, .background_limit = 2});
  ASSERT_TRUE(pool.run_background([&] {
    begun = true;
    while (!go) std::this_thread::yield();
  }));
  while (!begun) std::this_thread::yield();
  EXPECT_TRUE(pool.run_background([] {}));
  EXPECT_TRUE(pool.run_background([] {}));
  EXPECT_FALSE(pool.run_background([] {}));
  EXPECT_EQ(pool.background_dropped(), 1u);
  go = true;
  pool.wait_background();
}

}  // namespace
}  // namespace vita
