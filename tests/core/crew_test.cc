#include "core/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace vita {
namespace {

TEST(Crew, MakesEveryCallOnceInsideAndOutsideOfLead) {
  ThreadPool pool({.threads = 2});
  Crew crew(pool, 3);
  std::vector<std::atomic<int>> calls(100);
  const auto loops = [&] {
    for (int loop = 0; loop < 300; loop++)
      crew.each(100, [&](int64_t i) { calls[static_cast<size_t>(i)]++; });
  };
  loops();
  crew.lead(loops);
  crew.lead(loops);
  for (const auto& count : calls) EXPECT_EQ(count, 900);
}

TEST(Crew, MembersWorkAtOnce) {
  ThreadPool pool({.threads = 1});
  Crew crew(pool, 2);
  crew.lead([&] {
    std::atomic<int> arrived = 0;
    // Would never end if one thread made both calls.
    crew.each(2, [&](int64_t) {
      arrived++;
      while (arrived < 2) std::this_thread::yield();
    });
  });
}

TEST(Crew, LeadRunsOnTheCallersThread) {
  ThreadPool pool({.threads = 2});
  Crew crew(pool, 3);
  for (int k = 0; k < 50; k++) {
    std::thread::id leader;
    crew.lead([&] { leader = std::this_thread::get_id(); });
    EXPECT_EQ(leader, std::this_thread::get_id());
  }
}

TEST(Crew, WaitsForNoMemberThatIsBusyElsewhere) {
  ThreadPool pool({.threads = 1});
  std::atomic<bool> inside = false, over = false;
  std::thread other([&] {
    pool.parallel_for(2, [&](int64_t) {
      inside = true;
      while (!over) std::this_thread::yield();
    });
  });
  while (!inside) std::this_thread::yield();
  Crew crew(pool, 2);
  std::atomic<int> calls = 0;
  std::thread leader([&] {
    crew.lead([&] { crew.each(10, [&](int64_t) { calls++; }); });
    over = true;
  });
  leader.join();
  other.join();
  EXPECT_EQ(calls, 10);
}

TEST(Crew, ThrowsWhatACallOrTheLeaderThrows) {
  ThreadPool pool({.threads = 1});
  Crew crew(pool, 2);
  const auto fail = [](int64_t i) {
    if (i == 5) throw std::runtime_error("five");
  };
  EXPECT_THROW(crew.lead([&] { crew.each(8, fail); }), std::runtime_error);
  EXPECT_THROW(crew.lead([] { throw std::runtime_error("leader"); }), std::runtime_error);
  int calls = 0;
  crew.lead([&] { crew.each(1, [&](int64_t) { calls++; }); });
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace vita
