// A queue between threads with a limit, a drop rule and a counter.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace vita {

enum class DropRule {
  refuse_new,   // a full queue turns the new item away
  drop_oldest,  // a full queue throws its oldest item away for the new one
};

// Any thread may call any method. Allocates only in its constructor (items may do so when they are
// moved). After stop() nothing more goes in, waiting pops end, and what is still inside can be
// popped.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t limit, DropRule rule = DropRule::refuse_new)
      : slots_(limit > 0 ? limit : 1), rule_(rule) {}

  // False if the item was turned away (full under refuse_new, or stopped); it is then left
  // untouched.
  bool try_push(T&& item) {
    std::optional<T> victim;  // destroyed after the lock is gone
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return false;
      if (count_ == slots_.size()) {
        dropped_++;
        if (rule_ == DropRule::refuse_new) return false;
        victim = take();
      }
      slots_[(first_ + count_) % slots_.size()].emplace(std::move(item));
      count_++;
    }
    not_empty_.notify_one();
    return true;
  }

  // Waits for room instead of dropping. False once stopped.
  bool push(T&& item) {
    {
      std::unique_lock lock(mutex_);
      not_full_.wait(lock, [&] { return stopped_ || count_ < slots_.size(); });
      if (stopped_) return false;
      slots_[(first_ + count_) % slots_.size()].emplace(std::move(item));
      count_++;
    }
    not_empty_.notify_one();
    return true;
  }

  std::optional<T> try_pop() {
    std::unique_lock lock(mutex_);
    return pop_locked(lock);
  }

  // Waits for an item; nothing once the queue is stopped and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [&] { return stopped_ || count_ > 0; });
    return pop_locked(lock);
  }

  // The same, for at most `timeout`.
  std::optional<T> pop_for(std::chrono::microseconds timeout) {
    std::unique_lock lock(mutex_);
    not_empty_.wait_for(lock, timeout, [&] { return stopped_ || count_ > 0; });
    return pop_locked(lock);
  }

  // Throws everything away, uncounted, and says how many items that were.
  size_t clear() {
    size_t cleared = 0;
    while (try_pop()) cleared++;
    return cleared;
  }

  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  size_t limit() const { return slots_.size(); }
  size_t size() const {
    std::lock_guard lock(mutex_);
    return count_;
  }
  bool full() const { return size() == limit(); }
  bool stopped() const {
    std::lock_guard lock(mutex_);
    return stopped_;
  }
  // How many items the drop rule has cost since the start.
  uint64_t dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  std::optional<T> take() {
    std::optional<T> item = std::move(slots_[first_]);
    slots_[first_].reset();
    first_ = (first_ + 1) % slots_.size();
    count_--;
    return item;
  }
  std::optional<T> pop_locked(std::unique_lock<std::mutex>& lock) {
    if (count_ == 0) return std::nullopt;
    std::optional<T> item = take();
    lock.unlock();
    not_full_.notify_one();
    return item;
  }

  mutable std::mutex mutex_;
  std::condition_variable not_empty_, not_full_;
  std::vector<std::optional<T>> slots_;  // a ring
  const DropRule rule_;
  size_t first_ = 0, count_ = 0;
  uint64_t dropped_ = 0;
  bool stopped_ = false;
};

}  // namespace vita
