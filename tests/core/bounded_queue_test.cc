#include "core/bounded_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>

namespace vita {
namespace {

using std::chrono::milliseconds;

TEST(BoundedQueue, KeepsOrderAcrossItsEnd) {
  BoundedQueue<int> queue(3);
  int expected = 0;
  for (int i = 0; i < 10; i++) {
    ASSERT_TRUE(queue.try_push(int{i}));
    if (i % 2 == 1) {
      EXPECT_EQ(queue.try_pop(), expected++);
      EXPECT_EQ(queue.try_pop(), expected++);
    }
  }
  EXPECT_EQ(queue.try_pop(), std::nullopt);
}

TEST(BoundedQueue, RefusesNewItemsAndLeavesThemUntouched) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  auto kept = std::make_unique<int>(2);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.full());
  EXPECT_FALSE(queue.try_push(std::move(kept)));
  EXPECT_NE(kept, nullptr);
  EXPECT_EQ(queue.dropped(), 1u);
  EXPECT_EQ(**queue.try_pop(), 1);
}

TEST(BoundedQueue, DropsTheOldest) {
  BoundedQueue<int> queue(2, DropRule::drop_oldest);
  for (int i = 0; i < 5; i++) EXPECT_TRUE(queue.try_push(int{i}));
  EXPECT_EQ(queue.dropped(), 3u);
  EXPECT_EQ(queue.try_pop(), 3);
  EXPECT_EQ(queue.try_pop(), 4);
}

TEST(BoundedQueue, ClearEmptiesWithoutCounting) {
  BoundedQueue<int> queue(4);
  queue.try_push(1);
  queue.try_push(2);
  EXPECT_EQ(queue.clear(), 2u);
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.dropped(), 0u);
}

TEST(BoundedQueue, PopForGivesUp) {
  BoundedQueue<int> queue(1);
  EXPECT_EQ(queue.pop_for(milliseconds(2)), std::nullopt);
}

TEST(BoundedQueue, StopWakesWaitersAndKeepsWhatIsInside) {
  BoundedQueue<int> empty(1), full(1);
  full.try_push(7);
  std::thread popper([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
  std::thread pusher([&] { EXPECT_FALSE(full.push(8)); });
  std::this_thread::sleep_for(milliseconds(5));
  empty.stop();
  full.stop();
  popper.join();
  pusher.join();
  EXPECT_FALSE(full.try_push(9));
  EXPECT_EQ(full.pop(), 7);
  EXPECT_EQ(full.pop(), std::nullopt);
}

TEST(BoundedQueue, ManyThreadsLoseNothing) {
  constexpr int kEach = 2000;
  BoundedQueue<int> queue(4);
  std::vector<std::thread> pushers;
  for (int t = 0; t < 3; t++) {
    pushers.emplace_back([&, t] {
      for (int i = 0; i < kEach; i++) queue.push(t * kEach + i);
    });
  }
  std::set<int> seen;
  for (int i = 0; i < 3 * kEach; i++) seen.insert(*queue.pop());
  for (std::thread& pusher : pushers) pusher.join();
  EXPECT_EQ(seen.size(), 3u * kEach);
  EXPECT_EQ(queue.size(), 0u);
}

}  // namespace
}  // namespace vita
