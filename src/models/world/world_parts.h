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
  struct Hand {  // what one thread uses that paints a part of a picture
    Workspace workspace;
    struct Free {
      void operator()(float* p) const { ::operator delete[](p, std::align_val_t(64)); }
    };
    std::unique_ptr<float[], Free> scratch;
  };
  struct Worker {  // what one painting thread uses
    Hand hand;
    std::vector<uint8_t> guide;          // planes, then kinds
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
  std::vector<Hand> helpers;              // beside the worker that paints the only frame under way
  std::unique_ptr<Stream> prompt_stream;  // one core, as all that decides what the world is
  Workspace prompt_workspace;
  std::unique_ptr<Stream> land_stream;  // one core, in the background
  Crew crew;                            // for the first tile, which somebody waits for
  std::unique_ptr<Stream> crew_stream;
};

}  // namespace vita::world
