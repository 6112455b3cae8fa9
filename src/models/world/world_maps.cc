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

size_t cell(int x, int z) {
  return static_cast<size_t>(z & kMask) * kWindowFine + static_cast<size_t>(x & kMask);
}
int32_t byte_of_unit(float v) {
  return static_cast<int32_t>(std::clamp(v, 0.f, 1.f) * 255.f + .5f);
}
int32_t fixed_height(float h) {
  return (static_cast<int32_t>((std::clamp(h, -500.f, 500.f) + 512.f) * 64.f + .5f) - 32768) &
         0xffff;
}

float bilinear(const float* map, int size, double x, double z) {
  const double fx = std::floor(x), fz = std::floor(z);
  const float u = static_cast<float>(x - fx), v = static_cast<float>(z - fz);
  auto at = [&](double cx, double cz) {
    const int i = std::clamp(static_cast<int>(cx), 0, size - 1),
              j = std::clamp(static_cast<int>(cz), 0, size - 1);
    return map[j * size + i];
  };
  const float a = at(fx, fz) + (at(fx + 1, fz) - at(fx, fz)) * u;
  const float b = at(fx, fz + 1) + (at(fx + 1, fz + 1) - at(fx, fz + 1)) * u;
  return a + (b - a) * v;
}

}  // namespace

WorldMaps::WorldMaps(uint32_t seed, const ThingModels& models) : models_(models) {
  sweep_scratch_.resize(2 * (kWindowFine + 64));
  reset();
  seed_ = seed;
}

void WorldMaps::reset() {
  constexpr size_t kCells = static_cast<size_t>(kWindowFine) * kWindowFine;
  const int32_t none = fixed_height(kNoLand);
  height_.assign(kCells, kNoLand);
  height_pair_.assign(kCells, none | none << 16);
  surface_.assign(kCells, 127 | 127 << 8);
  light_.assign(kCells, 255 << 8);
  thing_light_.assign(static_cast<size_t>(kWindowShade) * kWindowShade + 4, 255);
  slots_ = {};
  list_count_ = 0;
  centre_x_ = centre_z_ = 0;
  sun_ = {};
  land_changed_ = true;
  top_ = 0;
  seed_ = 0;
}

bool WorldMaps::has_tile(int tile_x, int tile_z) const {
  const Slot& s = slots_[slot_of(tile_x, tile_z)];
  return s.full && s.tile_x == tile_x && s.tile_z == tile_z;
}

void WorldMaps::write_cells(int tile_x, int tile_z, const float* fine) {
  constexpr int kPlane = kTileFine * kTileFine;
  for (int z = 0; z < kTileFine; z++) {
    const size_t row = cell(tile_x * kTileFine, tile_z * kTileFine + z);
    const float* in = fine + z * kTileFine;
    for (int x = 0; x < kTileFine; x++) {
      height_[row + static_cast<size_t>(x)] = in[x];
      surface_[row + static_cast<size_t>(x)] =
          static_cast<int32_t>(static_cast<uint32_t>(byte_of_unit(in[kPlane + x])) << 16 |
                               static_cast<uint32_t>(byte_of_unit(in[2 * kPlane + x])) << 24);
      int32_t& light = light_[row + static_cast<size_t>(x)];
      light = (light & ~0xff) | byte_of_unit(in[3 * kPlane + x]);
    }
  }
}

void WorldMaps::set_normal(int x, int z) {
  const float dx = height_[cell(x - 1, z)] - height_[cell(x + 1, z)];
  const float dz = height_[cell(x, z - 1)] - height_[cell(x, z + 1)];
  write_slope(cell(x, z), dx, dz, height_[cell(x + 1, z)]);
}

void WorldMaps::write_slope(size_t at, float dx, float dz, float next_height) {
  const float inv = 127.f / std::sqrt(dx * dx + dz * dz + 4 * kFineMetres * kFineMetres);
  const int32_t nx = static_cast<int32_t>(dx * inv + 127.5f),
                nz = static_cast<int32_t>(dz * inv + 127.5f);
  surface_[at] = (surface_[at] & ~0xffff) | nx | nz << 8;
  height_pair_[at] = fixed_height(height_[at]) |
                     static_cast<int32_t>(static_cast<uint32_t>(fixed_height(next_height)) << 16);
}

// The tile and one cell around it: slopes at the rim of its neighbours look across the border.
void WorldMaps::set_normals(int tile_x, int tile_z) {
  const int x0 = tile_x * kTileFine, z0 = tile_z * kTileFine;
  for (int z = z0 - 1; z <= z0 + kTileFine; z++) {
    for (int x : {x0 - 1, x0, x0 + kTileFine - 1, x0 + kTileFine}) set_normal(x, z);
    const size_t row = cell(x0, z);
    const float* middle = &height_[row];
    const float *above = &height_[cell(x0, z - 1)], *below = &height_[cell(x0, z + 1)];
    for (int x = 1; x < kTileFine - 1; x++) {
      write_slope(row + static_cast<size_t>(x), middle[x - 1] - middle[x + 1], above[x] - below[x],
                  middle[x + 1]);
    }
  }
}

void WorldMaps::set_land(int tile_x, int tile_z, const float* fine) {
  Slot& slot = slots_[static_cast<size_t>(slot_of(tile_x, tile_z))];
  if (!has_tile(tile_x, tile_z)) {
    slot.things.clear();
    slot.growth = 1;
    shade_again(tile_x, tile_z);
    list_things();
  }
  write_cells(tile_x, tile_z, fine);
  set_normals(tile_x, tile_z);
  slot.tile_x = tile_x;
  slot.tile_z = tile_z;
  slot.full = true;
  land_changed_ = true;
  top_ = std::max(top_, *std::max_element(fine, fine + kTileFine * kTileFine) + 1.f);
}

void WorldMaps::set_things(int tile_x, int tile_z, const float* density) {
  Slot& slot = slots_[static_cast<size_t>(slot_of(tile_x, tile_z))];
  slot.things.clear();
  auto density_at = [&](int c, double x, double z) {
    const double cx = x / kCellMetres - tile_x * kTileCells - .5,
                 cz = z / kCellMetres - tile_z * kTileCells - .5;
    return bilinear(density + c * kTileCells * kTileCells, kTileCells, cx, cz);
  };
  // Between its own cells alone, and as steep beyond them: what stands at the rim must not depend
  // on whether the neighbours are there yet.
  auto own = [](double v, int tile) {
    const double low = tile * static_cast<double>(kTileMetres);
    return std::clamp(v, low + kFineMetres / 2, low + kTileMetres - kFineMetres / 2);
  };
  auto height_at = [&](double x, double z) {
    const double cx = own(x, tile_x), cz = own(z, tile_z);
    if (cx == x && cz == z) return land(x, z);
    return 2 * land(cx, cz) - land(2 * cx - x, 2 * cz - z);
  };
  if (density != nullptr) {
    place_things(seed_, tile_x, tile_z, density_at, height_at, models_.tables().prototypes,
                 slot.things);
  }
  slot.growth = 1;
  shade_again(tile_x, tile_z);
  list_things();
}

void WorldMaps::set_growth(int tile_x, int tile_z, float growth) {
  slots_[static_cast<size_t>(slot_of(tile_x, tile_z))].growth = growth;
  list_things();
}

void WorldMaps::set_tile(int tile_x, int tile_z, const float* fine, const float* density) {
  set_land(tile_x, tile_z, fine);
  set_things(tile_x, tile_z, density);
}

void WorldMaps::list_things() {
  list_count_ = 0;
  for (const Slot& s : slots_) {
    if (!s.full || s.things.empty() || s.growth <= 0) continue;
    const auto at = static_cast<size_t>(list_count_++);
    lists_[at] = s.things.data();
    counts_[at] = static_cast<int>(s.things.size());
    growths_[at] = s.growth;
  }
}

void WorldMaps::clear_slot(Slot& slot, int tile_x, int tile_z) {
  slot.full = false;
  slot.things.clear();
  land_changed_ = true;
  shade_again(tile_x, tile_z);
  const std::vector<float> sea(4 * kTileFine * kTileFine, kNoLand);
  write_cells(tile_x, tile_z, sea.data());
  set_normals(tile_x, tile_z);
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

void WorldMaps::forget_tile(int tile_x, int tile_z) {
  if (has_tile(tile_x, tile_z))
    clear_slot(slots_[static_cast<size_t>(slot_of(tile_x, tile_z))], tile_x, tile_z);
  list_things();
}

void WorldMaps::shade_again(int tile_x, int tile_z) {
  for (int dz = -1; dz <= 1; dz++) {
    for (int dx = -1; dx <= 1; dx++)
      slots_[static_cast<size_t>(slot_of(tile_x + dx, tile_z + dz))].shade_old = true;
  }
}

void WorldMaps::clear_shade(const Slot& s) {
  for (int z = 0; z < kTileShade; z++) {
    const size_t row =
        static_cast<size_t>((s.tile_z * kTileShade + z) & (kWindowShade - 1)) * kWindowShade;
    std::memset(
        &thing_light_[row + static_cast<size_t>((s.tile_x * kTileShade) & (kWindowShade - 1))], 255,
        kTileShade);
  }
}

void WorldMaps::splat_tile(const Slot& s) {
  clear_shade(s);
  for (int dz = -1; dz <= 1; dz++) {
    for (int dx = -1; dx <= 1; dx++) {
      if (!has_tile(s.tile_x + dx, s.tile_z + dz)) continue;
      const auto& things =
          slots_[static_cast<size_t>(slot_of(s.tile_x + dx, s.tile_z + dz))].things;
      splat_thing_shadows(models_.tables(), things.data(), static_cast<int>(things.size()),
                          sun_.data(), s.tile_x, s.tile_z, thing_light_.data());
    }
  }
}

void WorldMaps::sweep_land() {
  sweep_land_light({height_.data(),
                    (centre_x_ - kSlots / 2) * kTileFine,
                    (centre_z_ - kSlots / 2) * kTileFine,
                    {sun_[0], sun_[1], sun_[2]},
                    sweep_scratch_.data(),
                    light_.data()});
  land_changed_ = false;
}

void WorldMaps::relight(const float* sun, int near_x, int near_z, ThreadPool* pool) {
  const std::array<float, 3> now = {sun[0], std::max(sun[1], .03f), sun[2]};
  const bool moved = now != sun_, sweep = moved || land_changed_;
  sun_ = now;
  std::array<Slot*, kSlots * kSlots> old{};
  int count = 0;
  for (Slot& s : slots_) {
    if (moved) s.shade_old = true;
    if (s.shade_old) old[static_cast<size_t>(count++)] = &s;
  }
  auto part = [&](int64_t i) {
    if (i == 0) {
      if (sweep) sweep_land();
      return;
    }
    Slot& s = *old[static_cast<size_t>(i - 1)];
    const bool near =
        s.full && std::abs(s.tile_x - near_x) <= 1 && std::abs(s.tile_z - near_z) <= 1;
    if (near) {
      splat_tile(s);
    } else if (s.shaded) {
      clear_shade(s);
    }
    s.shaded = near;
    s.shade_old = !near;
  };
  if (pool != nullptr) {
    pool->parallel_for(count + 1, part);
  } else {
    for (int i = 0; i <= count; i++) part(i);
  }
}

float WorldMaps::land(double x, double z) const {
  const double cx = x / kFineMetres - .5, cz = z / kFineMetres - .5;
  const double fx = std::floor(cx), fz = std::floor(cz);
  const int ix = static_cast<int>(fx), iz = static_cast<int>(fz);
  const float u = static_cast<float>(cx - fx), v = static_cast<float>(cz - fz);
  const float a = height_[cell(ix, iz)] + (height_[cell(ix + 1, iz)] - height_[cell(ix, iz)]) * u;
  const float b =
      height_[cell(ix, iz + 1)] + (height_[cell(ix + 1, iz + 1)] - height_[cell(ix, iz + 1)]) * u;
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
  v.tile_growths = growths_.data();
  v.tile_count = list_count_;
  std::memcpy(v.look, look, sizeof v.look);
  v.time_s = time_s;
  v.seed = seed_;
  return v;
}

}  // namespace vita::world
