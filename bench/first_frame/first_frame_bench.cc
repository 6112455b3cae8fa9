// Where the time of a first frame goes, stage by stage, with the model loaded.
//
//   build/bench/first_frame/first_frame_bench [--model models/world] [--threads 2] [--rounds 3]
//   [--json]
//
// Each prompt of `vitascope bench` is timed twice over: once stage by stage, every network on its
// own, and once as the whole chain from the prompt to the encoded picture. What the chain's opening
// takes beyond the networks is the building of the world: maps, things, shadows, viewpoint.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/thread_time.h"
#include "engine/bench.h"
#include "models/world/complete_attributes.h"
#include "models/world/shape_attributes.h"
#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace {

using namespace vita;         // NOLINT
using namespace vita::world;  // NOLINT

constexpr int kWidth = 1280, kHeight = 720;
constexpr uint32_t kSeed = 1;
const std::vector<std::string> kStages = {"text",       "look",  "prior",     "prior step",
                                          "up-sampler", "world", "projector", "painter",
                                          "encode",     "whole"};

struct Options {
  std::string model = "models/world";
  int threads = 2, rounds = 3;
  bool json = false;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i++) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--json") == 0) options.json = true;
    if (more && std::strcmp(argv[i], "--model") == 0) options.model = argv[i + 1];
    if (more && std::strcmp(argv[i], "--threads") == 0) options.threads = std::atoi(argv[i + 1]);
    if (more && std::strcmp(argv[i], "--rounds") == 0) options.rounds = std::atoi(argv[i + 1]);
  }
  return options;
}

// Milliseconds of each stage, one for each prompt and round.
using Times = std::map<std::string, std::vector<double>>;

class Watch {
 public:
  double lap_ms() {
    const int64_t now = monotonic_us();
    return static_cast<double>(now - std::exchange(last_us_, now)) * 1e-3;
  }

 private:
  int64_t last_us_ = monotonic_us();
};

class FirstFrameBench {
 public:
  explicit FirstFrameBench(const Options& options)
      : options_(options),
        networks_(options.model, options.threads),
        stream_(networks_.backend().stream(1)),
        writer_({"", kWidth, kHeight, 24, 0}),
        picture_(kWidth * kHeight * 3 / 2),
        maps_(MapPrior::kTileFloats),
        window_(Upsampler::kWindowFloats),
        fine_(size_t{kFineChannels} * kTileFine * kTileFine) {}

  Times run() {
    Times times;
    const std::vector<std::string> prompts = bench_prompts(false);
    time_chain(prompts.front(), times);  // warms up
    time_networks(prompts.front(), times);
    times.clear();
    for (int round = 0; round < options_.rounds; round++) {
      for (const std::string& prompt : prompts) {
        time_networks(prompt, times);
        time_chain(prompt, times);
      }
    }
    return times;
  }

 private:
  void time_networks(const std::string& prompt, Times& times) {
    stream_->attach();
    Run run{*stream_, workspace_};
    Watch watch;
    const TextResult said = networks_.text().encode(prompt, run);
    times["text"].push_back(watch.lap_ms());
    const auto attributes = complete_attributes(said.attributes, kSeed);
    std::array<float, kLook> look{};
    networks_.look().sample(run, attributes, kSeed, look);
    times["look"].push_back(watch.lap_ms());
    networks_.prior().generate_tile(run, {kSeed, 0, 0, attributes, {}}, maps_.data());
    const double prior = watch.lap_ms();
    times["prior"].push_back(prior);
    times["prior step"].push_back(prior / networks_.prior().steps());
    std::array<const float*, 9> tiles{};
    tiles[4] = maps_.data();
    Upsampler::gather_window(tiles, window_.data());
    networks_.upsampler().run(run, {kSeed, 0, 0, attributes, window_.data()}, fine_.data());
    times["up-sampler"].push_back(watch.lap_ms());
    networks_ms_ = 0;
    for (const char* stage : {"text", "look", "prior", "up-sampler"})
      networks_ms_ += times[stage].back();
  }

  void time_chain(const std::string& prompt, Times& times) {
    Watch whole, watch;
    WorldState state(networks_, {prompt, kSeed, kWidth, kHeight, 24, options_.threads});
    times["world"].push_back(watch.lap_ms() - networks_ms_);
    uint8_t* p = picture_.data();
    constexpr int kLuma = kWidth * kHeight;
    const FrameView view{p, p + kLuma, p + kLuma * 5 / 4, kWidth, kHeight, kWidth, kWidth / 2};
    const int ticket = state.advance({0});
    watch.lap_ms();
    const StageTimes painted = state.paint(ticket, 0, view);
    const double paint = watch.lap_ms();
    // The stages are known in processor time of one thread only: the wall time is shared out alike.
    const double share = paint / std::max(painted.projector_ms + painted.painter_ms, 1e-3);
    times["projector"].push_back(painted.projector_ms * share);
    times["painter"].push_back(painted.painter_ms * share);
    writer_.push({index_++, 0, view.y, view.u, view.v, kWidth, kHeight, kWidth, kWidth / 2});
    writer_.drain();
    times["encode"].push_back(watch.lap_ms());
    times["whole"].push_back(whole.lap_ms());
  }

  Options options_;
  WorldNetworks networks_;
  std::unique_ptr<Stream> stream_;
  Workspace workspace_;
  Mp4Writer writer_;
  std::vector<uint8_t> picture_;
  std::vector<float> maps_, window_, fine_;
  double networks_ms_ = 0;
  int64_t index_ = 0;
};

void print(const Options& options, Times times) {
  nlohmann::json report;
  if (!options.json) std::printf("%-12s %9s %9s %9s  ms\n", "stage", "least", "p50", "p99");
  for (const std::string& stage : kStages) {
    std::vector<double>& all = times[stage];
    const double least = *std::min_element(all.begin(), all.end());
    const Percentiles p = percentiles(all);
    report[stage] = {{"least_ms", least}, {"p50_ms", p.p50}, {"p99_ms", p.p99}};
    if (!options.json) std::printf("%-12s %9.2f %9.2f %9.2f\n", stage.c_str(), least, p.p50, p.p99);
  }
  if (options.json) std::printf("%s\n", report.dump().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    FirstFrameBench bench(options);
    print(options, bench.run());
    return 0;
  } catch (const vita::Error& error) {
    std::fprintf(stderr, "first_frame_bench: %s\n", error.what());
    return 2;
  }
}
