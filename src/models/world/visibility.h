// What each pixel of a strip sees: land, liquid, thing or sky. Shared by the projector and the
// training renderer, so that both look at the same geometry. ISA source only.
//
// Land is found column by column from the bottom of the strip. On a height field the ray of the
// next pixel up cannot meet land nearer than the pixel below did, so it starts there: most rays
// need two or three looks at the land. Columns of a camera that looks far up or down lean and start
// earlier. Things are then drawn over the land piece by piece, each only on the pixels that it may
// cover.
#pragma once
#include "models/world/fields.h"

namespace vita::VITA_ISA {

inline constexpr int kStripWidth = 32;
inline constexpr float kMiss = 1e6f;

// Planes of one strip, kStripWidth x rows floats each.
struct Strip {
  enum Plane { t, kind, edge, nx, ny, nz, part, u, v, tint, planes };
  float* data;
  int rows;
  float* at(Plane plane, int y) const { return data + (plane * rows + y) * kStripWidth; }
};

struct MarchQuality {
  int steps;
  float growth;  // smallest step as a share of the distance
};

// Distance along the ray to the land, kMiss where there is none before `limit`. `edge` becomes the
// smallest angle, in pixels, by which the ray cleared land that it passed (1 = a pixel or more).
static inline F march(const world::MapsView& m, V3 o, V3 d, M active, F start, F limit,
                      MarchQuality q, float pixel, F* edge) {
  F into_slab = (F(m.top) - o.y) / d.y;
  M above = o.y > F(m.top), down = d.y<F(-1e-5f), rising = d.y> F(1e-5f);
  F t = max(start, select(above, select(down, into_slab, F(kMiss)), F(0.f)));
  F end = select(rising & ~above, min(limit, max(into_slab, 0.f)), limit);
  M run = active & (t < end);
  // A start inside the land (the column leans a little) steps back into the air.
  for (int i = 0; i < 6; i++) {
    M inside = run & (o.y + d.y * t < height_at(m, o.x + d.x * t, o.z + d.z * t)) & (t > F(.6f));
    if (!any(inside)) break;
    t = select(inside, t * .85f - .5f, t);
  }
  t = max(t, .4f);
  M hit = none();
  F before = t, last = 1e3f, low = 1.f;
  for (int i = 0; i < q.steps && any(run); i++) {
    F gap = o.y + d.y * t - height_at(m, o.x + d.x * t, o.z + d.z * t);
    M now = run & (gap < t * .0003f);
    hit = hit | now;
    run = run & ~now;
    F clear = gap / (t * pixel);
    low = select(run & (clear > last), min(low, last), low);
    last = select(run, clear, last);
    before = select(run, t, before);
    t = select(run, t + max(gap * .5f, t * q.growth + .03f), t);
    run = run & (t < end);
  }
  F a = before, b = t;
  if (any(hit)) {
    for (int i = 0; i < 5; i++) {
      F middle = (a + b) * .5f;
      M inside = o.y + d.y * middle < height_at(m, o.x + d.x * middle, o.z + d.z * middle);
      b = select(inside, middle, b);
      a = select(inside, a, middle);
    }
  }
  *edge = saturate(select(hit, low, min(low, last)));
  return select(hit, b, F(kMiss));
}

// Fills the strip whose first pixel is (x0, y0) of the full picture. Pixels are full_width wide
// pictures' own.
void see_land(const SceneView& scene, const CameraBasis& basis, int x0, int y0,
              MarchQuality quality, Strip strip);
// Things that may show in the strip.
void see_things(const SceneView& scene, const CameraBasis& basis, const world::Raster& raster,
                int x0, Strip strip);

}  // namespace vita::VITA_ISA
