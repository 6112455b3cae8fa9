#include "models/world/thing_models.h"

#include <cmath>

namespace vita::world {

const ClassPrototypes& ThingModels::of_class(int thing_class) {
  static constexpr ClassPrototypes kClasses[kThingClasses] = {
      {2, {kPine, kSpruce}, .75f, 1.5f},
      {4, {kOak, kPoplar, kBirch, kBush}, .75f, 1.5f},
      {1, {kPalm}, .8f, 1.4f},
      {1, {kCactus}, .8f, 1.6f},
      {3, {kBoulder, kCrag, kSlab}, .6f, 2.4f},
      {1, {kShard}, .8f, 2.6f},
      {2, {kCabin, kBarn}, 1.f, 1.3f},
      {2, {kLighthouse, kKeep}, .9f, 1.3f},
  };
  return kClasses[thing_class];
}

ThingModels::ThingModels() {
  prototypes_.resize(kPrototypes);
  build_trees();
  build_stones();
  build_buildings();
}

float ThingModels::random(float low, float high) {
  random_ = random_ * 1664525u + 1013904223u;
  return low + (high - low) * static_cast<float>(random_ >> 8) / 16777216.f;
}

void ThingModels::add(PrototypeId id, float height, float radius, float tint_low, float tint_high) {
  Prototype& last = prototypes_[id];
  last = {static_cast<int>(prims_.size()), 0, height,   radius,
          static_cast<int>(blobs_.size()), 0, tint_low, tint_high};
}

void ThingModels::ellipsoid(Part part, float x, float y, float z, float rx, float ry, float rz,
                            float tint) {
  prims_.push_back({kEllipsoid, part, {x, y, z, rx, ry, rz}, 0, 0, tint});
}

void ThingModels::frustum(Part part, float x, float z, float y0, float y1, float r0, float r1,
                          float tint) {
  prims_.push_back({kFrustum, part, {x, z, y0, y1, r0, r1}, 0, 0, tint});
}

void ThingModels::plane(float x, float y, float z, float d) {
  const float inv = 1.f / std::sqrt(x * x + y * y + z * z);
  planes_.push_back({x * inv, y * inv, z * inv, d * inv});
}

Prim& ThingModels::hull(Part part, int plane_first) {
  prims_.push_back(
      {kHull, part, {}, plane_first, static_cast<int>(planes_.size()) - plane_first, 0});
  return prims_.back();
}

void ThingModels::box(Part part, float x, float y, float z, float hx, float hy, float hz) {
  const int first = static_cast<int>(planes_.size());
  plane(1, 0, 0, x + hx);
  plane(-1, 0, 0, hx - x);
  plane(0, 1, 0, y + hy);
  plane(0, -1, 0, hy - y);
  plane(0, 0, 1, z + hz);
  plane(0, 0, -1, hz - z);
  hull(part, first);
}

void ThingModels::gable(float y, float hx, float hz, float height) {
  const int first = static_cast<int>(planes_.size());
  plane(0, -1, 0, -y);
  plane(1, 0, 0, hx);
  plane(-1, 0, 0, hx);
  plane(0, hz, height, y * hz + hz * height);
  plane(0, hz, -height, y * hz + hz * height);
  hull(kRoof, first);
}

void ThingModels::stone(Part part, int sides, const float (&c)[6], float tint) {
  const int first = static_cast<int>(planes_.size());
  for (int i = 0; i < sides; i++) {
    const float around =
        6.2831853f * (static_cast<float>(i) + random(-.3f, .3f)) / static_cast<float>(sides) * 2.4f;
    const float up =
        -.5f + 1.5f * static_cast<float>(i) / static_cast<float>(sides) + random(-.15f, .15f);
    const float nx = std::cos(around) * std::cos(up) / c[3], ny = std::sin(up) / c[4];
    const float nz = std::sin(around) * std::cos(up) / c[5];
    plane(nx, ny, nz, random(.72f, 1.f) + nx * c[0] + ny * c[1] + nz * c[2]);
  }
  hull(part, first).tint = tint;
}

void ThingModels::blob(float height, float radius, float half_height) {
  blobs_.push_back({height, radius, half_height});
}

namespace {
// Closes the prototype that was opened last: everything added since belongs to it.
void close(Prototype& p, size_t prims, size_t blobs) {
  p.prim_count = static_cast<int>(prims) - p.prim_first;
  p.blob_count = static_cast<int>(blobs) - p.blob_first;
}
}  // namespace

void ThingModels::build_trees() {
  add(kPine, 14, 8, 0, .45f);
  frustum(kBark, 0, 0, -1, 3, .5f, .45f);
  frustum(kFoliage, 0, 0, 2.2f, 7, 3.6f, 1.f, -.08f);
  frustum(kFoliage, 0, 0, 5.4f, 10.2f, 2.8f, .6f, 0);
  frustum(kFoliage, 0, 0, 8.6f, 14, 2.f, .02f, .08f);
  blob(4.5f, 3.f, 2.5f), blob(8, 2.2f, 3.f), blob(11, 1.1f, 2.6f);
  close(prototypes_[kPine], prims_.size(), blobs_.size());
  add(kSpruce, 17, 9, 0, .4f);
  frustum(kBark, 0, 0, -1, 3, .4f, .4f);
  frustum(kFoliage, 0, 0, 2.4f, 17, 2.3f, .02f);
  blob(5, 2.f, 3.f), blob(10, 1.3f, 4.f), blob(14, .6f, 2.5f);
  close(prototypes_[kSpruce], prims_.size(), blobs_.size());
  add(kOak, 11, 7, .3f, 1);
  frustum(kBark, 0, 0, -1, 5, .55f, .4f);
  ellipsoid(kFoliage, 0, 6.8f, 0, 3.8f, 3.2f, 3.8f);
  ellipsoid(kFoliage, 1.6f, 8.6f, .6f, 2.4f, 2.1f, 2.4f, .1f);
  ellipsoid(kFoliage, -1.9f, 5.9f, -.8f, 2.4f, 1.9f, 2.4f, -.1f);
  blob(7.2f, 3.9f, 3.4f), blob(2, .6f, 3.f);
  close(prototypes_[kOak], prims_.size(), blobs_.size());
  add(kPoplar, 12, 7, .2f, .8f);
  frustum(kBark, 0, 0, -1, 5, .5f, .35f);
  ellipsoid(kFoliage, 0, 7.4f, 0, 2.6f, 4.6f, 2.6f);
  blob(7.4f, 2.6f, 4.6f), blob(1.5f, .6f, 2.5f);
  close(prototypes_[kPoplar], prims_.size(), blobs_.size());
  add(kBirch, 10, 6, .5f, 1);
  frustum(kPale, 0, 0, -1, 6, .28f, .2f);
  ellipsoid(kFoliage, 0, 6.9f, 0, 2.2f, 3.2f, 2.2f);
  blob(6.9f, 2.2f, 3.2f), blob(2, .4f, 2.5f);
  close(prototypes_[kBirch], prims_.size(), blobs_.size());
  add(kBush, 2.4f, 2.6f, .2f, 1);
  ellipsoid(kFoliage, 0, .7f, 0, 1.6f, 1.2f, 1.6f);
  ellipsoid(kFoliage, 1.2f, .5f, .5f, 1.1f, .9f, 1.1f, -.1f);
  blob(.8f, 1.8f, 1.1f);
  close(prototypes_[kBush], prims_.size(), blobs_.size());
  add(kPalm, 11, 7, .3f, .9f);
  frustum(kBark, 0, 0, -1, 8.6f, .42f, .26f);
  ellipsoid(kFoliage, 1.9f, 8.5f, 0, 2.3f, .55f, .75f);
  ellipsoid(kFoliage, -1.9f, 8.6f, .2f, 2.3f, .55f, .75f, .06f);
  ellipsoid(kFoliage, .2f, 8.8f, 1.9f, .75f, .55f, 2.3f, -.08f);
  ellipsoid(kFoliage, -.1f, 8.4f, -1.9f, .75f, .55f, 2.3f, .1f);
  blob(8.5f, 2.6f, .6f), blob(4, .4f, 4.5f);
  close(prototypes_[kPalm], prims_.size(), blobs_.size());
  add(kCactus, 6, 4, .1f, .6f);
  frustum(kFoliage, 0, 0, -1, 5.2f, .5f, .5f);
  ellipsoid(kFoliage, 0, 5.2f, 0, .5f, .5f, .5f);
  frustum(kFoliage, 1.4f, 0, 2.4f, 4.2f, .36f, .36f);
  ellipsoid(kFoliage, 1.4f, 4.2f, 0, .36f, .36f, .36f);
  box(kFoliage, .7f, 2.5f, 0, .75f, .3f, .3f);
  frustum(kFoliage, -1.3f, 0, 3.f, 4.6f, .34f, .34f);
  ellipsoid(kFoliage, -1.3f, 4.6f, 0, .34f, .34f, .34f);
  box(kFoliage, -.65f, 3.1f, 0, .7f, .28f, .28f);
  blob(2.7f, .6f, 3.f), blob(3.4f, 1.5f, .8f);
  close(prototypes_[kCactus], prims_.size(), blobs_.size());
}

void ThingModels::build_stones() {
  add(kBoulder, 4, 4, 0, 1);
  stone(kStone, 13, {0, .8f, 0, 2.6f, 2.f, 2.2f});
  blob(.8f, 2.4f, 1.8f);
  close(prototypes_[kBoulder], prims_.size(), blobs_.size());
  add(kCrag, 7, 6, 0, 1);
  stone(kStone, 13, {0, 1.5f, 0, 2.8f, 5.f, 2.4f});
  stone(kStone, 11, {2.6f, .5f, 1, 1.9f, 1.9f, 1.9f}, .1f);
  blob(2.f, 2.5f, 4.f);
  close(prototypes_[kCrag], prims_.size(), blobs_.size());
  add(kSlab, 3, 5, 0, 1);
  stone(kStone, 12, {0, .5f, 0, 3.8f, 1.7f, 2.8f});
  blob(.5f, 3.2f, 1.5f);
  close(prototypes_[kSlab], prims_.size(), blobs_.size());
  add(kShard, 11, 6.2f, 0, 1);
  stone(kCrystalPart, 12, {0, 2, 0, 1.5f, 7.f, 1.4f});
  stone(kCrystalPart, 11, {1.7f, 1, .6f, 1.f, 4.4f, 1.f}, .12f);
  stone(kCrystalPart, 11, {-1.4f, .6f, -.6f, .9f, 3.2f, .9f}, -.12f);
  blob(3.f, 1.3f, 5.f), blob(1.f, 2.4f, 2.f);
  close(prototypes_[kShard], prims_.size(), blobs_.size());
}

void ThingModels::build_buildings() {
  add(kCabin, 8, 8, 0, 1);
  box(kWall, 0, 1.6f, 0, 4.2f, 2.6f, 3.f);
  gable(4.f, 4.9f, 3.9f, 3.2f);
  box(kStone, 2.4f, 6.f, 1.4f, .5f, 1.8f, .5f);
  blob(2.f, 4.4f, 2.4f), blob(5.f, 3.f, 1.8f);
  close(prototypes_[kCabin], prims_.size(), blobs_.size());
  add(kBarn, 11, 11, 0, 1);
  box(kWall, 0, 2.4f, 0, 6.4f, 3.4f, 4.f);
  gable(5.6f, 7.f, 4.8f, 4.4f);
  blob(2.6f, 6.f, 3.4f), blob(7.f, 3.6f, 2.4f);
  close(prototypes_[kBarn], prims_.size(), blobs_.size());
  add(kLighthouse, 24, 13, 0, 1);
  frustum(kPale, 0, 0, -2, 17, 2.9f, 1.9f);
  frustum(kStone, 0, 0, 17, 17.8f, 2.7f, 2.7f);
  frustum(kLamp, 0, 0, 17.8f, 20.2f, 1.5f, 1.5f);
  frustum(kRoof, 0, 0, 20.2f, 23.f, 2.3f, .05f);
  blob(4.f, 2.6f, 5.f), blob(12, 2.2f, 6.f), blob(20, 2.f, 3.f);
  close(prototypes_[kLighthouse], prims_.size(), blobs_.size());
  add(kKeep, 20, 12, 0, 1);
  frustum(kStone, 0, 0, -2, 14, 4.2f, 3.7f);
  frustum(kStone, 0, 0, 14, 16.2f, 4.6f, 4.6f, .15f);
  frustum(kLamp, 0, 0, 9, 9.9f, 4.02f, 3.98f);
  frustum(kRoof, 0, 0, 16.2f, 20.5f, 4.9f, .05f);
  blob(4.f, 4.f, 5.f), blob(12, 4.f, 5.f), blob(18, 2.6f, 2.f);
  close(prototypes_[kKeep], prims_.size(), blobs_.size());
}

}  // namespace vita::world
