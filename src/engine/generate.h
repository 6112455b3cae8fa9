// One job: a prompt becomes a video file.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "core/video_model.h"
#include "engine/open_model.h"
#include "media/mp4_writer.h"
#include "stream/pipeline.h"

namespace vita {

struct GenerateRequest {
  std::string prompt;
  std::string output_path;
  std::string script_path;  // empty: none
  std::string log_path;     // of the session's log; empty: none
  std::string model_dir;
  double seconds = 10;
  int width = 1280, height = 720;
  double fps = 24;
  uint64_t seed = 0;
  int threads = 0;       // 0: all that the process may use
  int bitrate_kbps = 0;  // 0: by the size
  Tier tier = Tier::full;
};

struct Progress {
  int64_t frames = 0, frames_total = 0;
  double fps = 0;  // over the last second or so
  double ttff_ms = 0;
  double eta_s = 0;
};

// What generate() asks and tells while it works, on its caller's thread.
struct GenerateHooks {
  std::function<void(const Understanding&)> started;
  std::function<void(const Progress&)> progress;  // after every frame
  std::function<bool()> interrupted;              // true: end now, with a whole file
};

struct GenerateReport {
  int64_t frames = 0;
  double fps = 0;            // sustained, encoding included, not throttled
  double ttff_ms = 0;        // prompt received, model loaded -> first encoded picture
  double cold_start_ms = 0;  // start of the process -> first encoded picture
  bool interrupted = false;
  Understanding understanding;
  PipelineStats stages;
  EncodeStats encode;
};

// Throws Error for input that cannot be used; then nothing is left under the output's name.
GenerateReport generate(const GenerateRequest& request, const ModelOpener& open,
                        const GenerateHooks& hooks);

// Encoded pictures a second, from the first to the last of them; 0 for fewer than two.
double sustained_fps(const EncodeStats& encode);

}  // namespace vita
