// The land of a strip, column by column from its bottom.
#include "models/world/visibility.h"

namespace vita::VITA_ISA {

namespace {

// Vectors of columns that march side by side: a look at the land is mostly waiting for memory, and
// the looks of two rays do not wait for each other.
constexpr int kAbreast = 2;
static_assert(kStripWidth % (kAbreast * kLanes) == 0);

// What the march up a column knows of the pixels below, lane by lane.
struct Column {
  F reach = 0.f;    // horizontal distance of the last hit
  F crest = -1e6f;  // slope of the highest land that rays passed since that hit
  M open = none();  // sky was seen: a height field shows nothing above it
};

// march() of visibility.h, cut into steps so that several can go on together.
class LandMarch {
 public:
  void begin(const world::MapsView& maps, V3 origin, V3 direction, F limit, const Column& column,
             float carry) {
    m_ = &maps;
    o_ = origin;
    d_ = direction;
    inv_flat_ = F(1.f) / sqrt(max(d_.x * d_.x + d_.z * d_.z, 1e-6f));
    F into_slab = (F(maps.top) - o_.y) / d_.y;
    M above = o_.y > F(maps.top), down = d_.y<F(-1e-5f), rising = d_.y> F(1e-5f);
    t_ = max(max(F(.5f), column.reach * carry * inv_flat_),
             select(above, select(down, into_slab, F(kMiss)), F(0.f)));
    end_ = select(rising & ~above, min(limit, max(into_slab, 0.f)), limit);
    run_ = (t_ < end_) & ~column.open;
    hit_ = none();
    last_ = 1e3f;
    crest_ = column.crest;
    gap_ = gap_at(t_);
    back_into_air();
    before_ = t_;
  }
  M running() const { return run_; }
  M hit() const { return hit_; }

  void step(float growth) {
    M now = run_ & (gap_ < t_ * .0003f);
    hit_ = hit_ | now;
    run_ = run_ & ~now;
    F clear = gap_ * inv_flat_ / t_;
    crest_ = select(run_ & (clear > last_), max(crest_, d_.y * inv_flat_ - last_), crest_);
    last_ = select(run_, clear, last_);
    before_ = select(run_, t_, before_);
    gap_before_ = select(run_, gap_, gap_before_);
    t_ = select(run_, t_ + max(gap_ * .5f, t_ * growth + .03f), t_);
    run_ = run_ & (t_ < end_);
    if (any(run_)) gap_ = select(run_, gap_at(t_), gap_);
  }

  // Where the last step met the land: two chords, for the land is nearly straight along a step.
  F meeting_point() const {
    F low = 0.f, high = 1.f, gap_low = gap_before_, gap_high = gap_, share = 0.f;
    for (int i = 0; i < 2; i++) {
      share = low + (high - low) * saturate(gap_low / max(gap_low - gap_high, 1e-9f));
      F gap = gap_at(before_ + (t_ - before_) * share);
      M in = gap < F(0.f);
      low = select(in, low, share);
      gap_low = select(in, gap_low, gap);
      high = select(in, share, high);
      gap_high = select(in, gap, gap_high);
    }
    share = low + (high - low) * saturate(gap_low / max(gap_low - gap_high, 1e-9f));
    return select(hit_, before_ + (t_ - before_) * share, F(kMiss));
  }

  // Slope of the highest land that the ray passed.
  F crest() const { return select(hit_, crest_, max(crest_, d_.y * inv_flat_ - last_)); }
  // The angle between the ray and that land, in pixels.
  F edge(float pixel) const { return saturate((d_.y * inv_flat_ - crest()) / (inv_flat_ * pixel)); }
  F flat(F t) const { return t / inv_flat_; }

 private:
  F gap_at(F t) const { return o_.y + d_.y * t - height_at(*m_, o_.x + d_.x * t, o_.z + d_.z * t); }
  // A start inside the land (the column leans a little) steps back, further each time.
  void back_into_air() {
    float share = .97f;
    for (int i = 0; i < 6; i++) {
      M inside = run_ & (gap_ < F(0.f)) & (t_ > F(.6f));
      if (!any(inside)) break;
      t_ = select(inside, max(t_ * share - .1f, .4f), t_);
      gap_ = gap_at(t_);
      share *= share;
    }
  }

  const world::MapsView* m_;
  V3 o_, d_;
  F inv_flat_, t_, end_, before_, last_, crest_;
  F gap_, gap_before_ = 1.f;  // height above the land at t_ and before_
  M run_, hit_;
};

// By how much a column leans at the picture's side; one of a camera that looks far up or down
// passes beside what stands below.
float lean(const CameraBasis& b) {
  const float sine = b.forward.y.v[0], cosine = b.up.y.v[0];
  return __builtin_fabsf(sine * b.offset_x) / cosine;
}

}  // namespace

void see_land(const SceneView& scene, const CameraBasis& basis, int x0, int y0,
              MarchQuality quality, Strip strip) {
  const float leaning = lean(basis);
  const M none_above = leaning < .6f ? ~none() : none();
  const float carry = leaning < .3f ? 1.f : .8f;
  for (int x = 0; x < kStripWidth; x += kAbreast * kLanes) {
    Column columns[kAbreast];
    for (int y = strip.rows - 1; y >= 0; y--) {
      LandMarch march[kAbreast];
      F to_water[kAbreast];
      M run = none();
      for (int k = 0; k < kAbreast; k++) {
        V3 d = ray(basis, view_x(basis, x0 + x + k * kLanes), view_y(basis, y0 + y));
        to_water[k] = select(d.y < F(-1e-5f), -basis.origin.y / d.y, F(kMiss));
        march[k].begin(scene.maps, basis.origin, d, min(F(world::kFar), to_water[k]), columns[k],
                       carry);
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
