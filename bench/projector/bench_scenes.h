// Scenes for timing the projector: worlds of the bundled model, each from several cameras.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace vita {

struct BenchWorld {
  std::string name;  // the biome, mostly
  std::string prompt;
};

struct BenchCamera {
  std::string name;
  float turn;   // from the first view, radians
  float above;  // metres above land or water; 0: as high as the first view
  float pitch;  // with `above` only
};

const std::vector<BenchWorld>& bench_worlds();
const std::vector<BenchCamera>& bench_cameras();

std::unique_ptr<world::WorldState> open_bench_world(const world::WorldNetworks& networks,
                                                    const BenchWorld& world);
world::Camera place_camera(const world::WorldState& world, const BenchCamera& camera);
// The scene some seconds after the first view.
world::SceneView bench_scene(const world::WorldState& world);

}  // namespace vita
