// One finished picture of a session.
#pragma once
#include <cstdint>

namespace vita {

// I420, BT.601 studio swing (Y 16..235, U and V 16..240). The planes belong to the session and hold
// until its next call of next_frame().
struct Frame {
  int64_t index = 0;  // presentation time is index / fps
  double time_s = 0;
  const uint8_t *y = nullptr, *u = nullptr, *v = nullptr;
  int width = 0, height = 0;
  int y_stride = 0, uv_stride = 0;  // bytes per row
};

}  // namespace vita
