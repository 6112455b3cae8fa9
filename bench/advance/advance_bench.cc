// What moving the world on costs from frame to frame, on the thread that every frame passes: while
// land arrives, on a walk, and while a prompt turns the light or the land into another.
//
//   build/bench/advance/advance_bench [--model DIR] [--frames 240]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/thread_time.h"
#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace vita::world {
namespace {

constexpr int kWidth = 320, kHeight = 192;  // small: painting is not what is timed

class AdvanceBench {
 public:
  AdvanceBench(const std::string& model, int frames)
      : networks_(model, 1), frames_(frames), picture_(kWidth * kHeight * 3 / 2) {}

  void run() {
    std::printf("%-22s %8s %8s %8s %8s %8s  thread-ms\n", "", "mean", "p50", "p95", "p99", "most");
    for (const char* prompt : {"snowy mountains with pines at sunset", "dense forest at sunset"}) {
      std::printf("%s\n", prompt);
      state_ =
          std::make_unique<WorldState>(networks_, OpenRequest{prompt, 0, kWidth, kHeight, 24, 1});
      frame_ = 0;
      phase("land arrives", frames_);
      phase("walk", frames_);
      state_->control(PromptControl{"at night in the fog", 1.5});
      phase("the light turns", 72);
      state_->control(PromptControl{"a red desert with cacti", 1.5});
      phase("the land turns", frames_);
      state_->control(MoveControl{.forward = 1});
      phase("straight on", 4 * frames_);
    }
  }

 private:
  void phase(const char* name, int frames) {
    std::vector<double> times;
    uint8_t* p = picture_.data();
    constexpr int kLuma = kWidth * kHeight;
    const FrameView view{p, p + kLuma, p + kLuma * 5 / 4, kWidth, kHeight, kWidth, kWidth / 2};
    for (int k = 0; k < frames; k++) {
      networks_.pool().wait_background();  // it has more time than this when frames are painted
      const double start = thread_cpu_ms();
      const int ticket = state_->advance({static_cast<double>(frame_++) / 24, Tier::half});
      times.push_back(thread_cpu_ms() - start);
      state_->paint(ticket, 0, view);
    }
    double sum = 0;
    for (const double t : times) sum += t;
    std::sort(times.begin(), times.end());
    const auto rank = [&](double share) {
      return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf("%-22s %8.2f %8.2f %8.2f %8.2f %8.2f\n", name,
                sum / static_cast<double>(times.size()), rank(.5), rank(.95), rank(.99),
                times.back());
  }

  WorldNetworks networks_;
  int frames_;
  std::vector<uint8_t> picture_;
  std::unique_ptr<WorldState> state_;
  int64_t frame_ = 0;
};

}  // namespace
}  // namespace vita::world

int main(int argc, char** argv) {
  std::string model = "models/world";
  int frames = 240;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--model") model = argv[i + 1];
    if (std::string(argv[i]) == "--frames") frames = std::max(std::atoi(argv[i + 1]), 1);
  }
  try {
    vita::world::AdvanceBench(model, frames).run();
    return 0;
  } catch (const vita::Error& error) {
    std::fprintf(stderr, "advance_bench: %s\n", error.what());
    return 2;
  }
}
