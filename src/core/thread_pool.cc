#include "core/thread_pool.h"

#include <sys/resource.h>

#include <algorithm>

namespace vita {
namespace {

constexpr int kBackgroundNice = 2;  // much less, and a busy machine would never get to its work

int worker_count(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

}  // namespace

ThreadPool::ThreadPool(Options options)
    : on_thread_start_(std::move(options.on_thread_start)), background_(options.background_limit) {
  for (int i = worker_count(options.threads); i > 0; i--) workers_.emplace_back([this] { work(); });
  background_thread_ = std::thread([this] { work_background(); });
}

ThreadPool::~ThreadPool() {
  background_.stop();
  background_.clear();
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  has_work_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  background_thread_.join();
}

void ThreadPool::run(int64_t n, void (*call)(void*, int64_t), void* context) {
  if (n <= 0) return;
  Job job{.call = call, .context = context, .n = n};
  std::unique_lock lock(mutex_);
  Job** last = &jobs_;
  while (*last != nullptr) last = &(*last)->following;
  *last = &job;
  if (n == 2) {
    has_work_.notify_one();
  } else if (n > 2) {
    has_work_.notify_all();
  }
  while (job.next < job.n) step(job, lock);
  job.done.wait(lock, [&] { return job.running == 0; });
  if (job.error) std::rethrow_exception(job.error);
}

// Begins and ends one call of the job; `lock` is held before and after.
void ThreadPool::step(Job& job, std::unique_lock<std::mutex>& lock) {
  int64_t index = job.next++;
  job.running++;
  if (job.next == job.n) unlink(job);
  lock.unlock();
  std::exception_ptr error;
  try {
    job.call(job.context, index);
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  if (error && !job.error) job.error = error;
  if (error && job.next < job.n) {
    job.next = job.n;
    unlink(job);
  }
  job.running--;
  // The job is gone as soon as its caller sees this, so nothing may touch it after the lock is
  // released.
  if (job.running == 0 && job.next == job.n) job.done.notify_one();
}

void ThreadPool::unlink(Job& job) {
  Job** link = &jobs_;
  while (*link != &job) link = &(*link)->following;
  *link = job.following;
}

void ThreadPool::work() {
  if (on_thread_start_) on_thread_start_();
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [&] { return ending_ || jobs_ != nullptr; });
    if (jobs_ == nullptr) return;
    step(*jobs_, lock);
  }
}

bool ThreadPool::run_background(std::function<void()> task) {
  std::lock_guard lock(mutex_);
  if (!background_.try_push(std::move(task))) return false;
  background_accepted_++;
  return true;
}

void ThreadPool::wait_background() {
  std::unique_lock lock(mutex_);
  uint64_t target = background_accepted_;
  background_idle_.wait(lock, [&] { return background_ended_ >= target; });
}

uint64_t ThreadPool::background_failed() const {
  std::lock_guard lock(mutex_);
  return background_failed_;
}

void ThreadPool::work_background() {
  // On Linux the priority belongs to the thread. Without the right to lower it, it stays as it was.
  ::setpriority(PRIO_PROCESS, 0, kBackgroundNice);
  if (on_thread_start_) on_thread_start_();
  while (std::optional<std::function<void()>> task = background_.pop()) {
    bool failed = false;
    try {
      (*task)();
    } catch (...) {
      failed = true;
    }
    task.reset();
    {
      std::lock_guard lock(mutex_);
      background_ended_++;
      background_failed_ += failed ? 1 : 0;
    }
    background_idle_.notify_all();
  }
}

}  // namespace vita
