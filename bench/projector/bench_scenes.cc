#include "projector/bench_scenes.h"

namespace vita {

const std::vector<BenchWorld>& bench_worlds() {
  static const std::vector<BenchWorld> worlds = {
      {"mountains", "snowy mountains at sunset"},
      {"desert", "a red desert at noon, clear sky"},
      {"hills", "green hills with a village in spring"},
      {"tundra", "a frozen tundra in thick fog"},
      {"volcano", "a volcano with lava at night"},
      {"canyon", "a deep canyon in the evening"},
      {"forest", "a dense autumn forest in the rain"},
      {"islands", "tropical islands with palm trees in the morning"},
      {"snowfall", "snow falling on a forest of firs"},
  };
  return worlds;
}

const std::vector<BenchCamera>& bench_cameras() {
  static const std::vector<BenchCamera> cameras = {
      {"first", 0, 0, 0}, {"low", 2.1f, 3, .02f}, {"high", -1.3f, 90, -.35f}};
  return cameras;
}

std::unique_ptr<world::WorldState> open_bench_world(const world::WorldNetworks& networks,
                                                    const BenchWorld& world) {
  OpenRequest request;
  request.prompt = world.prompt;
  request.seed = 11;
  return std::make_unique<world::WorldState>(networks, request);
}

world::Camera place_camera(const world::WorldState& world, const BenchCamera& camera) {
  world::Camera c = world.camera();
  c.yaw += camera.turn;
  if (camera.above > 0) {
    c.y = world.maps().surface(c.x, c.z) + camera.above;
    c.pitch = camera.pitch;
  }
  return c;
}

world::SceneView bench_scene(const world::WorldState& world) {
  return world.maps().view(world.look(), 7.5f);
}

}  // namespace vita
