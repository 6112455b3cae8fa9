#include "models/world/paint_tiers.h"

#include <algorithm>
#include <cmath>

namespace vita::world {
namespace {

constexpr Tier kTiers[] = {Tier::full, Tier::three_quarters, Tier::half};

int rounded_up(double value, int step) {
  return static_cast<int>(std::ceil(value / step - 1e-9)) * step;
}

double share_of(Tier tier) {
  switch (tier) {
    case Tier::three_quarters: return .75;
    case Tier::half: return .5;
    case Tier::automatic:
    case Tier::full: break;
  }
  return 1;
}

size_t index_of(Tier tier) {
  return tier == Tier::automatic ? 0 : static_cast<size_t>(tier) - static_cast<size_t>(Tier::full);
}

// Chroma, too, begins on a whole sample.
double even_centre(int painted, int shown) { return painted / 2. - (painted - shown) / 4 * 2; }

size_t plane_bytes(int width, int height) {
  return static_cast<size_t>(width) * static_cast<size_t>(height) + Enlarger::kSlackBytes;
}

}  // namespace

EnlargeDesc paint_tier(int width, int height, Tier tier) {
  const int whole_width = rounded_up(width, kWidthStep),
            whole_height = rounded_up(height, kHeightStep);
  EnlargeDesc d{whole_width,
                whole_height,
                width,
                height,
                1,
                even_centre(whole_width, width),
                even_centre(whole_height, height)};
  if (share_of(tier) == 1) return d;
  d.from_width = rounded_up(whole_width * share_of(tier), kWidthStep);
  d.step = static_cast<double>(d.from_width) / whole_width;
  d.from_height = rounded_up(whole_height * d.step, kHeightStep);
  return d;
}

PaintTiers::PaintTiers(int width, int height) {
  for (const Tier tier : kTiers) enlargers_.emplace_back(paint_tier(width, height, tier));
}

const Enlarger& PaintTiers::of(Tier tier) const { return enlargers_[index_of(tier)]; }

bool PaintTiers::direct(Tier tier) const {
  const EnlargeDesc& d = of(tier).desc();
  return d.from_width == d.to_width && d.from_height == d.to_height;
}

size_t PaintTiers::picture_bytes() const {
  size_t most = 0;
  for (const Tier tier : kTiers) {
    if (direct(tier)) continue;
    const EnlargeDesc& d = of(tier).desc();
    most = std::max(most, plane_bytes(d.from_width, d.from_height) +
                              2 * plane_bytes(d.from_width / 2, d.from_height / 2));
  }
  return most;
}

FrameView PaintTiers::picture(Tier tier, uint8_t* memory) const {
  const EnlargeDesc& d = of(tier).desc();
  const int width = d.from_width, height = d.from_height;
  uint8_t* const u = memory + plane_bytes(width, height);
  uint8_t* const v = u + plane_bytes(width / 2, height / 2);
  return {memory, u, v, width, height, width, width / 2};
}

int64_t PaintTiers::scratch_elements() const {
  int64_t most = 0;
  for (const Enlarger& e : enlargers_) most = std::max(most, e.scratch_elements());
  return most;
}

}  // namespace vita::world
