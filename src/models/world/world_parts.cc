#include "models/world/world_parts.h"

#include "models/world/world_networks.h"

namespace vita::world {

WorldParts::WorldParts(const WorldNetworks& networks, int picture_width, int picture_height,
                       int count)
    : width(picture_width),
      height(picture_height),
      maps(0, networks.things()),
      workers(static_cast<size_t>(count)),
      prompt_stream(networks.backend().stream(1)),
      land_stream(networks.backend().stream(1)),
      crew(networks.pool(), networks.threads()),
      crew_stream(networks.backend().stream(crew)) {
  const auto pixels = static_cast<size_t>(width / 2) * static_cast<size_t>(height / 2);
  const size_t scratch = projector_scratch_bytes(height / 2) / sizeof(float);
  for (Worker& w : workers) {
    w.guide.resize((kGuidePlanes + 1) * pixels + 64);
    w.scratch.reset(new (std::align_val_t(64)) float[scratch]);
    w.scene = networks.painter(width, height).scene();
  }
}

void WorldParts::reset() {
  maps.reset();
  for (Worker& w : workers) w.scene_look = -1;
}

}  // namespace vita::world
