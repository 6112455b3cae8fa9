// Bodies of requests, read strictly.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stream/live_session.h"

namespace vita {

// POST /v1/sessions. Without a seed, a random one. Throws Error{invalid_argument} for what cannot
// be used.
LiveOptions read_session_request(std::string_view body);

// POST /v1/understand.
std::string read_understand_request(std::string_view body);

struct VideoRequest {
  std::string prompt;
  double seconds = 4;
  int width = 1280, height = 720;
  double fps = 24;
  uint64_t seed = 0;
};
inline constexpr double kVideoSecondsMax = 60;

// POST /v1/videos.
VideoRequest read_video_request(std::string_view body);

}  // namespace vita
