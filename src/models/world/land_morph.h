// Turns tiles of land from what they show into what they are to become, smoothly.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "models/world/land_grower.h"
#include "models/world/world_maps.h"

namespace vita::world {

// A tile as its neighbour at an offset sees it in a mirror: what stands in for land that is not
// made yet. Odd offsets flip an axis, so that borders meet.
struct MirrorImage {
  TileIndex tile;
  bool flip_x = false, flip_z = false;
  std::vector<float> density;  // [8][32][32], flipped, or empty: bare of things
};
MirrorImage mirror_image(const FineTile& tile, TileIndex offset, bool with_things);
// The image's land, flipped: [4][256][256].
std::vector<float> flipped_land(const std::vector<float>& fine, bool flip_x, bool flip_z);

// Owns what each tile shows. Used by one thread, while nobody projects.
class LandMorph {
 public:
  explicit LandMorph(WorldMaps& maps) : maps_(maps) {}

  // The tile (without a density: bare of things) becomes `tile` within `seconds` from `now_s`; at
  // once where it shows nothing yet or seconds is 0. Its things shrink away and the new ones grow,
  // unless they are placed from equal densities.
  void begin(FineTile tile, double now_s, float seconds);
  // The images of `fine`, the land of another tile, become what their tiles show likewise. Costs
  // next to nothing now: each tile's share of the work is done when it is first moved on.
  void begin_images(const std::shared_ptr<const std::vector<float>>& fine,
                    const std::vector<MirrorImage>& images, double now_s, float seconds);
  // Shows a tile at once, and images of it in others' places; the pool helps.
  void show(const FineTile& tile, const std::vector<MirrorImage>& images, ThreadPool& pool);
  // Tiles that show something but are further than `radius` from the centre are forgotten.
  void forget_beyond(TileIndex centre, int radius);
  // Moves all that changes on. True if anything did.
  bool advance(double now_s);
  // The same for one frame of many: land that is far from (x, z) is written only every few frames,
  // tiles in turn, so that no frame pays for all of them, and things are placed on one tile at
  // most. What has come to its end is done with at its turn.
  bool advance_in_turns(double now_s, double x, double z);
  bool active() const { return !changes_.empty(); }

 private:
  struct Change {
    FineTile to;              // without land as long as it is an image that was not needed yet
    uint64_t things;          // fingerprint of the density of `to`
    std::vector<float> from;  // the land it comes from, read when it is first moved on
    double begin_s;
    float seconds;
    float growth = 1;  // of the old things at the beginning
    bool same_things =
        false;  // as those that stand there: they stay, and step onto the new land at the end
    bool new_things = false;  // those of `to` stand there
    int64_t turn = 0;
    std::shared_ptr<const std::vector<float>> image_of = nullptr;
    bool flip_x = false, flip_z = false;

    float share_at(double now_s) const;
    float growth_at(float share) const;
    float things_at() const { return same_things ? 1.f : .5f; }
  };
  bool is_due(const Change& change, double x, double z) const;
  Change* begin_change(const FineTile& tile, double now_s, float seconds);
  void prepare(Change& change);
  void step(Change& change, float share);
  template <class Due>
  bool advance_those(double now_s, const Due& due);

  WorldMaps& maps_;
  // The tiles that show something, and the fingerprint of the density that their things were placed
  // from. What land they show stands in the maps alone.
  std::map<TileIndex, uint64_t> shown_;
  std::map<TileIndex, Change> changes_;
  std::vector<float> blend_;
  int64_t next_turn_ = 0, tick_ = 0;
};

}  // namespace vita::world
