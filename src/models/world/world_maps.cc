#include "models/world/world_maps.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/world/light_maps.h"
#include "models/world/place_things.h"

namespace vita::world {
namespace {

constexpr int kMask = kWindowFine - 1;
constexpr int kTileShade = kWindowShade / 8;

size_t cell(int x, int z) { return static_cast<size_t>(z & kMask) * kWindowFine + static_cast<size_t>(x & kMask); }
int32_t byte_of_unit(float v) { return static_cast<int32_t>(std::clamp(v, 0.f, 1.f) * 255.f + .5f); }
int32_t fixed_height(float h) { return static_cast<int32_t>(std::lround(std::clamp(h, -500.f, 500.f) * 64.f)) & 0xffff; }

float bilinear(const float* map, int size, double x, double z) {
  const double fx = std::floor(x), fz = std::floor(z);
  const float u = static_cast<float>(x - fx), v = static_cast<float>(z - fz);
  auto at = [&](double cx, double cz) {
    const int i = std::clamp(static_cast<int>(cx), 0, size - 1), j = std::clamp(static_cast<int>(cz), 0, size - 1);
    return map[j * size + i];
  };
  const float a = at(fx, fz) + (at(fx + 1, fz) - at(fx, fz)) * u;
  const float b = at(fx, fz + 1) + (at(fx + 1, fz + 1) - at(fx, fz + 1)) * u;
  return a + (b - a) * v;
}

}  // namespace

WorldMaps::WorldMaps(uint32_t seed, const ThingModels& models) : seed_(seed), models_(models) {
  constexpr size_t kCells = static_cast<size_t>(kWindowFine) * kWindowFine;
  const int32_t none = fixed_height(kNoLand);
  height_.assign(kCells, kNoLand);
  height_pair_.assign(kCells, none | none << 16);
  surface_.assign(kCells, 127 | 127 << 8);
  light_.assign(kCells, 255 << 8);
  thing_light_.assign(static_cast<size_t>(kWindowShade) * kWindowShade + 4, 255);
  sweep_scratch_.resize(2 * (kWindowFine + 64));
}

bool WorldMaps::has_tile(int tile_x, int tile_z) const {
  const Slot& s = slots_[slot_of(tile_x, tile_z)];
  return s.full && s.tile_x == tile_x && s.tile_z == tile_z;
}

void WorldMaps::write_cells(int tile_x, int tile_z, const float* fine) {
  constexpr int kPlane = kTileFine * kTileFine;
  for (int z = 0; z < kTileFine; z++) {
    for (int x = 0; x < kTileFine; x++) {
      const size_t at = cell(tile_x * kTileFine + x, tile_z * kTileFine + z);
      const int i = z * kTileFine + x;
      height_[at] = fine[i];
      surface_[at] = 127 | 127 << 8 | byte_of_unit(fine[kPlane + i]) << 16 |
                     static_cast<int32_t>(static_cast<uint32_t>(byte_of_unit(fine[2 * kPlane + i])) << 24);
      light_[at] = byte_of_unit(fine[3 * kPlane + i]) | 255 << 8;
    }
  }
}

void WorldMaps::set_normals(int x_first, int x_last, int z_first, int z_last) {
  for (int z = z_first; z < z_last; z++) {
    for (int x = x_first; x < x_last; x++) {
      const float dx = height_[cell(x - 1, z)] - height_[cell(x + 1, z)];
      const float dz = height_[cell(x, z - 1)] - height_[cell(x, z + 1)];
      const float inv = 127.f / std::sqrt(dx * dx + dz * dz + 4 * kFineMetres * kFineMetres);
      const size_t at = cell(x, z);
      const int32_t nx = 127 + static_cast<int32_t>(std::lround(dx * inv));
      const int32_t nz = 127 + static_cast<int32_t>(std::lround(dz * inv));
      surface_[at] = (surface_[at] & ~0xffff) | nx | nz << 8;
      height_pair_[at] = fixed_height(height_[at]) |
                         static_cast<int32_t>(static_cast<uint32_t>(fixed_height(height_[cell(x + 1, z)])) << 16);
    }
  }
}

void WorldMaps::set_tile(int tile_x, int tile_z, const float* fine, const float* density) {
  Slot& slot = slots_[slot_of(tile_x, tile_z)];
  write_cells(tile_x, tile_z, fine);
  const int x0 = tile_x * kTileFine, z0 = tile_z * kTileFine;
  set_normals(x0 - 1, x0 + kTileFine + 1, z0 - 1, z0 + kTileFine + 1);
  slot.tile_x = tile_x;
  slot.tile_z = tile_z;
  slot.full = true;
  slot.things.clear();
  auto density_at = [&](int c, double x, double z) {
    const double cx = x / kCellMetres - tile_x * kTileCells - .5, cz = z / kCellMetres - tile_z * kTileCells - .5;
    return bilinear(density + c * kTileCells * kTileCells, kTileCells, cx, cz);
  };
  auto height_at = [&](double x, double z) { return land(x, z); };
  place_things(seed_, tile_x, tile_z, density_at, height_at, models_.tables().prototypes, slot.things);
  top_ = std::max(top_, *std::max_element(fine, fine + kTileFine * kTileFine) + 1.f);
  list_things();
}

void WorldMaps::list_things() {
  list_count_ = 0;
  for (const Slot& s : slots_) {
    if (!s.full || s.things.empty()) continue;
    lists_[list_count_] = s.things.data();
    counts_[list_count_++] = static_cast<int>(s.things.size());
  }
}

void WorldMaps::clear_slot(Slot& slot, int tile_x, int tile_z) {
  slot.full = false;
  slot.things.clear();
  const std::vector<float> sea(4 * kTileFine * kTileFine, kNoLand);
  write_cells(tile_x, tile_z, sea.data());
  set_normals(tile_x * kTileFine - 1, (tile_x + 1) * kTileFine + 1, tile_z * kTileFine - 1,
              (tile_z + 1) * kTileFine + 1);
}

void WorldMaps::set_centre(int tile_x, int tile_z) {
  centre_x_ = tile_x;
  centre_z_ = tile_z;
  for (Slot& s : slots_) {
    const bool outside = s.tile_x < tile_x - kSlots / 2 || s.tile_x >= tile_x + kSlots / 2 ||
                         s.tile_z < tile_z - kSlots / 2 || s.tile_z >= tile_z + kSlots / 2;
    if (s.full && outside) clear_slot(s, s.tile_x, s.tile_z);
  }
  list_things();
}

void WorldMaps::relight(const float* sun) {
  SweepDesc sweep{height_.data(), (centre_x_ - kSlots / 2) * kTileFine, (centre_z_ - kSlots / 2) * kTileFine,
                  {sun[0], std::max(sun[1], .03f), sun[2]}, sweep_scratch_.data(), light_.data()};
  sweep_land_light(sweep);
  for (const Slot& s : slots_) {
    if (!s.full || std::abs(s.tile_x - centre_x_) > 2 || std::abs(s.tile_z - centre_z_) > 2) continue;
    for (int z = 0; z < kTileShade; z++) {
      const size_t row = static_cast<size_t>((s.tile_z * kTileShade + z) & (kWindowShade - 1)) * kWindowShade;
      std::memset(&thing_light_[row + static_cast<size_t>((s.tile_x * kTileShade) & (kWindowShade - 1))], 255,
                  kTileShade);
    }
    for (int dz = -1; dz <= 1; dz++) {
      for (int dx = -1; dx <= 1; dx++) {
        if (!has_tile(s.tile_x + dx, s.tile_z + dz)) continue;
        const std::vector<Thing>& things = slots_[slot_of(s.tile_x + dx, s.tile_z + dz)].things;
        splat_thing_shadows(models_.tables(), things.data(), static_cast<int>(things.size()), sweep.sun, s.tile_x,
                            s.tile_z, thing_light_.data());
      }
    }
  }
}

float WorldMaps::land(double x, double z) const {
  const double cx = x / kFineMetres - .5, cz = z / kFineMetres - .5;
  const double fx = std::floor(cx), fz = std::floor(cz);
  const int ix = static_cast<int>(fx), iz = static_cast<int>(fz);
  const float u = static_cast<float>(cx - fx), v = static_cast<float>(cz - fz);
  const float a = height_[cell(ix, iz)] + (height_[cell(ix + 1, iz)] - height_[cell(ix, iz)]) * u;
  const float b = height_[cell(ix, iz + 1)] + (height_[cell(ix + 1, iz + 1)] - height_[cell(ix, iz + 1)]) * u;
  return a + (b - a) * v;
}

float WorldMaps::surface(double x, double z) const { return std::max(land(x, z), 0.f); }

float WorldMaps::nearest_thing(double x, double z, float reach) const {
  float best = reach;
  for (int l = 0; l < list_count_; l++) {
    for (int i = 0; i < counts_[l]; i++) {
      const Thing& t = lists_[l][i];
      const float dx = t.x - static_cast<float>(x), dz = t.z - static_cast<float>(z);
      if (std::abs(dx) > reach + 16 || std::abs(dz) > reach + 16) continue;
      const float rim = models_.tables().prototypes[t.prototype].radius * t.scale * .5f;
      best = std::min(best, std::max(0.f, std::sqrt(dx * dx + dz * dz) - rim));
    }
  }
  return best;
}

SceneView WorldMaps::view(const float* look, float time_s) const {
  SceneView v{};
  v.maps = {height_pair_.data(), surface_.data(), light_.data(), thing_light_.data(), top_};
  v.tables = models_.tables();
  v.tile_things = lists_.data();
  v.tile_thing_counts = counts_.data();
  v.tile_count = list_count_;
  std::memcpy(v.look, look, sizeof v.look);
  v.time_s = time_s;
  v.growth = 1;
  v.seed = seed_;
  return v;
}

}  // namespace vita::world
