#include "engine/generate.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <memory>
#include <utility>

#include "core/error.h"
#include "core/thread_time.h"
#include "core/understood.h"
#include "engine/machine.h"
#include "engine/picture_size.h"
#include "stream/prompt.h"
#include "stream/session_log.h"
#include "stream/text_file.h"
#include "stream/timeline.h"

namespace vita {
namespace {

// Frames a second of late: smoothed over about a second.
class RateMeter {
 public:
  double add(int64_t now_us) {
    if (last_us_ != 0) {
      const double seconds = std::max(1e-6, static_cast<double>(now_us - last_us_) * 1e-6);
      const double weight = mean_s_ == 0 ? 1 : 1 - std::exp(-std::max(seconds, mean_s_));
      mean_s_ += weight * (seconds - mean_s_);
    }
    last_us_ = now_us;
    return mean_s_ > 0 ? 1 / mean_s_ : 0;
  }

 private:
  int64_t last_us_ = 0;
  double mean_s_ = 0;
};

PipelineOptions pipeline_options(const GenerateRequest& request, int threads) {
  PipelineOptions options;
  options.width = request.width;
  options.height = request.height;
  options.fps = request.fps;
  options.workers = threads;
  options.tier = request.tier;
  options.frames = frames_in(request.seconds, request.fps);
  if (!request.script_path.empty()) options.schedule = read_timeline(request.script_path);
  return options;
}

void check_request(const GenerateRequest& request) {
  check_prompt(request.prompt);
  check_picture_size(request.width, request.height);
  check_frame_rate(request.fps);
  if (request.bitrate_kbps == 0) return;
  if (request.bitrate_kbps >= 100 && request.bitrate_kbps <= 200000) return;
  throw Error(ErrorCode::invalid_argument, "found a bit rate of " +
                                               std::to_string(request.bitrate_kbps) +
                                               " kbit/s, expected 100 to 200000");
}

// Pulls every frame through the writer; returns true if it was interrupted.
bool pump(Pipeline& pipeline, Mp4Writer& writer, int64_t total, int64_t received_us,
          const GenerateHooks& hooks) {
  RateMeter rate;
  Progress progress{0, total};
  while (const Frame* frame = pipeline.next()) {
    writer.push(*frame);
    if (progress.frames == 0) writer.drain();  // nothing else may delay the first picture
    progress.frames++;
    progress.fps = rate.add(monotonic_us());
    if (progress.frames == 1) {
      const int64_t first_us = writer.stats().first_encoded_us;
      progress.ttff_ms = static_cast<double>(first_us - received_us) * 1e-3;
    }
    const auto left = static_cast<double>(total - progress.frames);
    progress.eta_s = progress.fps > 0 ? left / progress.fps : 0;
    if (hooks.progress) hooks.progress(progress);
    if (progress.frames < total && hooks.interrupted && hooks.interrupted()) return true;
  }
  return false;
}

}  // namespace

double sustained_fps(const EncodeStats& encode) {
  const auto us = static_cast<double>(encode.last_encoded_us - encode.first_encoded_us);
  return encode.frames > 1 && us > 0 ? static_cast<double>(encode.frames - 1) * 1e6 / us : 0;
}

GenerateReport generate(const GenerateRequest& request, const ModelOpener& open,
                        const GenerateHooks& hooks) {
  check_request(request);
  const int threads = checked_threads(request.threads);
  PipelineOptions options = pipeline_options(request, threads);
  const Mp4WriterOptions file{request.output_path, request.width, request.height, request.fps,
                              request.bitrate_kbps};
  // The encoder and the model start side by side: both take a while.
  auto writer_soon =
      std::async(std::launch::async, [&file] { return std::make_unique<Mp4Writer>(file); });
  const std::unique_ptr<VideoModel> model = open(request.model_dir, threads);
  const std::unique_ptr<Mp4Writer> writer = writer_soon.get();

  GenerateReport report;
  const int64_t received_us = monotonic_us();
  std::unique_ptr<VideoState> state = model->open(
      {request.prompt, request.seed, request.width, request.height, request.fps, threads});
  report.understanding = state->understanding();
  check_understood(report.understanding);
  if (hooks.started) hooks.started(report.understanding);
  SessionLog log({model->weights_hash(), request.prompt, request.seed, request.width,
                  request.height, request.fps, threads});
  options.observer = &log;
  SteadyClock clock;
  Pipeline pipeline(std::move(state), options, clock);
  report.interrupted = pump(pipeline, *writer, options.frames, received_us, hooks);
  pipeline.stop();
  writer->finish();
  if (!request.log_path.empty()) {
    write_text_file(request.log_path, "log " + request.log_path, log.text());
  }

  report.encode = writer->stats();
  report.stages = pipeline.stats();
  report.frames = report.encode.frames;
  report.fps = sustained_fps(report.encode);
  const int64_t first_us = report.encode.first_encoded_us;
  report.ttff_ms = static_cast<double>(first_us - received_us) * 1e-3;
  report.cold_start_ms = static_cast<double>(first_us - process_start_us()) * 1e-3;
  return report;
}

}  // namespace vita
