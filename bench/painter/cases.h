// What painter_bench times: each case is one frame's worth of one stage, for one core.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "models/world/painter_sizes.h"

namespace vita::bench {

// Which of the machine's peaks a case is held against.
// Of memory, bytes are counted instead of operations.
enum class Peak { none, int8, int16, f32, memory };

struct Case {
  std::string name;
  Peak peak = Peak::none;
  double ops = 0;  // multiplications and additions; 0: not counted
  std::function<void()> run;
  std::string note = {};
};

inline constexpr int kWidth = 1280, kHeight = 720;                // of the picture
inline constexpr int kRows = kHeight / 2, kColumns = kWidth / 2;  // of the guide

// One convolution of the trunk.
struct ConvSizes {
  const char* name;
  int in, out, kernel;
  constexpr double ops() const { return 2. * kRows * kColumns * in * out * kernel * kernel; }
};
inline constexpr ConvSizes kStem{"stem", world::kTrunkInputs, world::kTrunk, 3};
inline constexpr ConvSizes kRefine{"refine", world::kTrunk, world::kTrunk, 3};
inline constexpr ConvSizes kHead{"head", 2 * world::kTrunk, world::kHeadChannels, 1};
inline constexpr double kTrunkOps = kStem.ops() + kRefine.ops() + kHead.ops();

constexpr double pixel_ops() {
  double ops = 0;
  for (const world::PixelLayer& layer : world::kPixel) {
    ops += 2. * kColumns * kRows * layer.inputs * layer.linear();
  }
  return ops;
}

// A guide as a frame has it: kinds in large regions with ragged borders and some small things.
struct Guide {
  Guide();
  std::vector<uint8_t> planes, kinds;
};

// Cases own what they run on; the guide, the backend and the stream outlive them.
std::vector<Case> integer_cases(const Guide& guide);
std::vector<Case> float_cases(const Guide& guide, const Backend& backend, Stream& stream);
// The trunk's convolutions as single primitives of oneDNN.
std::vector<Case> onednn_cases();

// The machine's stream of memory, and what is held against it.
Case triad_case();
std::vector<Case> memory_cases();

// Loops in registers alone; each run makes peak_ops(peak) operations.
double peak_ops(Peak peak);
void run_peak(Peak peak);

}  // namespace vita::bench
