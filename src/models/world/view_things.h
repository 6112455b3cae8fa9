// The things around a camera that looks for a place to stand: what it would see of them.
#pragma once
#include <cstdint>
#include <vector>

#include "models/world/scene.h"

namespace vita::world {

class WorldMaps;

// Things whose foot lies in a square, in cells, so that each look at them touches few. Refers to
// the scene that it was made from, which must stay.
class ViewThings {
 public:
  static constexpr float kSight = 150.f;  // metres; what stands further off weighs nothing

  // x, z low and high: the ground where the camera may stand. asked: bit c is set where the viewer
  // wants things of class c.
  struct Ground {
    double x_low, x_high, z_low, z_high;
  };
  ViewThings(const SceneView& scene, const Ground& ground, uint32_t asked);

  // Wanted things on the camera's own ground, in a fixed order.
  const std::vector<const Thing*>& wanted() const { return wanted_; }
  float height(const Thing& thing) const;
  // What the things add to a view's worth: 40 at most for what happens to stand there, up to 60
  // more for what was asked for and is in sight; less than nothing where one stands in the face.
  float worth(const WorldMaps& maps, const Camera& camera) const;

 private:
  struct Entry {
    const Thing* thing;
    bool wanted;
  };
  bool in_sight(const WorldMaps& maps, const Camera& camera, const Thing& thing) const;
  int column(double x) const;
  int row(double z) const;

  const ThingTables tables_;
  double low_x_, low_z_;
  int columns_, rows_;
  std::vector<std::vector<Entry>> cells_;
  std::vector<const Thing*> wanted_;
};

}  // namespace vita::world
