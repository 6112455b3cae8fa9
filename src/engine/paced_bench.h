// Measures sessions as viewers have them: in step with the clock, encoded as they come, steered.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/bench.h"
#include "engine/machine.h"
#include "engine/open_model.h"
#include "media/live_encoder.h"
#include "stream/pipeline.h"

namespace vita {

struct PacedRequest {
  std::string model_dir;
  int threads = 0;  // 0: all that the process may use
  int width = 1280, height = 720;
  double fps = 24;
  int sessions = 1;     // at once, each with a world and an encoder of its own; at most 16
  double seconds = 20;  // from the first frame of the last session on
  Tier tier = Tier::automatic;
};

struct PacedSession {
  int64_t frames = 0;  // encoded
  double fps = 0;
  Percentiles interval_ms;  // wall time between encoded pictures
  double interval_most_ms = 0;
  Percentiles encoding_ms;  // wall time from a picture that is handed over to its access unit
  // From a control that is posted to the encoded picture that shows it. Moves are posted at random
  // times, about two a second.
  Percentiles control_to_encoded_ms;
  PaceCounters pace;
  Tier tier = Tier::full;  // at the end
  PipelineStats stages;
  EncodeStats encode;
  LiveEncoderCounters encoder;
};

struct PacedReport {
  std::vector<PacedSession> sessions;
  double fps_spread = 0;  // (most - least) / mean of the sessions' rates
  double seconds = 0;
  double processor_share = 0;  // of all processors, by this process
  double peak_memory_mib = 0;
  std::string weights_hash;
  int threads = 0;
  Machine machine;
};

// `note` is told what is being measured, for a person who waits. Throws Error for what cannot be
// served, or what a session threw.
PacedReport run_paced_bench(const PacedRequest& request, const ModelOpener& open,
                            const std::function<void(const std::string&)>& note);

}  // namespace vita
