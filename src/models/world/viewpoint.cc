#include "models/world/viewpoint.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "models/world/view_things.h"

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
float framing(const WorldMaps& maps, Camera& c, float pitch_jitter, float water_worth) {
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
         std::min(highest, .24f) * 220 + static_cast<float>(std::min(water, 4)) * water_worth;
}

// Draws poses, each from the same few numbers of the stream.
class PoseDraw {
 public:
  PoseDraw(const WorldMaps& maps, const ViewArea& area, double sun_yaw, uint32_t seed)
      : maps_(maps), area_(area), sun_yaw_(sun_yaw), random_(seed * 2654435761u + 91u) {}

  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() - std::minstd_rand::min()) /
                     static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
  }

  // Anywhere, towards the sun or wherever.
  Camera anywhere() {
    Camera c{};
    c.x = static_cast<float>(between(area_.x_low, area_.x_high));
    c.z = static_cast<float>(between(area_.z_low, area_.z_high));
    const float split = std::min(14.f, area_.height_high);
    const bool low = between(0, 1) < .65;
    c.y = maps_.surface(c.x, c.z) + static_cast<float>(low ? between(area_.height_low, split)
                                                           : between(split, area_.height_high));
    c.yaw = static_cast<float>(between(0, 1) < .45 ? sun_yaw_ + between(-.6, .6)
                                                   : between(0, 6.2831853));
    return c;
  }

  // Before one of the wanted things: some of its heights away and a little above its foot, the
  // thing near the middle.
  Camera near_one_of(const ViewThings& things) {
    const auto count = static_cast<double>(things.wanted().size());
    const Thing& thing = *things.wanted()[static_cast<size_t>(between(0, .999) * count)];
    const float tall = things.height(thing);
    Camera c{};
    const double towards = between(0, 1) < .4 ? sun_yaw_ + between(-.8, .8) : between(0, 6.2831853);
    const double away = std::clamp(tall * between(3.2, 6.5), 24., 140.);
    c.x = static_cast<float>(std::clamp(thing.x - std::cos(towards) * away,
                                        area_.x_low - area_.walk, area_.x_high + area_.walk));
    c.z = static_cast<float>(std::clamp(thing.z - std::sin(towards) * away,
                                        area_.z_low - area_.walk, area_.z_high + area_.walk));
    const float highest = std::min(area_.height_low + 10, area_.height_high);
    c.y = maps_.surface(c.x, c.z) + static_cast<float>(between(area_.height_low, highest));
    c.yaw = static_cast<float>(std::atan2(thing.z - c.z, thing.x - c.x) + between(-.22, .22));
    return c;
  }

 private:
  const WorldMaps& maps_;
  const ViewArea& area_;
  double sun_yaw_;
  std::minstd_rand random_;
};

}  // namespace

Camera choose_viewpoint(const WorldMaps& maps, const float* sun, const ViewArea& area,
                        uint32_t seed) {
  const float look[kLook] = {};
  const SceneView scene = maps.view(look, 0);
  const ViewThings things(scene,
                          {area.x_low - area.walk, area.x_high + area.walk, area.z_low - area.walk,
                           area.z_high + area.walk},
                          area.asked);
  PoseDraw draw(maps, area, std::atan2(sun[2], sun[0]), seed);
  Camera best{};
  float best_score = -1e9f;
  for (int k = 0; k < area.tries; k++) {
    Camera c = k % 2 == 1 && !things.wanted().empty() ? draw.near_one_of(things) : draw.anywhere();
    c.tan_half = static_cast<float>(draw.between(.48, .66));
    const float jitter = static_cast<float>(draw.between(-.05, .04));
    float score = static_cast<float>(draw.between(0, 30)) + openness(maps, c) -
                  (maps.land(c.x, c.z) < .5f ? 25.f : 0.f);
    score += framing(maps, c, jitter, area.water ? 12.f : 2.f) + things.worth(maps, c);
    if (score > best_score) {
      best_score = score;
      best = c;
    }
  }
  return best;
}

}  // namespace vita::world
