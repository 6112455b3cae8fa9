#include "server/video_worker.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "engine/generate.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

constexpr int kNice = 15;

// generate() wants a model of its own; this one is the server's.
class SharedModel : public VideoModel {
 public:
  explicit SharedModel(std::shared_ptr<const VideoModel> model) : model_(std::move(model)) {}
  std::unique_ptr<VideoState> open(const OpenRequest& request) const override {
    return model_->open(request);
  }
  void prepare(const OpenRequest& request) const override { model_->prepare(request); }
  Understanding understand(const std::string& prompt) const override {
    return model_->understand(prompt);
  }
  std::string weights_hash() const override { return model_->weights_hash(); }

 private:
  const std::shared_ptr<const VideoModel> model_;
};

void remove_file(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

}  // namespace

VideoWorker::VideoWorker(const VideoWorkerServices& services, std::string folder)
    : services_(services), folder_(std::move(folder)), thread_([this] { run(); }) {}

VideoWorker::~VideoWorker() {
  stop();
  thread_.join();
}

void VideoWorker::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  interrupted_ = true;
  wake_.notify_all();
}

void VideoWorker::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void VideoWorker::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (running_ == id) interrupted_ = true;
}

std::string VideoWorker::path_of(const std::string& id) const {
  return (fs::path(folder_) / (id + ".mp4")).string();
}

bool VideoWorker::wait_for_work() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || woken_; });
  woken_ = false;
  return !stopping_;
}

// The thread's top: a fault of the store is logged, and the next job may come.
void VideoWorker::run() {
  setpriority(PRIO_PROCESS, 0, kNice);  // of this thread, and inherited by those it starts
  while (wait_for_work()) {
    try {
      while (const std::optional<VideoJob> job = services_.store.begin_next()) {
        services_.metrics.set("vitascope_videos_queued", services_.store.queued());
        make(*job);
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
      }
    } catch (const std::exception& error) {
      services_.log.write(LogLevel::error, "video jobs", {{"error", error.what()}});
    }
  }
}

void VideoWorker::make(const VideoJob& job) {
  {
    const std::lock_guard lock(mutex_);
    running_ = job.id;
    interrupted_ = stopping_;
  }
  GenerateRequest request;
  request.prompt = job.request.prompt;
  request.output_path = path_of(job.id);
  request.seconds = job.request.seconds;
  request.width = job.request.width;
  request.height = job.request.height;
  request.fps = job.request.fps;
  request.seed = job.request.seed;
  request.threads = services_.threads;
  GenerateHooks hooks;
  hooks.interrupted = [this] { return interrupted_.load(); };
  hooks.progress = [this, id = job.id, told = 0](const Progress& progress) mutable {
    const auto percent = static_cast<int>(
        std::min<int64_t>(99, progress.frames * 100 / std::max<int64_t>(1, progress.frames_total)));
    if (percent >= told + 2 && !interrupted_) {
      told = percent;
      services_.store.set_progress(id, percent);
    }
  };
  const ModelOpener open = [this](const std::string&, int) {
    return std::make_unique<SharedModel>(services_.model);
  };
  std::string status = "completed";
  try {
    const GenerateReport report = generate(request, open, hooks);
    if (report.interrupted) {
      status = "interrupted";
      remove_file(request.output_path);
      services_.store.requeue(job.id);  // of no effect when the job was deleted
    } else {
      services_.store.complete(job.id);
    }
  } catch (const Error& error) {
    status = "failed";
    const bool ours = error.code() == ErrorCode::internal || error.code() == ErrorCode::io;
    services_.store.fail(job.id, ours ? "internal" : "bad_request", error.what());
  }
  services_.metrics.add("vitascope_videos_total", 1, status);
  services_.log.write(LogLevel::info, "video", {{"video", job.id}, {"status", status}});
  const std::lock_guard lock(mutex_);
  running_.clear();
  // Deleted while its last picture was made.
  if (!services_.store.find(job.id)) remove_file(request.output_path);
}

}  // namespace vita
