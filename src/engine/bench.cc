#include "engine/bench.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/error.h"
#include "core/thread_time.h"
#include "engine/cold_start.h"
#include "engine/generate.h"
#include "engine/picture_size.h"
#include "media/initialise.h"

namespace vita {
namespace {

constexpr int kPrompts = 24, kPromptsQuick = 2;
constexpr int64_t kFrames = 240, kFramesQuick = 12;

PipelineOptions options_for(const BenchRequest& request, int64_t frames) {
  PipelineOptions options;
  options.width = request.width;
  options.height = request.height;
  options.fps = request.fps;
  options.workers = request.threads;
  options.frames = frames;
  return options;
}

std::unique_ptr<VideoState> open_state(const VideoModel& model, const BenchRequest& request,
                                       const std::string& prompt) {
  constexpr uint64_t kSeed = 1;
  return model.open({prompt, kSeed, request.width, request.height, request.fps, request.threads});
}

// The first frame of a fresh state through an encoder that already runs; `index` is its place in
// that video.
double measure_warm_start(const VideoModel& model, const BenchRequest& request,
                          const std::string& prompt, Mp4Writer& writer, int64_t index) {
  SteadyClock clock;
  const int64_t received_us = monotonic_us();
  Pipeline pipeline(open_state(model, request, prompt), options_for(request, 1), clock);
  Frame frame = *pipeline.next();
  frame.index = index;
  writer.push(frame);
  writer.drain();
  return static_cast<double>(writer.stats().last_encoded_us - received_us) * 1e-3;
}

Percentiles measure_warm_starts(const VideoModel& model, const BenchRequest& request,
                                const std::vector<std::string>& prompts) {
  Mp4Writer writer({"", request.width, request.height, request.fps, 0});
  std::vector<double> times;
  int64_t index = 0;
  measure_warm_start(model, request, prompts.front(), writer, index++);  // primes the encoder
  for (const std::string& prompt : prompts) {
    times.push_back(measure_warm_start(model, request, prompt, writer, index++));
  }
  writer.finish();
  return percentiles(std::move(times));
}

void measure_sustained(const VideoModel& model, const BenchRequest& request, BenchReport& report) {
  Mp4Writer writer({"", request.width, request.height, request.fps, 0});
  SteadyClock clock;
  const int64_t frames = request.quick ? kFramesQuick : kFrames;
  Pipeline pipeline(open_state(model, request, bench_prompts(true).front()),
                    options_for(request, frames), clock);
  while (const Frame* frame = pipeline.next()) writer.push(*frame);
  writer.finish();
  report.encode = writer.stats();
  report.stages = pipeline.stats();
  report.frames = report.encode.frames;
  report.fps = sustained_fps(report.encode);
}

}  // namespace

Percentiles percentiles(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  const auto rank = [&](double share) {
    return values[static_cast<size_t>(std::max(0.0, std::ceil(share * count) - 1))];
  };
  return {static_cast<int>(values.size()), rank(0.5), rank(0.95), rank(0.99)};
}

std::vector<std::string> bench_prompts(bool quick) {
  const std::vector<std::string> places = {
      "snowy mountains with pines", "a red desert with cacti",    "green hills with houses",
      "frozen tundra with rocks",   "a volcano with lava",        "a canyon with towers",
      "a dense forest by a lake",   "tropical islands with palms"};
  const std::vector<std::string> lights = {"at sunset", "in the fog at dawn", "on a clear night"};
  std::vector<std::string> prompts;
  for (const std::string& light : lights) {
    for (const std::string& place : places) prompts.push_back(place + " " + light);
  }
  prompts.resize(static_cast<size_t>(quick ? kPromptsQuick : kPrompts));
  return prompts;
}

BenchReport run_bench(const BenchRequest& asked, const ModelOpener& open,
                      const std::function<void(const std::string&)>& note) {
  BenchRequest request = asked;
  request.threads = checked_threads(asked.threads);
  check_picture_size(request.width, request.height);
  check_frame_rate(request.fps);
  initialise_media();
  const std::vector<std::string> prompts = bench_prompts(request.quick);
  const std::string count = std::to_string(prompts.size());
  const std::unique_ptr<VideoModel> model = open(request.model_dir, request.threads);
  BenchReport report;
  note("warm first frames of " + count + " prompts");
  report.warm_first_frame_ms = measure_warm_starts(*model, request, prompts);
  note("sustained speed");
  measure_sustained(*model, request, report);
  report.peak_memory_mib = peak_memory_mib();
  note("cold first frames of " + count + " prompts");
  std::vector<double> cold_ms;
  cold_ms.reserve(prompts.size());
  for (const std::string& prompt : prompts) cold_ms.push_back(measure_cold_start(request, prompt));
  report.cold_first_frame_ms = percentiles(std::move(cold_ms));
  report.weights_hash = model->weights_hash();
  report.threads = request.threads;
  report.machine = describe_machine();
  return report;
}

}  // namespace vita
