// Sun and shadow of WorldMaps: at once, or a little at a time.
#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "models/world/world_maps.h"

namespace vita::world {
namespace {

constexpr int kTileShade = kWindowShade / 8;
// What the steps take on the machine that they were measured on, in nanoseconds.
constexpr int kRowCell_ns = 2, kColumnCell_ns = 4, kTile_ns = 100000, kThing_ns = 650;

}  // namespace

size_t WorldMaps::shade_row(const Slot& s, int z) {
  return static_cast<size_t>((s.tile_z * kTileShade + z) & (kWindowShade - 1)) * kShadePitch;
}
size_t WorldMaps::shade_column(const Slot& s) {
  return static_cast<size_t>((s.tile_x * kTileShade) & (kWindowShade - 1));
}

void WorldMaps::clear_shade(const Slot& s) {
  for (int z = 0; z < kTileShade; z++) {
    std::memset(&thing_light_[shade_row(s, z) + shade_column(s)], 255, kTileShade);
  }
}

// The first shade cells of a row, once more behind its last.
void WorldMaps::close_shade(const Slot& s) {
  if (shade_column(s) > 0) return;
  for (int z = 0; z < kTileShade; z++) {
    uint8_t* row = &thing_light_[shade_row(s, z)];
    row[kWindowShade] = row[0];
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

// The slot's shadows as they are to be under the sun of now.
void WorldMaps::shade_slot(Slot& s, int near_x, int near_z) {
  const bool near = s.full && std::abs(s.tile_x - near_x) <= 1 && std::abs(s.tile_z - near_z) <= 1;
  if (near) {
    splat_tile(s);
  } else if (s.shaded) {
    clear_shade(s);
  }
  close_shade(s);
  s.shaded = near;
  s.shade_old = !near;
}

// Of the tiles that there are and what lies between them; no cells if there are none.
SweepDesc WorldMaps::whole_sweep() {
  int low_x = INT_MAX, low_z = INT_MAX, high_x = INT_MIN, high_z = INT_MIN;
  for (const Slot& s : slots_) {
    if (!s.full) continue;
    low_x = std::min(low_x, s.tile_x);
    low_z = std::min(low_z, s.tile_z);
    high_x = std::max(high_x, s.tile_x + 1);
    high_z = std::max(high_z, s.tile_z + 1);
  }
  if (low_x >= high_x) {
    SweepDesc none{};
    none.cells_x = none.cells_z = 0;
    return none;
  }
  return {.height = height_.data(),
          .first_x = low_x * kTileFine,
          .first_z = low_z * kTileFine,
          .sun = {sun_[0], sun_[1], sun_[2]},
          .scratch = sweep_scratch_.data(),
          .light = light_.data(),
          .cells_x = (high_x - low_x) * kTileFine,
          .cells_z = (high_z - low_z) * kTileFine};
}

// Marks what the sun of now makes old, and ends what was being done for another one.
void WorldMaps::take_sun(const float* sun) {
  const std::array<float, 3> now = {sun[0], std::max(sun[1], .03f), sun[2]};
  const bool moved = now != sun_;
  sun_ = now;
  for (Slot& s : slots_) s.shade_old = s.shade_old || moved;
  land_changed_ =
      land_changed_ || moved || (job_.running && job_.sweep.step_first < job_.sweep_steps);
  job_ = {};
}

void WorldMaps::relight(const float* sun, int near_x, int near_z, ThreadPool* pool) {
  take_sun(sun);
  const bool sweep = std::exchange(land_changed_, false);
  std::array<Slot*, kSlots * kSlots> old{};
  int count = 0;
  for (Slot& s : slots_) {
    if (s.shade_old) old[static_cast<size_t>(count++)] = &s;
  }
  auto part = [&](int64_t i) {
    if (i > 0) return shade_slot(*old[static_cast<size_t>(i - 1)], near_x, near_z);
    if (!sweep) return;
    const SweepDesc whole = whole_sweep();
    if (whole.cells_x > 0) sweep_land_light(whole);
  };
  if (pool != nullptr) {
    pool->parallel_for(count + 1, part);
  } else {
    for (int i = 0; i <= count; i++) part(i);
  }
}

void WorldMaps::begin_relight(const float* sun, int near_x, int near_z) {
  take_sun(sun);
  job_.running = true;
  job_.near_x = near_x;
  job_.near_z = near_z;
  if (std::exchange(land_changed_, false)) {
    job_.sweep = whole_sweep();
    job_.sweep_steps = sweep_steps(job_.sweep);
  }
  job_.sweep.step_last = 0;
  for (int k = 0; k < kSlots * kSlots; k++) {
    if (slots_[static_cast<size_t>(k)].shade_old)
      job_.slots[static_cast<size_t>(job_.slot_count++)] = k;
  }
  const auto distance = [&](int k) {
    const Slot& s = slots_[static_cast<size_t>(k)];
    return std::max(std::abs(s.tile_x - near_x), std::abs(s.tile_z - near_z));
  };
  std::stable_sort(job_.slots.begin(), job_.slots.begin() + job_.slot_count,
                   [&](int a, int b) { return distance(a) < distance(b); });
}

int WorldMaps::shade_cost_us(const Slot& s) const {
  const bool near =
      s.full && std::abs(s.tile_x - job_.near_x) <= 1 && std::abs(s.tile_z - job_.near_z) <= 1;
  if (!near) return s.shaded ? kTile_ns / 1000 / 4 : 0;
  return (kTile_ns + static_cast<int>(s.things.size()) * kThing_ns) / 1000;
}

bool WorldMaps::go_on_relighting(int budget_us) {
  if (!job_.running) return true;
  int left_us = budget_us;
  SweepDesc& sweep = job_.sweep;
  if (sweep.step_first < job_.sweep_steps) {
    const int64_t cells = int64_t{sweep.cells_x} * sweep.cells_z;
    const bool by_columns = std::abs(sun_[0]) > std::abs(sun_[2]);
    const int64_t step_ns = cells / job_.sweep_steps * (by_columns ? kColumnCell_ns : kRowCell_ns);
    const auto stripes = static_cast<int>(int64_t{left_us} * 1000 / step_ns / kSweepStripe);
    const int steps = std::max(stripes, 1) * kSweepStripe;
    sweep.step_last = std::min(sweep.step_first + steps, job_.sweep_steps);
    sweep_land_light(sweep);
    left_us -= static_cast<int>((sweep.step_last - sweep.step_first) * step_ns / 1000);
    sweep.step_first = sweep.step_last;
    if (sweep.step_first < job_.sweep_steps) return false;
  }
  for (; job_.next_slot < job_.slot_count; job_.next_slot++) {
    Slot& s = slots_[static_cast<size_t>(job_.slots[static_cast<size_t>(job_.next_slot)])];
    const int cost_us = shade_cost_us(s);
    if (cost_us > left_us && left_us < budget_us) return false;
    shade_slot(s, job_.near_x, job_.near_z);
    left_us -= cost_us;
  }
  job_ = {};
  return true;
}

}  // namespace vita::world
