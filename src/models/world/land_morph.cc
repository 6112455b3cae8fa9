#include "models/world/land_morph.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string_view>

namespace vita::world {
namespace {

// One plane of n x n values, flipped along the axes asked for.
void flip_plane(const float* in, int n, bool flip_x, bool flip_z, float* out) {
  for (int z = 0; z < n; z++) {
    const float* row = in + (flip_z ? n - 1 - z : z) * n;
    for (int x = 0; x < n; x++) *out++ = row[flip_x ? n - 1 - x : x];
  }
}

constexpr double kNearMetres = 150;

float smooth(float t) { return t * t * (3 - 2 * t); }

// Tells densities apart when the memory of the old ones is gone.
uint64_t fingerprint(const float* density) {
  constexpr size_t kBytes = sizeof(float) * kThingClasses * kTileCells * kTileCells;
  if (density == nullptr) return 0;
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(density), kBytes});
}

}  // namespace

float LandMorph::Change::share_at(double now_s) const {
  return static_cast<float>(std::clamp((now_s - begin_s) / seconds, 0., 1.));
}

float LandMorph::Change::growth_at(float share) const {
  if (same_things) return 1;
  if (share < .5f) return growth * (1 - 2 * share);
  return new_things ? 2 * share - 1 : 0;  // the old ones wait, gone, for their turn
}

// The change of a tile towards what `tile` says, its land aside; null if it shows nothing yet or is
// to change at once.
LandMorph::Change* LandMorph::begin_change(const FineTile& tile, double now_s, float seconds) {
  const TileIndex at = tile.tile;
  auto shown = shown_.find(at);
  if (shown == shown_.end() || seconds <= 0) {
    changes_.erase(at);
    shown_[at] = fingerprint(tile.density);
    return nullptr;
  }
  uint64_t& things_now = shown->second;
  float growth = 1;
  auto running = changes_.find(at);
  if (running != changes_.end()) {  // goes on from where it stands
    const Change& c = running->second;
    growth = c.growth_at(c.share_at(now_s));
    if (c.new_things) things_now = c.things;
  }
  const uint64_t things = fingerprint(tile.density);
  const bool same_things = growth == 1 && things == things_now;
  Change& change = changes_[at];
  change = {{at, {}, tile.density}, things, {}, now_s, seconds, growth, same_things};
  change.turn = next_turn_++;
  return &change;
}

void LandMorph::begin(FineTile tile, double now_s, float seconds) {
  if (Change* change = begin_change(tile, now_s, seconds)) {
    change->to.fine = std::move(tile.fine);
  } else {
    maps_.set_tile(tile.tile.x, tile.tile.z, tile.fine.data(), tile.density);
  }
}

void LandMorph::begin_images(const std::shared_ptr<const std::vector<float>>& fine,
                             const std::vector<MirrorImage>& images, double now_s, float seconds) {
  std::vector<WorldMaps::Tile> at_once;
  for (const MirrorImage& image : images) {
    const TileIndex at = image.tile;
    const float* density = image.density.empty() ? nullptr : image.density.data();
    if (Change* change = begin_change({at, {}, density}, now_s, seconds)) {
      change->image_of = fine;
      change->flip_x = image.flip_x;
      change->flip_z = image.flip_z;
    } else {
      at_once.push_back({at.x, at.z, fine->data(), density, image.flip_x, image.flip_z});
    }
  }
  maps_.set_tiles(at_once);
}

// What the tile shows until now is as it was when the change began: nobody else writes it.
void LandMorph::prepare(Change& change) {
  if (!change.from.empty()) return;
  if (change.image_of) {
    change.to.fine = flipped_land(*change.image_of, change.flip_x, change.flip_z);
    change.image_of = nullptr;
  }
  change.from.resize(change.to.fine.size());
  maps_.read_land(change.to.tile.x, change.to.tile.z, change.from.data());
}

void LandMorph::show(const FineTile& tile, const std::vector<MirrorImage>& images,
                     ThreadPool& pool) {
  const float* fine = tile.fine.data();
  std::vector<WorldMaps::Tile> maps{{tile.tile.x, tile.tile.z, fine, tile.density}};
  changes_.erase(tile.tile);
  shown_[tile.tile] = fingerprint(tile.density);
  for (const MirrorImage& image : images) {
    const float* density = image.density.empty() ? nullptr : image.density.data();
    maps.push_back({image.tile.x, image.tile.z, fine, density, image.flip_x, image.flip_z});
    changes_.erase(image.tile);
    shown_[image.tile] = fingerprint(density);
  }
  maps_.set_tiles(maps, &pool);
}

void LandMorph::forget_beyond(TileIndex centre, int radius) {
  for (auto it = shown_.begin(); it != shown_.end();) {
    const TileIndex t = it->first;
    if (std::abs(t.x - centre.x) <= radius && std::abs(t.z - centre.z) <= radius) {
      ++it;
      continue;
    }
    maps_.forget_tile(t.x, t.z);
    changes_.erase(t);
    it = shown_.erase(it);
  }
}

void LandMorph::step(Change& change, float share) {
  prepare(change);
  const TileIndex t = change.to.tile;
  const bool new_things = share >= change.things_at() && !change.new_things;
  if (new_things) {  // things stand on the land as it will be
    maps_.set_land(t.x, t.z, change.to.fine.data());
    maps_.set_things(t.x, t.z, change.to.density);
    change.new_things = true;
  }
  if (share < 1) {
    const float weight = smooth(share);
    blend_.resize(change.from.size());
    for (size_t i = 0; i < blend_.size(); i++)
      blend_[i] = change.from[i] + (change.to.fine[i] - change.from[i]) * weight;
    maps_.set_land(t.x, t.z, blend_.data());
  } else if (!new_things) {  // to the bit, as if it had never been anything else
    maps_.set_land(t.x, t.z, change.to.fine.data());
  }
}

// How often a tile's land is written depends on how near it is.
bool LandMorph::is_due(const Change& change, double x, double z) const {
  const auto beyond = [](double at, int tile) {
    const double low = tile * double{kTileMetres};
    return std::max({low - at, at - (low + kTileMetres), 0.});
  };
  const double distance = std::max(beyond(x, change.to.tile.x), beyond(z, change.to.tile.z));
  const int64_t interval = distance < kNearMetres ? 2 : distance < kTileMetres ? 4 : 12;
  return (tick_ + change.turn) % interval == 0;
}

template <class Due>
bool LandMorph::advance_those(double now_s, const Due& due) {
  const bool any = !changes_.empty();
  bool placed = false;
  for (auto it = changes_.begin(); it != changes_.end();) {
    Change& c = it->second;
    const float share = c.share_at(now_s);
    const bool places = !c.new_things && share >= c.things_at();
    const bool now = due(c, places && placed);
    if (now) {
      placed = placed || places;
      step(c, share);
    }
    maps_.set_growth(it->first.x, it->first.z, c.growth_at(share));
    if (share < 1 || !now) {
      ++it;
      continue;
    }
    shown_[it->first] = c.things;
    it = changes_.erase(it);
  }
  return any;
}

bool LandMorph::advance(double now_s) {
  return advance_those(now_s, [](const Change&, bool) { return true; });
}

bool LandMorph::advance_in_turns(double now_s, double x, double z) {
  tick_++;
  return advance_those(now_s, [&](const Change& c, bool dear) { return !dear && is_due(c, x, z); });
}

MirrorImage mirror_image(const FineTile& tile, TileIndex offset, bool with_things) {
  MirrorImage image{{tile.tile.x + offset.x, tile.tile.z + offset.z},
                    (offset.x & 1) != 0,
                    (offset.z & 1) != 0,
                    {}};
  if (!with_things) return image;
  image.density.resize(static_cast<size_t>(kThingClasses) * kTileCells * kTileCells);
  for (int c = 0; c < kThingClasses; c++) {
    const int plane = c * kTileCells * kTileCells;
    flip_plane(tile.density + plane, kTileCells, image.flip_x, image.flip_z,
               image.density.data() + plane);
  }
  return image;
}

std::vector<float> flipped_land(const std::vector<float>& fine, bool flip_x, bool flip_z) {
  if (!flip_x && !flip_z) return fine;
  std::vector<float> out(fine.size());
  for (size_t plane = 0; plane < fine.size(); plane += size_t{kTileFine} * kTileFine)
    flip_plane(fine.data() + plane, kTileFine, flip_x, flip_z, out.data() + plane);
  return out;
}

}  // namespace vita::world
