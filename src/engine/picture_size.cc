#include "engine/picture_size.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/error.h"

namespace vita {
namespace {

constexpr int kStep = 2;  // 4:2:0 pictures have a chroma sample for two by two pixels
constexpr int kWidthMin = 160, kWidthMax = 1920;
constexpr int kHeightMin = 96, kHeightMax = 1088;
constexpr double kSecondsMax = 86400;

bool fits(int value, int low, int high) {
  return value >= low && value <= high && value % kStep == 0;
}

std::string size_text(int width, int height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

void check_picture_size(int width, int height) {
  if (fits(width, kWidthMin, kWidthMax) && fits(height, kHeightMin, kHeightMax)) return;
  const auto below = [](int value, int low, int high) {
    return std::clamp(value, low, high) / kStep * kStep;
  };
  const auto above = [&below](int value, int low, int high) {
    return below(std::clamp(value, low, high) + kStep - 1, low, high);
  };
  const std::string smaller =
      size_text(below(width, kWidthMin, kWidthMax), below(height, kHeightMin, kHeightMax));
  const std::string larger =
      size_text(above(width, kWidthMin, kWidthMax), above(height, kHeightMin, kHeightMax));
  throw Error(ErrorCode::invalid_argument,
              "size " + size_text(width, height) + ": expected an even width and height, from " +
                  size_text(kWidthMin, kHeightMin) + " to " + size_text(kWidthMax, kHeightMax) +
                  "; the nearest is " + smaller + (smaller == larger ? "" : " or " + larger));
}

void check_frame_rate(double fps) {
  if (std::isfinite(fps) && fps >= 1 && fps <= 120) return;
  throw Error(ErrorCode::invalid_argument,
              "found " + short_number(fps) + " frames a second, expected a number from 1 to 120");
}

int64_t frames_in(double seconds, double fps) {
  const bool possible = std::isfinite(seconds) && seconds > 0 && seconds <= kSecondsMax;
  const int64_t frames = possible ? std::llround(seconds * fps) : 0;
  if (frames >= 1) return frames;
  throw Error(ErrorCode::invalid_argument,
              "found " + short_number(seconds) +
                  " seconds, expected at least one frame (1/fps) and at most a day (86400)");
}

}  // namespace vita
