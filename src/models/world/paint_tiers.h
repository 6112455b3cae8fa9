// The sizes in which a world's pictures are painted: the session's own, and smaller ones for
// machines that are late.
#pragma once
#include <memory>
#include <vector>

#include "models/world/enlarge.h"

namespace vita::world {

// What the projector and the painter need: the width a multiple of 16, the height one of 4.
inline constexpr int kWidthStep = 16, kHeightStep = 4;

// How the pictures of one tier come to the size of the session, `width` x `height`. Widths keep the
// field of view; what a painted picture has beyond the session's is cut off on both sides.
EnlargeDesc paint_tier(int width, int height, Tier tier);

// Made for one size of session; immutable.
class PaintTiers {
 public:
  PaintTiers(int width, int height);
  const Enlarger& of(Tier tier) const;
  // True if the tier's pictures are painted as they are shown, without a step in between.
  bool direct(Tier tier) const;
  // Room for the painted picture of any tier that is not direct.
  size_t picture_bytes() const;
  // The planes of a picture of this tier in such a room.
  FrameView picture(Tier tier, uint8_t* memory) const;
  int64_t scratch_elements() const;

 private:
  std::vector<Enlarger> enlargers_;  // full, three quarters, half
};

}  // namespace vita::world
