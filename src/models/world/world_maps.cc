#include "models/world/world_maps.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cmath>
#include <cstring>

#include "core/cpu.h"
#include "models/world/land_cells.h"
#include "models/world/place_things.h"

namespace vita {

// The three builds of land_cells.cc.
namespace avx512 {
void write_land_row(const world::LandRow&);
void write_slope_row(const world::SlopeRow&);
}  // namespace avx512
namespace avx2 {
void write_land_row(const world::LandRow&);
void write_slope_row(const world::SlopeRow&);
}  // namespace avx2
namespace baseline {
void write_land_row(const world::LandRow&);
void write_slope_row(const world::SlopeRow&);
}  // namespace baseline

namespace world {
namespace {

constexpr int kMask = kWindowFine - 1;
constexpr int kTileShade = kWindowShade / 8;

size_t cell(int x, int z) {
  return static_cast<size_t>(z & kMask) * kFinePitch + static_cast<size_t>(x & kMask);
}

// Every class's density at a place in cells, between the four around it.
void densities_at(const float* density, double x, double z, float* out) {
  const double fx = std::floor(x), fz = std::floor(z);
  const float u = static_cast<float>(x - fx), v = static_cast<float>(z - fz);
  const auto inside = [](double c) { return std::clamp(static_cast<int>(c), 0, kTileCells - 1); };
  const int left = inside(fx), right = inside(fx + 1);
  const int above = inside(fz) * kTileCells, below = inside(fz + 1) * kTileCells;
  for (int c = 0; c < kThingClasses; c++, density += kTileCells * kTileCells) {
    const float a = density[above + left] + (density[above + right] - density[above + left]) * u;
    const float b = density[below + left] + (density[below + right] - density[below + left]) * u;
    out[c] = a + (b - a) * v;
  }
}

}  // namespace

WorldMaps::WorldMaps(uint32_t seed, const ThingModels& models) : models_(models) {
  sweep_scratch_.resize(kSweepScratch);
  reset();
  seed_ = seed;
}

void WorldMaps::reset() {
  constexpr size_t kCells = static_cast<size_t>(kWindowFine) * kFinePitch;
  height_.assign(kCells, static_cast<int16_t>(kNoLand / kMapHeightStep));
  surface_.assign(kCells, 127 | 127 << 8);
  light_.assign(kCells, 255 << 8);
  thing_light_.assign(static_cast<size_t>(kWindowShade) * kShadePitch, 255);
  slots_ = {};
  list_count_ = 0;
  centre_x_ = centre_z_ = 0;
  sun_ = {};
  land_changed_ = true;
  job_ = {};
  top_ = 0;
  seed_ = 0;
}

bool WorldMaps::has_tile(int tile_x, int tile_z) const {
  const Slot& s = slots_[slot_of(tile_x, tile_z)];
  return s.full && s.tile_x == tile_x && s.tile_z == tile_z;
}

void WorldMaps::write_cells(const Tile& tile) {
  const auto write =
      best_build(&baseline::write_land_row, &avx2::write_land_row, &avx512::write_land_row);
  constexpr int kPlane = kTileFine * kTileFine;
  std::array<float, kFineChannels * kTileFine> turned;
  for (int z = 0; z < kTileFine; z++) {
    const size_t row = cell(tile.x * kTileFine, tile.z * kTileFine + z);
    const float* in = tile.fine + (tile.flip_z ? kTileFine - 1 - z : z) * kTileFine;
    std::array<const float*, kFineChannels> planes;
    for (int c = 0; c < kFineChannels; c++) {
      planes[static_cast<size_t>(c)] = in + c * kPlane;
      if (!tile.flip_x) continue;
      float* to = turned.data() + c * kTileFine;
      std::reverse_copy(in + c * kPlane, in + c * kPlane + kTileFine, to);
      planes[static_cast<size_t>(c)] = to;
    }
    write({planes[0], planes[1], planes[2], planes[3], kTileFine, &height_[row], &surface_[row],
           &light_[row]});
  }
}

// Of cells that do not wrap around the window along x.
void WorldMaps::write_slopes(int x, int z, int columns, int rows) {
  const auto write =
      best_build(&baseline::write_slope_row, &avx2::write_slope_row, &avx512::write_slope_row);
  for (int at_z = z; at_z < z + rows; at_z++) {
    const size_t row = cell(x, at_z);
    write({&height_[row], &height_[cell(x, at_z - 1)], &height_[cell(x, at_z + 1)], columns,
           height_[cell(x - 1, at_z)], height_[cell(x + columns, at_z)], &surface_[row]});
    if ((x & kMask) == 0) close_row(at_z);
  }
}

// The row's first cell, once more behind its last.
void WorldMaps::close_row(int z) {
  const size_t first = cell(0, z), behind = first + kWindowFine;
  height_[behind] = height_[first];
  surface_[behind] = surface_[first];
  light_[behind] = light_[first];
}

// Slopes at the rim of a tile's neighbours look across the border.
void WorldMaps::write_rim_slopes(int tile_x, int tile_z) {
  const int x = tile_x * kTileFine, z = tile_z * kTileFine;
  write_slopes(x, z - 1, kTileFine, 1);
  write_slopes(x, z + kTileFine, kTileFine, 1);
  write_slopes(x - 1, z, 1, kTileFine);
  write_slopes(x + kTileFine, z, 1, kTileFine);
}

void WorldMaps::take_slot(int tile_x, int tile_z) {
  Slot& slot = slots_[static_cast<size_t>(slot_of(tile_x, tile_z))];
  if (!has_tile(tile_x, tile_z)) {
    slot.things.clear();
    slot.growth = 1;
    shade_again(tile_x, tile_z);
  }
  slot.tile_x = tile_x;
  slot.tile_z = tile_z;
  slot.full = true;
  land_changed_ = true;
}

void WorldMaps::set_land(int tile_x, int tile_z, const float* fine) {
  take_slot(tile_x, tile_z);
  list_things();
  write_cells({tile_x, tile_z, fine});
  write_slopes(tile_x * kTileFine, tile_z * kTileFine, kTileFine, kTileFine);
  write_rim_slopes(tile_x, tile_z);
  top_ = std::max(top_, *std::max_element(fine, fine + kTileFine * kTileFine) + 1.f);
}

void WorldMaps::read_land(int tile_x, int tile_z, float* fine) const {
  constexpr int kPlane = kTileFine * kTileFine;
  const auto unit = [](int32_t word, int byte) {
    return static_cast<float>(static_cast<uint32_t>(word) >> (8 * byte) & 0xff) / 255.f;
  };
  for (int z = 0; z < kTileFine; z++) {
    const size_t row = cell(tile_x * kTileFine, tile_z * kTileFine + z);
    for (size_t x = 0; x < kTileFine; x++, fine++) {
      fine[0] = static_cast<float>(height_[row + x]) * kMapHeightStep;
      fine[kPlane] = unit(surface_[row + x], 2);
      fine[2 * kPlane] = unit(surface_[row + x], 3);
      fine[3 * kPlane] = unit(light_[row + x], 0);
    }
  }
}

void WorldMaps::set_tiles(const std::vector<Tile>& tiles, ThreadPool* pool) {
  const auto each = [&](auto&& work) {
    const auto count = static_cast<int64_t>(tiles.size());
    const auto one = [&](int64_t k) { work(tiles[static_cast<size_t>(k)]); };
    if (pool != nullptr) return pool->parallel_for(count, one);
    for (int64_t k = 0; k < count; k++) one(k);
  };
  for (const Tile& t : tiles) take_slot(t.x, t.z);
  each([&](const Tile& t) { write_cells(t); });
  each([&](const Tile& t) {
    write_slopes(t.x * kTileFine, t.z * kTileFine, kTileFine, kTileFine);
    put_things(t.x, t.z, t.density);
  });
  const float* measured = nullptr;  // mirror images are as high as what they are of
  for (const Tile& t : tiles) {
    write_rim_slopes(t.x, t.z);
    shade_again(t.x, t.z);
    if (t.fine == measured) continue;
    measured = t.fine;
    top_ = std::max(top_, *std::max_element(t.fine, t.fine + kTileFine * kTileFine) + 1.f);
  }
  list_things();
}

void WorldMaps::put_things(int tile_x, int tile_z, const float* density) {
  Slot& slot = slots_[static_cast<size_t>(slot_of(tile_x, tile_z))];
  slot.things.clear();
  slot.growth = 1;
  if (density == nullptr) return;
  auto densities = [&](double x, double z, float* out) {
    densities_at(density, x / kCellMetres - tile_x * kTileCells - .5,
                 z / kCellMetres - tile_z * kTileCells - .5, out);
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
  place_things(seed_, tile_x, tile_z, densities, height_at, models_.tables().prototypes,
               slot.things);
}

void WorldMaps::set_things(int tile_x, int tile_z, const float* density) {
  put_things(tile_x, tile_z, density);
  shade_again(tile_x, tile_z);
  list_things();
}

void WorldMaps::set_growth(int tile_x, int tile_z, float growth) {
  slots_[static_cast<size_t>(slot_of(tile_x, tile_z))].growth = growth;
  list_things();
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
  write_cells({tile_x, tile_z, sea.data()});
  const int x = tile_x * kTileFine, z = tile_z * kTileFine;
  write_slopes(x, z, kTileFine, kTileFine);
  write_rim_slopes(tile_x, tile_z);
  for (int row = 0; row < kTileFine; row++) {  // the next sweep may leave it out
    for (int k = 0; k < kTileFine; k++) light_[cell(x + k, z + row)] |= 0xff00;
    close_row(z + row);
  }
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

float WorldMaps::land(double x, double z) const {
  const double cx = x / kFineMetres - .5, cz = z / kFineMetres - .5;
  const double fx = std::floor(cx), fz = std::floor(cz);
  const int ix = static_cast<int>(fx), iz = static_cast<int>(fz);
  const float u = static_cast<float>(cx - fx), v = static_cast<float>(cz - fz);
  const auto at = [&](int column, int row) {
    return static_cast<float>(height_[cell(column, row)]) * kMapHeightStep;
  };
  const float a = at(ix, iz) + (at(ix + 1, iz) - at(ix, iz)) * u;
  const float b = at(ix, iz + 1) + (at(ix + 1, iz + 1) - at(ix, iz + 1)) * u;
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
  v.maps = {height_.data(), surface_.data(), light_.data(), thing_light_.data(), top_};
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

}  // namespace world
}  // namespace vita
