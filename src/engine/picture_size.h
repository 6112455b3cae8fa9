// Which pictures can be asked for.
#pragma once
#include <cstdint>

namespace vita {

// Throws Error{invalid_argument} unless both are even, from 160x96 to 1920x1088; the
// message offers the nearest sizes.
void check_picture_size(int width, int height);
// Throws Error{invalid_argument} unless the rate is from 1 to 120.
void check_frame_rate(double fps);
// How many frames `seconds` hold. Throws Error{invalid_argument} unless that is from one frame to a
// day.
int64_t frames_in(double seconds, double fps);

}  // namespace vita
