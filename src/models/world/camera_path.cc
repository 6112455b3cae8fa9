#include "models/world/camera_path.h"

#include <algorithm>
#include <cmath>

namespace vita::world {
namespace {

constexpr float kCruise = 8.f;      // m/s when the camera moves by itself
constexpr float kRun = 16.f;        // m/s with the keys
constexpr float kTurnRate = 1.1f;   // rad/s at full key
constexpr float kEyeHeight = 1.8f;  // least height above land and water
constexpr float kHighest = 300.f;   // above land and water, as far as the keys lift
constexpr float kPitchLimit = 1.2f;

// Moves a value towards another, quickly at first: the share covered does not depend on the frame
// rate.
float ease(float from, float to, float dt, float seconds) {
  return to + (from - to) * std::exp(-dt / seconds);
}

// The highest land over the next metres ahead, as a flight wants to clear it.
float highest_ahead(const WorldMaps& maps, const Camera& c, float reach) {
  float highest = maps.surface(c.x, c.z);
  for (float t = 4; t <= reach; t += 6) {
    const float h = maps.surface(c.x + std::cos(c.yaw) * t, c.z + std::sin(c.yaw) * t);
    highest = std::max(highest, h - t * .12f);
  }
  return highest;
}

}  // namespace

CameraPath::CameraPath(const Camera& start, const WorldMaps& maps)
    : camera_(start), clearance_(std::clamp(start.y - maps.surface(start.x, start.z), 4.f, 45.f)) {
  move_.autopilot = true;
}

void CameraPath::steer(const MoveControl& move) { move_ = move; }

void CameraPath::turn(const LookControl& look) {
  camera_.yaw += look.yaw;
  camera_.pitch = std::clamp(camera_.pitch + look.pitch, -kPitchLimit, kPitchLimit);
}

void CameraPath::jump(const CameraControl& pose, const WorldMaps& maps) {
  camera_.x = static_cast<float>(pose.x);
  camera_.z = static_cast<float>(pose.z);
  camera_.y = maps.surface(pose.x, pose.z) + std::max(pose.y, kEyeHeight);
  camera_.yaw = pose.yaw;
  camera_.pitch = std::clamp(pose.pitch, -kPitchLimit, kPitchLimit);
  clearance_ = std::max(pose.y, kEyeHeight);
  speed_ = climb_ = turn_ = wanted_turn_ = 0;
}

void CameraPath::choose_heading(const WorldMaps& maps) {
  float best = -1e9f;
  for (int k = -4; k <= 4; k++) {
    const float yaw = camera_.yaw + static_cast<float>(k) * .16f;
    float score = -std::abs(static_cast<float>(k)) * .6f -
                  std::abs(static_cast<float>(k) * .05f - wanted_turn_) * 4;
    float steepest = -9, seen = 0;
    for (float t = 10; t < 900; t *= 1.3f) {
      const float rise =
          (maps.surface(camera_.x + std::cos(yaw) * t, camera_.z + std::sin(yaw) * t) - camera_.y) /
          t;
      if (rise > steepest) {
        steepest = rise;
        seen = t;
      }
    }
    score += std::min(seen, 600.f) / 600.f * 4 - std::max(0.f, steepest - .12f) * 30;
    const double ax = camera_.x + std::cos(yaw) * 30.0, az = camera_.z + std::sin(yaw) * 30.0;
    score -= clearance_ < 14 ? std::max(0.f, 9.f - maps.nearest_thing(ax, az, 9)) * 1.2f : 0.f;
    if (score > best) {
      best = score;
      wanted_turn_ = static_cast<float>(k) * .05f;
    }
  }
}

void CameraPath::fly(const WorldMaps& maps, float dt) {
  until_choice_ -= dt;
  if (until_choice_ <= 0) {
    choose_heading(maps);
    until_choice_ = .7f;
  }
  turn_ = ease(turn_, wanted_turn_, dt, 1.1f);
  speed_ = ease(speed_, kCruise, dt, 1.5f);
  camera_.yaw += turn_ * dt;
  camera_.x += std::cos(camera_.yaw) * speed_ * dt;
  camera_.z += std::sin(camera_.yaw) * speed_ * dt;
  const float crowded = maps.nearest_thing(camera_.x + std::cos(camera_.yaw) * 14.f,
                                           camera_.z + std::sin(camera_.yaw) * 14.f, 8);
  const float lift = (8 - crowded) * 1.6f;
  const float wanted = highest_ahead(maps, camera_, 60) + clearance_ + lift;
  climb_ = ease(climb_, std::clamp((wanted - camera_.y) * .55f, -6.f, 12.f), dt, .6f);
  camera_.y = std::max(camera_.y + climb_ * dt, maps.surface(camera_.x, camera_.z) + kEyeHeight);
  camera_.pitch = ease(camera_.pitch, std::clamp(-.06f + climb_ * .012f, -.2f, .12f), dt, 2.5f);
}

void CameraPath::follow_keys(const WorldMaps& maps, float dt) {
  turn_ = ease(turn_, move_.yaw * kTurnRate, dt, .08f);
  speed_ = ease(speed_, move_.forward * kRun, dt, .15f);
  camera_.yaw += turn_ * dt;
  camera_.pitch =
      std::clamp(camera_.pitch + move_.pitch * kTurnRate * dt, -kPitchLimit, kPitchLimit);
  const float aside = move_.right * kRun * dt;
  camera_.x += std::cos(camera_.yaw) * speed_ * dt - std::sin(camera_.yaw) * aside;
  camera_.z += std::sin(camera_.yaw) * speed_ * dt + std::cos(camera_.yaw) * aside;
  clearance_ =
      std::clamp(clearance_ + move_.up * kRun * dt, kEyeHeight, std::max(clearance_, kHighest));
  camera_.y = ease(camera_.y, maps.surface(camera_.x, camera_.z) + clearance_, dt, .2f);
  camera_.y = std::max(camera_.y, maps.surface(camera_.x, camera_.z) + kEyeHeight * .8f);
}

const Camera& CameraPath::advance(const WorldMaps& maps, float dt) {
  if (move_.autopilot) {
    fly(maps, dt);
  } else {
    follow_keys(maps, dt);
  }
  return camera_;
}

}  // namespace vita::world
