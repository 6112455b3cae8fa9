// The land of a strip, column by column from its bottom.
#include "models/world/visibility.h"

namespace vita::VITA_ISA {

namespace {

// Vectors of columns that march side by side: a look at the land is mostly waiting for memory, and
// the looks of two rays do not wait for each other.
constexpr int kAbreast = 2;
static_assert(kStripWidth % (kAbreast * kLanes) == 0);

constexpr float kBent = 3.f;  // metres: over longer steps land is not straight

// What the march up a column knows of the pixels below, lane by lane.
struct Column {
  F reach = 0.f;    // horizontal distance of the last hit
  F crest = -1e6f;  // slope of the highest land that rays passed since that hit
  M open = none();  // sky was seen: a height field shows nothing above it
};

// march() of visibility.h, cut into steps so that several can go on together.
class LandMarch {
 public:
  void begin(const world::MapsView& maps, V3 origin, V3 direction, F limit, const Column& column) {
    m_ = &maps;
    o_ = origin;
    d_ = direction;
    inv_flat_ = F(1.f) / sqrt(max(d_.x * d_.x + d_.z * d_.z, 1e-6f));
    F into_slab = (F(maps.top) - o_.y) / d_.y;
    M above = o_.y > F(maps.top), down = d_.y<F(-1e-5f), rising = d_.y> F(1e-5f);
    t_ = max(max(F(.5f), column.reach * .8f * inv_flat_),
             select(above, select(down, into_slab, F(kMiss)), F(0.f)));
    end_ = select(rising & ~above, min(limit, max(into_slab, 0.f)), limit);
    run_ = (t_ < end_) & ~column.open;
    hit_ = none();
    last_ = 1e3f;
    crest_ = column.crest;
    back_into_air();
    before_ = t_;
  }
  M running() const { return run_; }
  M hit() const { return hit_; }

  void step(float growth) {
    F gap = gap_at(t_);
    M now = run_ & (gap < t_ * .0003f);
    hit_ = hit_ | now;
    gap_after_ = select(now, gap, gap_after_);
    run_ = run_ & ~now;
    F clear = gap * inv_flat_ / t_;
    crest_ = select(run_ & (clear > last_), max(crest_, d_.y * inv_flat_ - last_), crest_);
    last_ = select(run_, clear, last_);
    before_ = select(run_, t_, before_);
    gap_before_ = select(run_, gap, gap_before_);
    t_ = select(run_, t_ + max(gap * .5f, t_ * growth + .03f), t_);
    run_ = run_ & (t_ < end_);
  }

  // What five halvings of the last step find: the first of 32 points that lies in the land.
  F meeting_point() const {
    F width = t_ - before_;
    F share = any(hit_ & (width > F(kBent))) ? halved(width) : straight(width);
    return select(hit_, before_ + width * share, F(kMiss));
  }

  // Slope of the highest land that the ray passed.
  F crest() const { return select(hit_, crest_, max(crest_, d_.y * inv_flat_ - last_)); }
  // The angle between the ray and that land, in pixels.
  F edge(float pixel) const { return saturate((d_.y * inv_flat_ - crest()) / (inv_flat_ * pixel)); }
  F flat(F t) const { return t / inv_flat_; }

 private:
  F gap_at(F t) const { return o_.y + d_.y * t - height_at(*m_, o_.x + d_.x * t, o_.z + d_.z * t); }
  F halved(F width) const {
    F low = 0.f, high = 1.f;
    for (int i = 0; i < 5; i++) {
      F middle = (low + high) * .5f;
      M inside = gap_at(before_ + width * middle) < F(0.f);
      high = select(inside, middle, high);
      low = select(inside, low, middle);
    }
    return high;
  }
  // The same in one look, for a step along which the land is nearly straight.
  F straight(F width) const {
    F share = crossing(0.f, 1.f, gap_before_, gap_after_);
    F gap = gap_at(before_ + width * share);
    M in = gap < F(0.f);
    share = crossing(select(in, F(0.f), share), select(in, share, F(1.f)),
                     select(in, gap_before_, gap), select(in, gap, gap_after_));
    return min(floor(share * 32.f) + 1.f, 32.f) * (1.f / 32.f);
  }
  static F crossing(F low, F high, F gap_low, F gap_high) {
    return low + (high - low) * saturate(gap_low / max(gap_low - gap_high, 1e-9f));
  }
  // A start inside the land (the column leans a little) steps back.
  void back_into_air() {
    for (int i = 0; i < 6 && any(run_); i++) {
      M inside = run_ & (gap_at(t_) < F(0.f)) & (t_ > F(.6f));
      if (!any(inside)) break;
      t_ = select(inside, t_ * .85f - .5f, t_);
    }
    t_ = max(t_, .4f);
  }

  const world::MapsView* m_;
  V3 o_, d_;
  F inv_flat_, t_, end_, before_, last_, crest_;
  F gap_before_ = 1.f, gap_after_ = -1.f;  // height above the land at before_ and, once hit, at t_
  M run_, hit_;
};

// A column of a camera that looks far up or down leans, and passes beside what stands below.
bool upright(const CameraBasis& b) {
  const float sine = b.forward.y.v[0], cosine = b.up.y.v[0];
  return __builtin_fabsf(sine * b.offset_x) < .6f * cosine;
}

}  // namespace

void see_land(const SceneView& scene, const CameraBasis& basis, int x0, int y0,
              MarchQuality quality, Strip strip) {
  const M none_above = upright(basis) ? ~none() : none();
  for (int x = 0; x < kStripWidth; x += kAbreast * kLanes) {
    Column columns[kAbreast];
    for (int y = strip.rows - 1; y >= 0; y--) {
      LandMarch march[kAbreast];
      F to_water[kAbreast];
      M run = none();
      for (int k = 0; k < kAbreast; k++) {
        V3 d = ray(basis, view_x(basis, x0 + x + k * kLanes), view_y(basis, y0 + y));
        to_water[k] = select(d.y < F(-1e-5f), -basis.origin.y / d.y, F(kMiss));
        march[k].begin(scene.maps, basis.origin, d, min(F(world::kFar), to_water[k]), columns[k]);
        run = run | march[k].running();
      }
      for (int i = 0; i < quality.steps && any(run); i++) {
        run = none();
        for (LandMarch& one : march) {
          one.step(quality.growth);
          run = run | one.running();
        }
      }
      for (int k = 0; k < kAbreast; k++) {
        F t = any(march[k].hit()) ? march[k].meeting_point() : F(kMiss);
        M water = (to_water[k] < t) & (to_water[k] < F(world::kFar * 2.5f));
        M land = t < F(kMiss * .5f), met = land | water;
        t = select(water, to_water[k], t);
        columns[k] = {select(met, march[k].flat(t), columns[k].reach),
                      select(met, F(-1e6f), march[k].crest()), ~met & none_above};
        const int at = x + k * kLanes;
        store(strip.at(Strip::t, y) + at, t);
        store(strip.at(Strip::kind, y) + at,
              select(water, F(world::kLiquid), select(land, F(world::kTerrain), F(world::kSky))));
        store(strip.at(Strip::edge, y) + at, select(water, F(1.f), march[k].edge(basis.pixel)));
      }
    }
  }
}

}  // namespace vita::VITA_ISA
