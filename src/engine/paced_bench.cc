#include "engine/paced_bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <ctime>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/thread_time.h"
#include "engine/picture_size.h"

namespace vita {
namespace {

constexpr int kSessionsMax = 16;
constexpr double kSecondsMax = 3600;
constexpr int kPauseLeast_ms = 250, kPauseMost_ms = 750;  // between controls

double process_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// When controls were posted, which frames show them, and when those were encoded. Any thread.
class LatencyMeter {
 public:
  void posted(uint64_t id, int64_t at_us) {
    const std::lock_guard lock(mutex_);
    posts_.push_back({id, at_us, -1});
  }
  void answered(const Receipt& receipt) {
    if (receipt.outcome != Receipt::Outcome::applied) return;
    const std::lock_guard lock(mutex_);
    for (Post& post : posts_) {
      if (post.id == receipt.control_id) post.frame = receipt.frame;
    }
  }
  void pushed(int64_t at_us) {
    const std::lock_guard lock(mutex_);
    pushed_us_ = at_us;
  }
  void encoded(int64_t frame, int64_t at_us) {
    const std::lock_guard lock(mutex_);
    pictures_.push_back({frame, at_us});
    encoding_ms_.push_back(static_cast<double>(at_us - pushed_us_) * 1e-3);
  }

  Percentiles latencies_ms() const {
    std::vector<double> values;
    for (const Post& post : posts_) {
      const auto shown = std::lower_bound(
          pictures_.begin(), pictures_.end(), post.frame,
          [](const Picture& picture, int64_t frame) { return picture.frame < frame; });
      if (post.frame >= 0 && shown != pictures_.end())
        values.push_back(static_cast<double>(shown->at_us - post.at_us) * 1e-3);
    }
    return percentiles(std::move(values));
  }
  std::vector<double> intervals_ms() const {
    std::vector<double> values;
    for (size_t k = 1; k < pictures_.size(); k++)
      values.push_back(static_cast<double>(pictures_[k].at_us - pictures_[k - 1].at_us) * 1e-3);
    return values;
  }
  std::vector<double> encoding_ms() const { return encoding_ms_; }
  double seconds() const {
    if (pictures_.size() < 2) return 0;
    return static_cast<double>(pictures_.back().at_us - pictures_.front().at_us) * 1e-6;
  }
  int64_t pictures() const { return static_cast<int64_t>(pictures_.size()); }

 private:
  struct Post {
    uint64_t id;
    int64_t at_us, frame;
  };
  struct Picture {
    int64_t frame, at_us;
  };
  mutable std::mutex mutex_;
  std::vector<Post> posts_;
  std::vector<Picture> pictures_;
  int64_t pushed_us_ = 0;  // of the latest: it is encoded long before the next one
  std::vector<double> encoding_ms_;
};

// One session with its viewer: a thread that takes and encodes the frames and one that steers.
class Viewer {
 public:
  Viewer(const VideoModel& model, const PacedRequest& request, int number)
      : encoder_({request.width, request.height, request.fps, 4000, 4},
                 {[this](const AccessUnit& unit) { meter_.encoded(unit.frame, unit.encoded_us); },
                  [](const std::string&) {}}),
        pipeline_(open_state(model, request, number), options_for(request, number), clock_),
        random_(static_cast<unsigned>(number)) {
    encoder_.prime();
    watcher_ = std::thread([this, fps = request.fps] { guard([&] { watch(fps); }); });
    driver_ = std::thread([this] { guard([&] { drive(); }); });
  }
  ~Viewer() { end(); }

  bool begun() const { return begun_; }
  void end() {
    pipeline_.stop();
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    if (watcher_.joinable()) watcher_.join();
    if (driver_.joinable()) driver_.join();
  }

  // After end(). Throws what went wrong.
  PacedSession report() {
    if (error_) std::rethrow_exception(error_);
    PacedSession r;
    r.frames = meter_.pictures();
    r.fps = r.frames > 1 ? static_cast<double>(r.frames - 1) / std::max(meter_.seconds(), 1e-6) : 0;
    const std::vector<double> intervals = meter_.intervals_ms();
    for (const double ms : intervals) r.interval_most_ms = std::max(r.interval_most_ms, ms);
    r.interval_ms = percentiles(intervals);
    r.encoding_ms = percentiles(meter_.encoding_ms());
    r.control_to_encoded_ms = meter_.latencies_ms();
    r.pace = pipeline_.pace();
    r.tier = pipeline_.tier();
    r.stages = pipeline_.stats();
    r.encode = encoder_.stats();
    r.encoder = encoder_.counters();
    return r;
  }

 private:
  static std::unique_ptr<VideoState> open_state(const VideoModel& model,
                                                const PacedRequest& request, int number) {
    const std::vector<std::string> prompts = bench_prompts(false);
    return model.open({prompts[static_cast<size_t>(number) % prompts.size()],
                       static_cast<uint64_t>(number), request.width, request.height, request.fps,
                       request.threads});
  }
  static PipelineOptions options_for(const PacedRequest& request, int number) {
    PipelineOptions options;
    options.width = request.width;
    options.height = request.height;
    options.fps = request.fps;
    options.workers = request.threads;
    options.paced = true;
    options.tier = request.tier;
    options.tier_spread = static_cast<double>(number) / request.sessions;
    return options;
  }

  // The top of both threads: what one throws is kept for report().
  template <class Body>
  void guard(const Body& body) {
    try {
      body();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
      begun_ = true;
    }
  }
  void watch(double fps) {
    while (const Frame* frame = pipeline_.next()) {
      meter_.pushed(monotonic_us());
      encoder_.push(*frame, std::llround(static_cast<double>(frame->index) * 1e6 / fps));
      begun_ = true;
      while (const std::optional<Receipt> receipt = pipeline_.next_receipt())
        meter_.answered(*receipt);
    }
  }
  void drive() {
    std::uniform_int_distribution<int> pause_us(kPauseLeast_ms * 1000, kPauseMost_ms * 1000);
    std::uniform_real_distribution<float> turn(-.4f, .4f);
    std::unique_lock lock(mutex_);
    while (!ending_) {
      wake_.wait_for(lock, std::chrono::microseconds(pause_us(random_)));
      if (ending_ || !begun_) continue;
      const MoveControl move{.forward = .6f, .yaw = turn(random_)};
      lock.unlock();
      const int64_t now_us = monotonic_us();
      meter_.posted(pipeline_.post(move), now_us);
      lock.lock();
    }
  }

  LatencyMeter meter_;
  SteadyClock clock_;
  LiveEncoder encoder_;
  Pipeline pipeline_;
  std::mt19937 random_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::atomic<bool> begun_{false};
  std::exception_ptr error_;
  std::thread watcher_, driver_;
};

void check_request(const PacedRequest& request) {
  check_picture_size(request.width, request.height);
  check_frame_rate(request.fps);
  if (request.sessions < 1 || request.sessions > kSessionsMax) {
    throw Error(ErrorCode::invalid_argument, "found " + std::to_string(request.sessions) +
                                                 " sessions, expected 1 to " +
                                                 std::to_string(kSessionsMax));
  }
  if (!(request.seconds > 0 && request.seconds <= kSecondsMax)) {
    throw Error(ErrorCode::invalid_argument, "found " + std::to_string(request.seconds) +
                                                 " seconds, expected more than 0 and at most " +
                                                 std::to_string(static_cast<int>(kSecondsMax)));
  }
}

double spread_of(const std::vector<PacedSession>& sessions) {
  double least = sessions.front().fps, most = least, sum = 0;
  for (const PacedSession& s : sessions) {
    least = std::min(least, s.fps);
    most = std::max(most, s.fps);
    sum += s.fps;
  }
  return sum > 0 ? (most - least) * static_cast<double>(sessions.size()) / sum : 0;
}

}  // namespace

PacedReport run_paced_bench(const PacedRequest& asked, const ModelOpener& open,
                            const std::function<void(const std::string&)>& note) {
  PacedRequest request = asked;
  request.threads = checked_threads(asked.threads);
  check_request(request);
  const std::unique_ptr<VideoModel> model = open(request.model_dir, request.threads);
  note(std::to_string(request.sessions) + " paced session" + (request.sessions > 1 ? "s" : "") +
       " for " + std::to_string(static_cast<int>(std::lround(request.seconds))) + " seconds");
  std::vector<std::unique_ptr<Viewer>> viewers;
  for (int k = 0; k < request.sessions; k++) {
    viewers.push_back(std::make_unique<Viewer>(*model, request, k));
    while (!viewers.back()->begun()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const int64_t start_us = monotonic_us();
  const double start_cpu_s = process_cpu_s();
  std::this_thread::sleep_for(std::chrono::duration<double>(request.seconds));
  PacedReport report;
  report.machine = describe_machine();
  report.seconds = static_cast<double>(monotonic_us() - start_us) * 1e-6;
  report.processor_share =
      (process_cpu_s() - start_cpu_s) / report.seconds / std::max(report.machine.processors, 1);
  for (const auto& viewer : viewers) viewer->end();
  for (const auto& viewer : viewers) report.sessions.push_back(viewer->report());
  report.fps_spread = spread_of(report.sessions);
  report.peak_memory_mib = peak_memory_mib();
  report.weights_hash = model->weights_hash();
  report.threads = request.threads;
  return report;
}

}  // namespace vita
