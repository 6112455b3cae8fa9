// The world, guide and picture functions of capi.h.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/cpu.h"
#include "models/world/projector.h"
#include "models/world/viewpoint.h"
#include "models/world/world_maps.h"
#include "renderer/capi.h"
#include "renderer/shade.h"

#define VITA_EXPORT __attribute__((visibility("default")))

namespace vita {

// The three builds of shade.cc.
namespace avx512 {
void shade_columns(const training::ShadeJob&);
}
namespace avx2 {
void shade_columns(const training::ShadeJob&);
}
namespace baseline {
void shade_columns(const training::ShadeJob&);
}

namespace {

struct TrainingWorld {
  explicit TrainingWorld(uint32_t seed) : maps(seed, models) {}
  world::ThingModels models;
  world::WorldMaps maps;
  float look[world::kLook] = {};
  float time_s = 0;
  int low_x = 0, high_x = 0, low_z = 0, high_z = 0;  // tiles that were set
  bool any = false;
};

struct Aligned {
  explicit Aligned(size_t floats)
      : data(static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64))) {
  }
  ~Aligned() { std::free(data); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  float* data;
};

// Calls work(column block) for each block, on `threads` threads.
void over_blocks(int blocks, int threads, const std::function<void(int)>& work) {
  if (threads <= 1) {
    for (int i = 0; i < blocks; i++) work(i);
    return;
  }
  std::atomic<int> next{0};
  std::vector<std::jthread> pool;
  for (int t = 0; t < threads; t++) {
    pool.emplace_back([&] {
      for (int i = next++; i < blocks; i = next++) work(i);
    });
  }
}

world::Camera camera_of(const float* c) { return {c[0], c[1], c[2], c[3], c[4], c[5]}; }
world::Raster raster_of(const int* r) { return {r[0], r[1], r[2], r[3], r[4], r[5]}; }

}  // namespace
}  // namespace vita

using namespace vita;  // NOLINT: a C interface in one file

extern "C" {

VITA_EXPORT void* vt_world_create(uint32_t seed) { return new TrainingWorld(seed); }
VITA_EXPORT void vt_world_free(void* w) { delete static_cast<TrainingWorld*>(w); }

VITA_EXPORT void vt_world_set_tile(void* w, int i, int j, const float* fine, const float* density) {
  auto& world = *static_cast<TrainingWorld*>(w);
  world.maps.set_tile(i, j, fine, density);
  world.low_x = world.any ? std::min(world.low_x, i) : i;
  world.high_x = world.any ? std::max(world.high_x, i) : i;
  world.low_z = world.any ? std::min(world.low_z, j) : j;
  world.high_z = world.any ? std::max(world.high_z, j) : j;
  world.any = true;
}

VITA_EXPORT void vt_world_set_look(void* w, const float* look) {
  auto& world = *static_cast<TrainingWorld*>(w);
  std::memcpy(world.look, look, sizeof world.look);
  world.maps.set_centre((world.low_x + world.high_x + 1) / 2, (world.low_z + world.high_z + 1) / 2);
  world.maps.relight(look + world::kSun, (world.low_x + world.high_x) / 2,
                     (world.low_z + world.high_z) / 2);
}

VITA_EXPORT void vt_world_set_time(void* w, float seconds) {
  static_cast<TrainingWorld*>(w)->time_s = seconds;
}

VITA_EXPORT void vt_world_suggest_camera(void* w, uint32_t seed, float* camera) {
  const auto& world = *static_cast<TrainingWorld*>(w);
  const int x = (world.low_x + world.high_x) / 2, z = (world.low_z + world.high_z) / 2;
  const double size = world::kTileMetres;
  const world::Camera c =
      choose_viewpoint(world.maps, world.look + world::kSun,
                       {x * size, (x + 1) * size, z * size, (z + 1) * size}, seed);
  const float values[6] = {c.x, c.y, c.z, c.yaw, c.pitch, c.tan_half};
  std::memcpy(camera, values, sizeof values);
}

VITA_EXPORT void vt_guide(void* w, const float* camera, const int* rect, uint8_t* planes,
                          uint8_t* kinds, int threads) {
  const auto& world = *static_cast<TrainingWorld*>(w);
  const world::Raster raster = raster_of(rect);
  const world::SceneView scene = world.maps.view(world.look, world.time_s);
  over_blocks(raster.width / world::kGuideStrip, threads, [&](int block) {
    Aligned scratch(world::projector_scratch_bytes(raster.height) / sizeof(float));
    project(scene, camera_of(camera), raster, block * world::kGuideStrip,
            (block + 1) * world::kGuideStrip, scratch.data, {planes, kinds});
  });
}

VITA_EXPORT void vt_render(void* w, const float* camera, const int* rect, uint8_t* rgb,
                           int threads) {
  const auto& world = *static_cast<TrainingWorld*>(w);
  const world::Raster raster = raster_of(rect);
  const world::SceneView scene = world.maps.view(world.look, world.time_s);
  auto* shade = best_build(&baseline::shade_columns, &avx2::shade_columns, &avx512::shade_columns);
  over_blocks(raster.width / 16, threads, [&](int block) {
    Aligned scratch(static_cast<size_t>(training::shade_scratch_floats(raster.height)));
    shade({&scene, camera_of(camera), raster, block * 16, (block + 1) * 16, scratch.data, rgb});
  });
}

}  // extern "C"
