// Work that the loop's thread must not wait for.
#pragma once
#include <sys/resource.h>

#include <functional>
#include <thread>

#include "core/bounded_queue.h"

namespace vita {

// One thread that runs what it is given, in order. At most `limit` pieces wait; more are refused.
// `nice` is added to the thread's priority number. The destructor runs what waits and then ends.
class BackgroundWorker {
 public:
  explicit BackgroundWorker(size_t limit, int nice = 0)
      : queue_(limit), thread_([this, nice] { run(nice); }) {}
  ~BackgroundWorker() {
    queue_.stop();
    thread_.join();
  }
  BackgroundWorker(const BackgroundWorker&) = delete;
  BackgroundWorker& operator=(const BackgroundWorker&) = delete;

  // Any thread. False if the queue is full; `work` is then left untouched. It must not throw.
  bool try_post(std::function<void()>&& work) { return queue_.try_push(std::move(work)); }

 private:
  void run(int nice) {
    setpriority(PRIO_PROCESS, 0, nice);  // on Linux of this thread
    while (std::optional<std::function<void()>> work = queue_.pop()) (*work)();
  }

  BoundedQueue<std::function<void()>> queue_;
  std::thread thread_;
};

}  // namespace vita
