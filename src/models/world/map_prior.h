// The map prior: invents the land tile by tile, by a rectified flow from noise that belongs to each
// place.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "models/world/prior_network.h"

namespace vita::world {

struct TileOffset {
  int di, dj;
};

// Which tile to make and what it may lean on. Maps are [12][32][32] (channel, z, x) as in
// docs/world_model.md: height / 100 m, the rest 0..1.
struct PriorTile {
  uint32_t seed = 0;
  int ti = 0, tj = 0;
  std::span<const float, kAttributes> attributes;
  // The maps of tile (ti + di, tj + dj) at [(dj + 1) * 3 + di + 1]. Only those that `needed` names
  // are looked at; all of them must be there.
  std::array<const float*, 9> neighbours{};
};

// Immutable after construction; any number of threads may call generate_tile, each with its own
// Run. The result is a function of the weights and the request alone, bit for bit: not of the order
// in which tiles are asked for, nor of how many cores the stream may use.
class MapPrior {
 public:
  static constexpr int64_t kTileFloats = int64_t{kMapChannels} * kTileCells * kTileCells;

  MapPrior(const Build& b, const Config& config);
  int steps() const { return static_cast<int>(config_.times.size()); }
  // The neighbours that must be finished before tile (ti, tj) is made. Tiles with even i and j need
  // none; a tile needs at most eight, and theirs in turn end after three more steps.
  static std::span<const TileOffset> needed(int ti, int tj);
  // out: [12][32][32]. Throws Error{internal} if a needed neighbour is missing.
  void generate_tile(Run& run, const PriorTile& tile, float* out) const;

 private:
  PriorConfig config_;
  PriorNetwork network_;
};

// For tests: the noise of tile (ti, tj)'s window, [48][48][12].
void prior_noise(uint32_t seed, int ti, int tj, float* out);

}  // namespace vita::world
