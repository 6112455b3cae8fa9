#include "models/world/place_things.h"

#include <algorithm>
#include <cmath>

#include "models/world/thing_models.h"

namespace vita::world {
namespace {

constexpr int kSitesPerTile = 86;  // sites about 12 m apart
constexpr double kSite = static_cast<double>(kTileMetres) / kSitesPerTile;

// How many of a site's chances each class takes at density 1, and the steepest ground it stands on.
struct ClassRule {
  float share;
  float flattest_up;  // least y of the ground's normal
};
constexpr ClassRule kRules[kThingClasses] = {{.75f, .74f},  {.65f, .78f}, {.45f, .80f},
                                             {.30f, .72f},  {.28f, .55f}, {.30f, .60f},
                                             {.22f, .955f}, {.05f, .93f}};

uint32_t hash(uint32_t a, uint32_t b, uint32_t c) {
  uint32_t h = a * 374761393u + b * 668265263u + c * 2246822519u;
  h = (h ^ (h >> 13)) * 1274126177u;
  h = (h ^ (h >> 16)) * 2246822519u;
  return h ^ (h >> 15);
}

// A density that is hardly there is a network's "none".
float chance(float density) {
  const float t = std::clamp((density - .04f) / .08f, 0.f, 1.f);
  return density * t * t * (3 - 2 * t);
}

class SiteRandom {
 public:
  SiteRandom(uint32_t seed, int x, int z)
      : state_(hash(seed, static_cast<uint32_t>(x), static_cast<uint32_t>(z))) {}
  float next() {
    state_ = hash(state_, 77u, ++count_);
    return static_cast<float>(state_ >> 8) / 16777216.f;
  }

 private:
  uint32_t state_, count_ = 0;
};

float up_of_normal(const HeightAt& height, double x, double z) {
  constexpr double e = 3;
  const double dx = height(x + e, z) - height(x - e, z), dz = height(x, z + e) - height(x, z - e);
  return static_cast<float>(1 / std::sqrt(1 + (dx * dx + dz * dz) / (4 * e * e)));
}

}  // namespace

void place_things(uint32_t seed, int tile_x, int tile_z, const DensitiesAt& densities,
                  const HeightAt& height, const Prototype* prototypes, std::vector<Thing>& out) {
  for (int j = 0; j < kSitesPerTile; j++) {
    for (int i = 0; i < kSitesPerTile; i++) {
      SiteRandom random(seed, tile_x * kSitesPerTile + i, tile_z * kSitesPerTile + j);
      const double x = tile_x * static_cast<double>(kTileMetres) + (i + random.next()) * kSite;
      const double z = tile_z * static_cast<double>(kTileMetres) + (j + random.next()) * kSite;
      const float draw = random.next(), size = random.next(), which = random.next(),
                  tint = random.next();
      const float yaw = random.next() * 6.2831853f;
      float sum = 0, density[kThingClasses];
      densities(x, z, density);
      for (int c = kThingClasses - 1; c >= 0;
           c--) {  // buildings first: a forest does not swallow its village
        sum += chance(density[c]) * kRules[c].share;
        if (draw >= sum) continue;
        const float y = height(x, z);
        if (y < 1.f || up_of_normal(height, x, z) < kRules[c].flattest_up) break;
        const ClassPrototypes& kinds = ThingModels::of_class(c);
        const int id = kinds.ids[std::min(
            kinds.count - 1, static_cast<int>(which * static_cast<float>(kinds.count)))];
        const Prototype& p = prototypes[id];
        out.push_back({static_cast<float>(x), y - .25f, static_cast<float>(z), std::cos(yaw),
                       std::sin(yaw),
                       kinds.scale_low + (kinds.scale_high - kinds.scale_low) * size * size,
                       p.tint_low + (p.tint_high - p.tint_low) * tint, id});
        break;
      }
    }
  }
}

}  // namespace vita::world
