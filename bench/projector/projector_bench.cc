// Times the projector against the same projector on a plain march, scene by scene.
//
//   build/bench/projector/projector_bench [--model models/world] [--filter forest] [--rounds 5]
//                                         [--json out.json]
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plain_projector/plain_projector.h"
#include "projector/bench_scenes.h"

namespace {

using vita::world::Camera;
using vita::world::Raster;
using vita::world::SceneView;

constexpr Raster kRaster = {640, 360, 0, 0, 640, 360};  // the guide of a 1280x720 picture
constexpr size_t kPixels = static_cast<size_t>(kRaster.width) * kRaster.height;

struct Options {
  std::string model = "models/world", filter, json;
  int rounds = 5;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--model") == 0) options.model = argv[i + 1];
    if (std::strcmp(argv[i], "--filter") == 0) options.filter = argv[i + 1];
    if (std::strcmp(argv[i], "--json") == 0) options.json = argv[i + 1];
    if (std::strcmp(argv[i], "--rounds") == 0) options.rounds = std::max(1, std::atoi(argv[i + 1]));
  }
  return options;
}

struct FreeAligned {
  void operator()(float* p) const { std::free(p); }
};

struct Guide {
  std::vector<uint8_t> bytes = std::vector<uint8_t>((vita::world::kGuidePlanes + 1) * kPixels);
  vita::world::GuideView view() {
    return {bytes.data(), bytes.data() + vita::world::kGuidePlanes * kPixels};
  }
};

// Other work on the machine disturbs this clock least.
double thread_ms() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
}

template <typename Run>
double ms_of(const Run& run) {
  const double start = thread_ms();
  run();
  return thread_ms() - start;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Row {
  std::string scene;
  double plain_ms, ms, alike;  // alike: share of the guide's bytes within +-2 of the plain ones
};

Row time_scene(const std::string& name, const SceneView& scene, const Camera& camera, int rounds) {
  const size_t bytes = (vita::world::projector_scratch_bytes(kRaster.height) + 63) / 64 * 64;
  const std::unique_ptr<float[], FreeAligned> scratch(
      static_cast<float*>(std::aligned_alloc(64, bytes)));
  Guide plain, fast;
  std::vector<double> plain_ms, fast_ms;
  for (int i = 0; i < rounds; i++) {
    plain_ms.push_back(ms_of([&] {
      vita::world::project_plainly(scene, camera, kRaster, scratch.get(), plain.view());
    }));
    fast_ms.push_back(ms_of([&] {
      vita::world::project(scene, camera, kRaster, 0, kRaster.width, scratch.get(), fast.view());
    }));
  }
  size_t alike = 0;
  for (size_t i = 0; i < plain.bytes.size(); i++)
    alike += std::abs(plain.bytes[i] - fast.bytes[i]) <= 2;
  return {name, median(plain_ms), median(fast_ms),
          static_cast<double>(alike) / static_cast<double>(plain.bytes.size())};
}

void print_row(const Row& row) {
  std::printf("%-22s %10.2f %10.2f %9.2f %10.4f\n", row.scene.c_str(), row.plain_ms, row.ms,
              row.plain_ms / row.ms, row.alike);
}

Row mean(const std::vector<Row>& rows) {
  Row sum = {"mean", 0, 0, 0};
  const double share = 1. / static_cast<double>(rows.size());
  for (const Row& row : rows) {
    sum.plain_ms += row.plain_ms * share;
    sum.ms += row.ms * share;
    sum.alike += row.alike * share;
  }
  return sum;
}

void write_json(const std::string& path, const std::vector<Row>& rows) {
  nlohmann::json out = nlohmann::json::array();
  for (const Row& row : rows) {
    out.push_back({{"scene", row.scene},
                   {"plain_ms", row.plain_ms},
                   {"ms", row.ms},
                   {"ratio", row.plain_ms / row.ms},
                   {"alike", row.alike}});
  }
  std::ofstream file(path);
  file << out.dump(2) << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

void bench(const Options& options) {
  const vita::world::WorldNetworks networks(options.model, 1);
  std::printf("%-22s %10s %10s %9s %10s\n", "scene", "plain ms", "ms", "ratio", "alike");
  std::vector<Row> rows;
  for (const vita::BenchWorld& world : vita::bench_worlds()) {
    if (world.name.find(options.filter) == std::string::npos) continue;
    const auto state = vita::open_bench_world(networks, world);
    const SceneView scene = vita::bench_scene(*state);
    for (const vita::BenchCamera& camera : vita::bench_cameras()) {
      rows.push_back(time_scene(world.name + " " + camera.name, scene,
                                vita::place_camera(*state, camera), options.rounds));
      print_row(rows.back());
      std::fflush(stdout);
    }
  }
  if (rows.empty()) throw std::runtime_error("no world is called " + options.filter);
  rows.push_back(mean(rows));
  print_row(rows.back());
  if (!options.json.empty()) write_json(options.json, rows);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    bench(parse(argc, argv));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "projector_bench: %s\n", e.what());
    return 1;
  }
}
