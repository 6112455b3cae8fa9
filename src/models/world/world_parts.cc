#include "models/world/world_parts.h"

#include "models/world/world_networks.h"

namespace vita::world {

WorldParts::WorldParts(const WorldNetworks& networks, int picture_width, int picture_height,
                       int count)
    : width(picture_width),
      height(picture_height),
      tiers(width, height),
      maps(0, networks.things()),
      workers(static_cast<size_t>(count)),
      prompt_stream(networks.backend().stream(1)),
      land_stream(networks.backend().stream(1)),
      crew(networks.pool(), networks.threads()),
      crew_stream(networks.backend().stream(crew)) {
  // No tier paints more than the first.
  const EnlargeDesc& full = tiers.of(Tier::full).desc();
  const auto pixels =
      static_cast<size_t>(full.from_width / 2) * static_cast<size_t>(full.from_height / 2);
  const size_t scratch = projector_scratch_bytes(full.from_height / 2) / sizeof(float);
  for (Worker& w : workers) {
    w.guide.resize((kGuidePlanes + 1) * pixels + 64);
    w.hand.scratch.reset(new (std::align_val_t(64)) float[scratch]);
    // Not touched before it is needed: the system gives it no memory till then.
    w.picture.reset(new uint8_t[tiers.picture_bytes()]);
    w.enlarger_scratch.resize(static_cast<size_t>(tiers.scratch_elements()));
    w.scene = networks.painter().scene();
  }
  helpers.resize(static_cast<size_t>(networks.threads() - 1));
  for (Hand& h : helpers) h.scratch.reset(new (std::align_val_t(64)) float[scratch]);
}

void WorldParts::reset() {
  maps.reset();
  for (Worker& w : workers) w.scene_look = -1;
}

}  // namespace vita::world
