// Groups the pixels of a guide by their kind, for networks with an expert for each kind. For ISA
// sources.
#pragma once
#include <cstdint>
#include <cstring>

#include "models/world/painter_sizes.h"

namespace vita::VITA_ISA {

struct Pixel {
  int x, y;
};

// Walks over pairs of rows of a guide. Stretches of kColumns pixels in
// both rows that are of one kind are given to network.in_place(x, pair, kind); all others are
// listed, and given to network.listed(pixels, count, kind) by up to 2 kColumns of a kind.
template <int kColumns, class Network>
class PixelsByKind {
 public:
  // kinds: [height][width], the width a multiple of 4.
  PixelsByKind(const uint8_t* kinds, int width, Network& network)
      : kinds_(kinds), width_(width), network_(network) {}

  void run(int first_pair, int last_pair) {
    for (int pair = first_pair; pair < last_pair; pair++) {
      int x = 0;
      for (; x + kColumns <= width_; x += kColumns) {
        const int kind = common_kind(x, 2 * pair);
        if (kind >= 0) {
          network_.in_place(x, pair, kind);
        } else {
          list_pixels(x, pair, kColumns);
        }
      }
      if (x < width_) list_pixels(x, pair, width_ - x);
    }
    for (int kind = 0; kind < world::kPixelKinds; kind++) flush(kind);
  }

 private:
  // The kind of all pixels of a stretch, or -1.
  int common_kind(int x, int y) const {
    const uint8_t* upper = kinds_ + static_cast<int64_t>(y) * width_ + x;
    const uint32_t wanted = *upper * 0x01010101u;
    uint32_t differences = 0;
    for (int k = 0; k < kColumns; k += 4) {
      uint32_t a, b;
      std::memcpy(&a, upper + k, sizeof a);
      std::memcpy(&b, upper + width_ + k, sizeof b);
      differences |= (a ^ wanted) | (b ^ wanted);
    }
    return differences == 0 ? *upper & (world::kPixelKinds - 1) : -1;
  }

  void list_pixels(int x0, int pair, int columns) {
    for (int y = 2 * pair; y < 2 * pair + 2; y++) {
      for (int x = x0; x < x0 + columns; x++) {
        const int kind = kinds_[static_cast<int64_t>(y) * width_ + x] & (world::kPixelKinds - 1);
        waiting_[kind][count_[kind]++] = {x, y};
        if (count_[kind] == 2 * kColumns) flush(kind);
      }
    }
  }

  void flush(int kind) {
    if (count_[kind] > 0) network_.listed(waiting_[kind], count_[kind], kind);
    count_[kind] = 0;
  }

  const uint8_t* kinds_;
  const int width_;
  Network& network_;
  Pixel waiting_[world::kPixelKinds][2 * kColumns];
  int count_[world::kPixelKinds] = {};
};

}  // namespace vita::VITA_ISA
