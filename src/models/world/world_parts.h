// The memory and the vendor handles that one running world needs: costly to make, so they are kept
// for the next one.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "core/crew.h"
#include "models/world/paint_tiers.h"
#include "models/world/painter.h"
#include "models/world/world_maps.h"
#include "nn/build.h"

namespace vita::world {

class WorldNetworks;

// Owned by one WorldState at a time; WorldNetworks keeps a few for the next.
struct WorldParts {
  struct Worker {  // what one painting thread uses
    Workspace workspace;
    std::vector<uint8_t> guide;  // planes, then kinds
    struct Free {
      void operator()(float* p) const { ::operator delete[](p, std::align_val_t(64)); }
    };
    std::unique_ptr<float[], Free> scratch;
    std::unique_ptr<uint8_t[]> picture;  // as painted, where that is not as it is shown
    std::vector<int16_t> enlarger_scratch;
    PaintedScene scene;
    int64_t scene_look = -1;  // the look that `scene` was folded for
  };

  WorldParts(const WorldNetworks& networks, int width, int height, int workers);
  bool fits(int w, int h, int count) const {
    return w == width && h == height && count == static_cast<int>(workers.size());
  }
  // As new, for another world.
  void reset();

  int width, height;
  PaintTiers tiers;
  WorldMaps maps;
  std::vector<Worker> workers;
  std::unique_ptr<Stream> prompt_stream;  // one core, as all that decides what the world is
  Workspace prompt_workspace;
  std::unique_ptr<Stream> land_stream;  // one core, in the background
  Crew crew;                            // for the first tile, which somebody waits for
  std::unique_ptr<Stream> crew_stream;
  Workspace land_workspace;
};

}  // namespace vita::world
