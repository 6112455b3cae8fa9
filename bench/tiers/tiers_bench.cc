// What each tier of painting costs on one core, and how far its pictures are from those of the full
// tier. With --out, pictures of all tiers are written as DIR/NUMBER_TIER.ppm to be looked at.
//
//   build/bench/tiers/tiers_bench [--model DIR] [--size 1280x720] [--frames 24] [--out DIR]
//                               [--json FILE]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/thread_time.h"
#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace vita::world {
namespace {

constexpr Tier kTiers[] = {Tier::full, Tier::three_quarters, Tier::half};
constexpr const char* kNames[] = {"full", "three_quarters", "half"};
constexpr const char* kPrompts[] = {
    "snowy mountains with pines at sunset", "a red desert with cacti at noon",
    "tropical islands with palms", "a volcano with lava at night", "a village in green hills"};

struct Options {
  std::string model = "models/world", out, json;
  int width = 1280, height = 720, frames = 24;
};

Options parse(int argc, char** argv) {
  Options o;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--model") o.model = argv[i + 1];
    if (name == "--out") o.out = argv[i + 1];
    if (name == "--json") o.json = argv[i + 1];
    if (name == "--frames") o.frames = std::max(std::atoi(argv[i + 1]), 1);
    if (name == "--size") std::sscanf(argv[i + 1], "%dx%d", &o.width, &o.height);
  }
  return o;
}

struct Picture {
  Picture(int w, int h) : width(w), height(h), bytes(static_cast<size_t>(w) * h * 3 / 2) {}
  FrameView view() {
    uint8_t* y = bytes.data();
    uint8_t* u = y + static_cast<size_t>(width) * height;
    return {y, u, u + static_cast<size_t>(width) * height / 4, width, height, width, width / 2};
  }
  int width, height;
  std::vector<uint8_t> bytes;
};

struct Run {
  std::vector<double> projector, painter;  // thread-milliseconds of each frame
  Picture last;
};

Run run_tier(const WorldNetworks& networks, const Options& o, const char* prompt, Tier tier) {
  Run run{{}, {}, Picture(o.width, o.height)};
  WorldState state(networks, {prompt, 1, o.width, o.height, 24, 1});
  for (int frame = 0; frame < o.frames; frame++) {
    const int ticket = state.advance({frame / 24., tier});
    const StageTimes times = state.paint(ticket, 0, run.last.view());
    if (frame == 0) continue;  // by all threads
    run.projector.push_back(times.projector_ms);
    run.painter.push_back(times.painter_ms);
  }
  return run;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// Of luma, in dB.
double psnr(const Picture& a, const Picture& b) {
  double squares = 0;
  const size_t luma = static_cast<size_t>(a.width) * a.height;
  for (size_t k = 0; k < luma; k++) squares += std::pow(a.bytes[k] - b.bytes[k], 2);
  return 10 * std::log10(255. * 255. * static_cast<double>(luma) / std::max(squares, 1e-9));
}

// Energy of the luma's Laplacian: how sharp a picture is.
double sharpness(const Picture& p) {
  double sum = 0;
  for (int y = 1; y + 1 < p.height; y++) {
    for (int x = 1; x + 1 < p.width; x++) {
      const uint8_t* at = p.bytes.data() + static_cast<size_t>(y) * p.width + x;
      const int laplacian = 4 * at[0] - at[-1] - at[1] - at[-p.width] - at[p.width];
      sum += laplacian * laplacian;
    }
  }
  return sum;
}

void write_ppm(const std::string& path, Picture& p) {
  std::ofstream file(path, std::ios::binary);
  file << "P6\n" << p.width << ' ' << p.height << "\n255\n";
  const FrameView v = p.view();
  for (int y = 0; y < p.height; y++) {
    for (int x = 0; x < p.width; x++) {
      const int chroma = y / 2 * v.uv_stride + x / 2;
      const double luma = 1.164 * (v.y[y * v.y_stride + x] - 16);
      const double cb = v.u[chroma] - 128, cr = v.v[chroma] - 128;
      for (const double c : {luma + 1.596 * cr, luma - .392 * cb - .813 * cr, luma + 2.017 * cb})
        file.put(static_cast<char>(static_cast<uint8_t>(std::clamp(c + .5, 0., 255.))));
    }
  }
}

void measure(const Options& o) {
  const WorldNetworks networks(o.model, 1);
  std::vector<double> projector[3], painter[3];
  double decibels[3] = {}, sharp[3] = {};
  int number = 0;
  for (const char* prompt : kPrompts) {
    std::vector<Run> runs;
    for (size_t t = 0; t < 3; t++) {
      runs.push_back(run_tier(networks, o, prompt, kTiers[t]));
      Run& run = runs.back();
      projector[t].insert(projector[t].end(), run.projector.begin(), run.projector.end());
      painter[t].insert(painter[t].end(), run.painter.begin(), run.painter.end());
      decibels[t] += psnr(runs[0].last, run.last);
      sharp[t] += sharpness(run.last) / sharpness(runs[0].last);
      if (!o.out.empty())
        write_ppm(o.out + "/" + std::to_string(number) + "_" + kNames[t] + ".ppm", run.last);
    }
    number++;
  }
  std::printf("%dx%d, one core\n%-16s %11s %11s %9s %9s %10s\n", o.width, o.height, "tier",
              "projector", "painter", "both ms", "PSNR dB", "sharpness");
  nlohmann::json report;
  for (size_t t = 0; t < 3; t++) {
    const double a = median(projector[t]), b = median(painter[t]);
    std::printf("%-16s %11.2f %11.2f %9.2f", kNames[t], a, b, a + b);
    if (t > 0) std::printf(" %9.2f %10.2f", decibels[t] / number, sharp[t] / number);
    std::printf("\n");
    report[kNames[t]] = {{"projector_core_ms", a}, {"painter_core_ms", b}};
    if (t > 0) report[kNames[t]]["psnr"] = decibels[t] / number;
  }
  if (!o.json.empty()) std::ofstream(o.json) << report.dump(2) << "\n";
}

}  // namespace
}  // namespace vita::world

int main(int argc, char** argv) {
  try {
    vita::world::measure(vita::world::parse(argc, argv));
    return 0;
  } catch (const vita::Error& error) {
    std::fprintf(stderr, "tiers_bench: %s\n", error.what());
    return 2;
  }
}
