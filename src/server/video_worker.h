// Makes the videos of the store, one after the other.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/log.h"
#include "core/video_model.h"
#include "server/metrics.h"
#include "server/video_store.h"

namespace vita {

struct VideoWorkerServices {
  VideoStore& store;
  Metrics& metrics;
  Log& log;
  std::shared_ptr<const VideoModel> model;
  int threads = 1;
};

// A thread of its own, and those that it starts, with the lowest claim on the processors: live
// sessions come first. All methods may be called from any thread.
class VideoWorker {
 public:
  VideoWorker(const VideoWorkerServices& services, std::string folder);
  ~VideoWorker();

  // No more jobs; one that runs is broken off and queued again. The destructor waits for that.
  void stop();

  // There may be a new job.
  void wake();
  // Breaks the job off if it runs; its file goes.
  void cancel(const std::string& id);
  std::string path_of(const std::string& id) const;

 private:
  void run();
  void make(const VideoJob& job);
  bool wait_for_work();

  const VideoWorkerServices services_;
  const std::string folder_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, woken_ = true;
  std::string running_;
  std::atomic<bool> interrupted_{false};
  std::thread thread_;
};

}  // namespace vita
