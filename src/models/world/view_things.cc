#include "models/world/view_things.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/world/spec.h"
#include "models/world/thing_models.h"
#include "models/world/world_maps.h"

namespace vita::world {
namespace {

std::array<bool, kPrototypes> wanted_prototypes(uint32_t asked) {
  std::array<bool, kPrototypes> wanted{};
  for (int c = 0; c < kThingClasses; c++) {
    const ClassPrototypes& kinds = ThingModels::of_class(c);
    for (int k = 0; k < kinds.count; k++)
      wanted[static_cast<size_t>(kinds.ids[k])] |= (asked >> c & 1) != 0;
  }
  return wanted;
}

}  // namespace

ViewThings::ViewThings(const SceneView& scene, const Ground& ground, uint32_t asked)
    : tables_(scene.tables), low_x_(ground.x_low - kSight), low_z_(ground.z_low - kSight) {
  const auto cells = [](double length) { return static_cast<int>(length / kSight) + 1; };
  columns_ = cells(ground.x_high + kSight - low_x_);
  rows_ = cells(ground.z_high + kSight - low_z_);
  cells_.resize(static_cast<size_t>(columns_) * static_cast<size_t>(rows_));
  const std::array<bool, kPrototypes> wanted = wanted_prototypes(asked);
  for (int l = 0; l < scene.tile_count; l++) {
    for (int i = 0; i < scene.tile_thing_counts[l]; i++) {
      const Thing& t = scene.tile_things[l][i];
      const int x = column(t.x), z = row(t.z);
      if (x < 0 || x >= columns_ || z < 0 || z >= rows_) continue;
      const bool here = wanted[static_cast<size_t>(t.prototype)];
      cells_[static_cast<size_t>(z * columns_ + x)].push_back({&t, here});
      if (here && t.x > ground.x_low && t.x < ground.x_high && t.z > ground.z_low &&
          t.z < ground.z_high) {
        wanted_.push_back(&t);
      }
    }
  }
}

int ViewThings::column(double x) const {
  return static_cast<int>(std::floor((x - low_x_) / kSight));
}
int ViewThings::row(double z) const { return static_cast<int>(std::floor((z - low_z_) / kSight)); }

float ViewThings::height(const Thing& thing) const {
  return tables_.prototypes[thing.prototype].height * thing.scale;
}

// Whether land hides the thing's upper half.
bool ViewThings::in_sight(const WorldMaps& maps, const Camera& c, const Thing& t) const {
  constexpr int kSteps = 8;
  const float top = t.y + .75f * height(t);
  for (int k = 1; k < kSteps; k++) {
    const float along = static_cast<float>(k) / kSteps;
    const float ray = c.y + (top - c.y) * along;
    if (maps.surface(c.x + (t.x - c.x) * along, c.z + (t.z - c.z) * along) > ray) return false;
  }
  return true;
}

float ViewThings::worth(const WorldMaps& maps, const Camera& c) const {
  const float ahead_x = std::cos(c.yaw), ahead_z = std::sin(c.yaw);
  float score = 0, asked = 0;
  const int x = column(c.x), z = row(c.z);
  for (int j = std::max(0, z - 1); j <= std::min(rows_ - 1, z + 1); j++) {
    for (int i = std::max(0, x - 1); i <= std::min(columns_ - 1, x + 1); i++) {
      for (const auto& [thing, wanted] : cells_[static_cast<size_t>(j * columns_ + i)]) {
        const Thing& t = *thing;
        const float dx = t.x - c.x, dz = t.z - c.z, squared = dx * dx + dz * dz;
        if (squared > kSight * kSight) continue;
        const float ahead = dx * ahead_x + dz * ahead_z,
                    aside = std::abs(dz * ahead_x - dx * ahead_z);
        const bool landmark = t.prototype >= kCabin;
        if (ahead > 12 && aside < ahead * .5f) {
          score += 1.2f * (landmark ? 14.f : 1.f) * (ahead > 100 ? .3f : 1.f);
          if (wanted && asked < 60 && in_sight(maps, c, t)) asked += asked > 0 ? 6.f : 36.f;
        }
        // What stands in the face, and what would fill a third of the picture's height.
        const float tall = height(t), near = std::max(14.f, tall);
        if (squared < near * near) score -= 60;
        if (squared < 5 * tall * tall && ahead > 0 && aside < ahead * .8f) score -= 25;
      }
    }
  }
  return std::min(score, 40.f) + std::min(asked, 60.f);
}

}  // namespace vita::world
