// One row of an enlarged plane, for enlarge.cc and its builds per instruction set. Plain data only.
#pragma once
#include <cstdint>

namespace vita::world {

inline constexpr int kTapMargin = 32;  // elements before and behind the mixed row

struct EnlargeRow {
  const uint8_t* rows[4];     // of the source; up to 32 bytes beyond their end are read
  int16_t row_weights[4];     // 15 fractional bits
  int columns;                // of the source, at least 4
  int16_t* mixed;             // [kTapMargin + columns + 2 * kTapMargin] of scratch
  const int16_t* first;       // for each sample of the result; 32 may be read beyond the end
  const int16_t* weights[4];  // likewise
  uint8_t* out;
  int out_columns;
};

}  // namespace vita::world
