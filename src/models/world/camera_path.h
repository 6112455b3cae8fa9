// Moves the camera: by itself in a pleasant way, or as the viewer steers.
#pragma once
#include "core/video_model.h"
#include "models/world/world_maps.h"

namespace vita::world {

// Deterministic: the path depends on the maps, the controls and the steps of time alone. Owned and
// used by one thread.
class CameraPath {
 public:
  CameraPath(const Camera& start, const WorldMaps& maps);

  void steer(const MoveControl& move);
  void turn(const LookControl& look);
  void jump(const CameraControl& pose, const WorldMaps& maps);
  // Moves on by dt seconds.
  const Camera& advance(const WorldMaps& maps, float dt);
  const Camera& camera() const { return camera_; }

 private:
  void choose_heading(const WorldMaps& maps);
  void fly(const WorldMaps& maps, float dt);
  void follow_keys(const WorldMaps& maps, float dt);

  Camera camera_;
  MoveControl move_;
  float clearance_;                         // height above the land that the flight keeps
  float speed_ = 0, climb_ = 0, turn_ = 0;  // m/s, m/s, rad/s
  float wanted_turn_ = 0;
  float until_choice_ = 0;  // seconds to the next look around
};

}  // namespace vita::world
