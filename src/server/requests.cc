#include "server/requests.h"

#include <charconv>
#include <cmath>

#include "core/error.h"
#include "engine/picture_size.h"
#include "server/random_bytes.h"
#include "stream/check_control.h"
#include "stream/prompt.h"
#include "stream/strict_json.h"

namespace vita {
namespace {

using strict_json::json;
using strict_json::Place;

constexpr int kDepthMax = 4;
constexpr int kSideMax = 100000;  // anything beyond is refused by name later

json parse_object(std::string_view body, strict_json::Keys known, const Place& place) {
  json object = strict_json::parse(body, kDepthMax, place);
  strict_json::check_object(object, known, place);
  return object;
}

std::string read_prompt(const json& object, const Place& place) {
  std::string prompt = strict_json::string(object, "prompt", place);
  check_prompt(prompt);
  return prompt;
}

int read_side(std::string_view text, const Place& place) {
  int side = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
  if (error == std::errc() && end == text.data() + text.size() && side >= 0 && side <= kSideMax) {
    return side;
  }
  place.refuse("size: expected WIDTHxHEIGHT, for instance \"1280x720\"");
}

struct Size {
  int width = 1280, height = 720;
};

Size read_size(const json& object, const Place& place) {
  Size size;
  if (object.contains("size")) {
    if (object.contains("width") || object.contains("height")) {
      place.refuse("found both size and width or height, expected one way to say it");
    }
    const std::string text = strict_json::string(object, "size", place);
    const size_t cross = text.find('x');
    if (cross == std::string::npos) {
      place.refuse("size: expected WIDTHxHEIGHT, for instance \"1280x720\"");
    }
    size.width = read_side(std::string_view(text).substr(0, cross), place);
    size.height = read_side(std::string_view(text).substr(cross + 1), place);
  }
  if (object.contains("width")) {
    size.width = static_cast<int>(strict_json::integer(object, "width", 1, kSideMax, place));
  }
  if (object.contains("height")) {
    size.height = static_cast<int>(strict_json::integer(object, "height", 1, kSideMax, place));
  }
  check_picture_size(size.width, size.height);
  return size;
}

uint64_t read_seed(const json& object, const Place& place) {
  if (object.contains("seed")) {
    return static_cast<uint64_t>(
        strict_json::integer(object, "seed", 0, static_cast<int64_t>(kSeedMax), place));
  }
  return std::stoull(random_hex(4), nullptr, 16);
}

double read_fps(const json& object, const Place& place) {
  const double fps = strict_json::number_or(object, "fps", 1, 120, 24, place);
  check_frame_rate(fps);
  return fps;
}

void check_model(const json& object, const Place& place) {
  if (!object.contains("model")) return;
  const std::string model = strict_json::string(object, "model", place);
  if (model != "world") {
    place.refuse("found the model " + strict_json::excerpt(object.at("model")) +
                 ", expected \"world\"");
  }
}

// OpenAI's clients send it as a string.
double read_seconds(const json& object, const Place& place) {
  if (!object.contains("seconds")) return VideoRequest{}.seconds;
  const json& value = object.at("seconds");
  if (!value.is_string()) {
    return strict_json::number(object, "seconds", 0, kVideoSecondsMax, place);
  }
  const std::string text = value.get<std::string>();
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(seconds) &&
      seconds >= 0 && seconds <= kVideoSecondsMax) {
    return seconds;
  }
  place.refuse("seconds is " + strict_json::excerpt(value) + ", expected a number from 0 to 60");
}

// What live sessions and videos have in common.
template <class Request>
void read_world(const json& object, const Place& place, Request& request) {
  request.prompt = read_prompt(object, place);
  const Size size = read_size(object, place);
  request.width = size.width;
  request.height = size.height;
  request.seed = read_seed(object, place);
  request.fps = read_fps(object, place);
  check_model(object, place);
}

}  // namespace

LiveOptions read_session_request(std::string_view body) {
  const Place place{ErrorCode::invalid_argument, "session"};
  constexpr const char* kKeys[] = {"prompt", "seed", "width", "height",
                                   "size",   "fps",  "model", "paused"};
  const json object = parse_object(body, kKeys, place);
  LiveOptions options;
  read_world(object, place, options);
  options.paused = object.contains("paused") && strict_json::boolean(object, "paused", place);
  return options;
}

std::string read_understand_request(std::string_view body) {
  const Place place{ErrorCode::invalid_argument, "understand"};
  constexpr const char* kKeys[] = {"prompt"};
  return read_prompt(parse_object(body, kKeys, place), place);
}

VideoRequest read_video_request(std::string_view body) {
  const Place place{ErrorCode::invalid_argument, "video"};
  constexpr const char* kKeys[] = {"prompt", "seconds", "size", "model", "seed", "fps"};
  const json object = parse_object(body, kKeys, place);
  VideoRequest request;
  read_world(object, place, request);
  request.seconds = read_seconds(object, place);
  frames_in(request.seconds, request.fps);
  return request;
}

}  // namespace vita
