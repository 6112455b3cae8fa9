// Measures the whole way from a prompt to encoded pictures.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/machine.h"
#include "engine/open_model.h"
#include "media/mp4_writer.h"
#include "stream/pipeline.h"

namespace vita {

struct BenchRequest {
  std::string model_dir;
  std::string program;  // started anew for each cold start
  int threads = 0;      // 0: all that the process may use
  int width = 1280, height = 720;
  double fps = 24;
  bool quick = false;  // few prompts and frames: to see that it works, not to measure
};

struct Percentiles {
  int count = 0;
  double p50 = 0, p95 = 0, p99 = 0;
};
// By nearest rank; zeros for an empty list.
Percentiles percentiles(std::vector<double> values);

struct BenchReport {
  Percentiles
      cold_first_frame_ms;  // start of a process -> first encoded picture; files in the page cache
  Percentiles warm_first_frame_ms;  // prompt received, model loaded -> first encoded picture
  int64_t frames = 0;
  double fps = 0;  // sustained, encoding included, not throttled
  PipelineStats stages;
  EncodeStats encode;
  double peak_memory_mib = 0;
  std::string weights_hash;
  int threads = 0;
  Machine machine;
};

// `note` is told what is being measured, for a person who waits.
BenchReport run_bench(const BenchRequest& request, const ModelOpener& open,
                      const std::function<void(const std::string&)>& note);

// The prompts that are measured: the first of a fixed list of different places, lights and
// weathers.
std::vector<std::string> bench_prompts(bool quick);

}  // namespace vita
