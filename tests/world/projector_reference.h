// The projector as plainly as possible: one ray at a time, small steps, doubles, no tricks.
#pragma once
#include "models/world/scene.h"

namespace vita::world {

struct Vector {
  double x, y, z;
};

struct Seen {
  Kind kind = kSky;
  double t = 1e6;   // metres along the ray
  Vector ray, at;   // direction (unit) and what it meets
  Prim prim{};      // of a thing
  double tint = 0;  // of the thing, without the piece's own
};

class ProjectorReference {
 public:
  // slope: the land is nowhere steeper; keeps the steps safe.
  ProjectorReference(const SceneView& scene, double slope) : scene_(scene), slope_(slope) {}

  Seen look(const Camera& camera, const Raster& raster, int x, int y) const;

  static Vector ray(const Camera& camera, const Raster& raster, int x, int y);
  double height(double x, double z) const;
  // Unit normal of the land; from the heights four metres away on each side.
  Vector normal(double x, double z) const;
  // Byte n of the cells of surface and light, bilinear, 0..255.
  double surface_byte(int n, double x, double z) const;
  double light_byte(int n, double x, double z) const;

 private:
  double march(const Vector& o, const Vector& d) const;
  void see_thing(const Thing& thing, double scale, const Vector& o, const Vector& d,
                 Seen& seen) const;
  const Prim* prim_at(const Prototype& prototype, const Vector& p) const;
  bool inside(const Prim& prim, const Vector& p) const;

  const SceneView& scene_;
  double slope_;
};

}  // namespace vita::world
