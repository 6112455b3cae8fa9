// The shapes of things: a few convex pieces each. They are proxies for the painter to clothe, not
// its art.
#pragma once
#include <vector>

#include "models/world/scene.h"

namespace vita::world {

enum PrototypeId : int {
  kPine,
  kSpruce,
  kOak,
  kPoplar,
  kBirch,
  kBush,
  kPalm,
  kCactus,
  kBoulder,
  kCrag,
  kSlab,
  kShard,
  kCabin,
  kBarn,
  kLighthouse,
  kKeep,
  kPrototypes,
};

// The prototypes of each class of things, in the order of the attribute `things`.
struct ClassPrototypes {
  int count;
  int ids[4];
  float scale_low, scale_high;
};

// Immutable after construction; shared by all worlds.
class ThingModels {
 public:
  ThingModels();
  ThingTables tables() const {
    return {prototypes_.data(), prims_.data(), planes_.data(), blobs_.data()};
  }
  static const ClassPrototypes& of_class(int thing_class);

 private:
  void add(PrototypeId id, float height, float radius, float tint_low, float tint_high);
  void ellipsoid(Part part, float x, float y, float z, float rx, float ry, float rz,
                 float tint = 0);
  void frustum(Part part, float x, float z, float y0, float y1, float r0, float r1, float tint = 0);
  void box(Part part, float x, float y, float z, float hx, float hy, float hz);
  void gable(float y, float hx, float hz, float height);
  void stone(Part part, int sides, const float (&centre_radii)[6], float tint = 0);
  void blob(float height, float radius, float half_height);
  void plane(float x, float y, float z, float d);
  Prim& hull(Part part, int plane_first);
  void build_trees();
  void build_stones();
  void build_buildings();

  std::vector<Prototype> prototypes_;
  std::vector<Prim> prims_;
  std::vector<Plane> planes_;
  std::vector<ShadowBlob> blobs_;
  uint32_t random_ = 5;
  float random(float low, float high);
};

}  // namespace vita::world
