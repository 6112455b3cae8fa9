// Brings a picture that was painted smaller, or a little larger, to the size that viewers get.
#pragma once
#include <cstdint>
#include <vector>

#include "core/video_model.h"

namespace vita::world {

struct EnlargeDesc {
  int from_width = 0, from_height = 0;  // what is painted
  int to_width = 0, to_height = 0;      // what is shown
  double step = 1;                      // painted pixels from one shown pixel to the next, 0.4..1
  // Where the middle of the painted picture lies in the shown one, in pixels. For a step of 1 the
  // painted picture's corner lies on an even pixel.
  double centre_x = 0, centre_y = 0;
};

// What a row or a column of the result reads: four samples from `first` on, and their weights.
struct EnlargeTaps {
  std::vector<int16_t> first;      // may lie before the plane's first sample; not below -kTapMargin
  std::vector<int16_t> weight[4];  // 15 fractional bits, together nearly 1
};

// Made for one pair of sizes; immutable, so any number of threads may use it, each with its own
// scratch. The same bytes on every instruction set.
//
// Cubic convolution with Keys' kernel, first down the columns, then along the rows; samples beyond
// the rim repeat those on it. A step of 1 only cuts out what is shown.
class Enlarger {
 public:
  explicit Enlarger(const EnlargeDesc& desc);
  const EnlargeDesc& desc() const { return desc_; }
  // How many elements of scratch run() needs.
  int64_t scratch_elements() const;
  // Bytes after the end of each plane of `from` that run() may read (never use).
  static constexpr int kSlackBytes = 64;
  // Does not allocate.
  void run(const FrameView& from, const FrameView& to, int16_t* scratch) const;

 private:
  struct Plane {
    EnlargeTaps columns, rows;
    int width = 0, height = 0;  // of the source
  };
  Plane plane(int divisor) const;
  void crop(const FrameView& from, const FrameView& to) const;

  EnlargeDesc desc_;
  Plane luma_, chroma_;
};

}  // namespace vita::world
