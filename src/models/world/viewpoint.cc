#include "models/world/viewpoint.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace vita::world {
namespace {

// Mean openness over a fan of directions: how far one sees, and a penalty for land that towers
// close by.
float openness(const WorldMaps& maps, const Camera& c) {
  float score = 0;
  for (int k = -2; k <= 2; k++) {
    const float yaw = c.yaw + static_cast<float>(k) * .22f;
    float steepest = -9, seen = 0, wall = 0;
    for (float t = 6; t < 1500; t *= 1.22f) {
      const float rise = (maps.surface(c.x + std::cos(yaw) * t, c.z + std::sin(yaw) * t) - c.y) / t;
      if (t < 60 && rise > .05f) wall = 1;  // a slope that fills a side of the picture
      if (rise > steepest) {
        steepest = rise;
        seen = t;
      }
    }
    score += std::min(seen, 700.f) / 700.f * 9 - std::max(0.f, steepest - .2f) * 70 - wall * 9;
  }
  return score;
}

// Foreground, horizon and water straight ahead; writes the pitch that frames them.
float framing(const WorldMaps& maps, Camera& c, float pitch_jitter) {
  float highest = -1e9f, foreground = 1e9f;
  int water = 0;
  for (float t = 8; t < 900; t *= 1.25f) {
    const double x = c.x + std::cos(c.yaw) * t, z = c.z + std::sin(c.yaw) * t;
    if (maps.land(x, z) < 0) water++;
    const float rise = (maps.surface(x, z) - c.y) / t;
    highest = std::max(highest, rise);
    if (t < 60) foreground = std::min(foreground, -rise);
  }
  c.pitch = std::clamp(highest * .35f - .05f, -.25f, .12f) + pitch_jitter;
  return -std::max(0.f, highest - .22f) * 150 - (foreground < .03f ? 40.f : 0.f) +
         std::min(highest, .24f) * 220 + static_cast<float>(std::min(water, 4)) * 2.f;
}

float things_in_view(const SceneView& scene, const Camera& c) {
  const float ahead_x = std::cos(c.yaw), ahead_z = std::sin(c.yaw);
  float score = 0;
  for (int l = 0; l < scene.tile_count; l++) {
    for (int i = 0; i < scene.tile_thing_counts[l]; i++) {
      const Thing& t = scene.tile_things[l][i];
      const float dx = t.x - c.x, dz = t.z - c.z, squared = dx * dx + dz * dz;
      if (squared > 130.f * 130.f) continue;
      const float ahead = dx * ahead_x + dz * ahead_z,
                  aside = std::abs(dz * ahead_x - dx * ahead_z);
      const bool landmark = t.prototype >= kCabin;
      if (ahead > 12 && aside < ahead * .5f)
        score += 1.2f * (landmark ? 14.f : 1.f) * (ahead > 100 ? .3f : 1.f);
      // What stands in the face, and what would fill a third of the picture's height.
      const float tall = scene.tables.prototypes[t.prototype].height * t.scale;
      const float near = std::max(14.f, tall);
      if (squared < near * near) score -= 60;
      if (squared < 5 * tall * tall && ahead > 0 && aside < ahead * .8f) score -= 25;
    }
  }
  return std::min(score, 40.f);
}

}  // namespace

Camera choose_viewpoint(const WorldMaps& maps, const float* sun, const ViewArea& area,
                        uint32_t seed) {
  std::minstd_rand random(seed * 2654435761u + 91u);
  auto between = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random() - std::minstd_rand::min()) /
                     static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
  };
  const float look[kLook] = {};
  const SceneView scene = maps.view(look, 0);
  const double sun_yaw = std::atan2(sun[2], sun[0]);
  Camera best{};
  float best_score = -1e9f;
  for (int k = 0; k < area.tries; k++) {
    Camera c{};
    c.x = static_cast<float>(between(area.x_low, area.x_high));
    c.z = static_cast<float>(between(area.z_low, area.z_high));
    const float split = std::min(14.f, area.height_high);
    const bool low = between(0, 1) < .65;
    c.y = maps.surface(c.x, c.z) + static_cast<float>(low ? between(area.height_low, split)
                                                          : between(split, area.height_high));
    c.yaw = static_cast<float>(between(0, 1) < .45 ? sun_yaw + between(-.6, .6)
                                                   : between(0, 6.2831853));
    c.tan_half = static_cast<float>(between(.48, .66));
    const float jitter = static_cast<float>(between(-.05, .04));
    float score = static_cast<float>(between(0, 30)) + openness(maps, c) -
                  (maps.land(c.x, c.z) < .5f ? 25.f : 0.f);
    score += framing(maps, c, jitter) + things_in_view(scene, c);
    if (score > best_score) {
      best_score = score;
      best = c;
    }
  }
  return best;
}

}  // namespace vita::world
