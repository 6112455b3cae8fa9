#include "stream/control_message.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "stream/control_json.h"

namespace vita {
namespace {

using strict_json::json;
using strict_json::Place;

constexpr int kDepthMax = 4;
constexpr size_t kIdCharactersMax = 64;
constexpr int64_t kCountMax = int64_t{1} << 53;
constexpr const char* kEnvelope[] = {"v", "id"};

std::string read_id(const json& message, const Place& place) {
  if (!message.contains("id")) return {};
  std::string id = strict_json::string(message, "id", place);
  const auto starts_character = [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; };
  const auto characters =
      static_cast<size_t>(std::count_if(id.begin(), id.end(), starts_character));
  if (characters >= 1 && characters <= kIdCharactersMax) return id;
  place.refuse("\"id\" has " + std::to_string(characters) + " characters, expected 1 to " +
               std::to_string(kIdCharactersMax));
}

ReceiverReport read_report(const json& message, const Place& place) {
  constexpr const char* kKeys[] = {"v",      "id",      "type", "loss",
                                   "rtt_ms", "dropped", "fps",  "key_to_pixel_ms"};
  strict_json::check_object(message, kKeys, place);
  const auto read = [&](const char* key, double high) -> std::optional<double> {
    if (!message.contains(key)) return std::nullopt;
    return strict_json::number(message, key, 0, high, place);
  };
  ReceiverReport report{read("loss", 1),
                        read("rtt_ms", 60000),
                        read("fps", 1000),
                        read("key_to_pixel_ms", 60000),
                        {}};
  if (message.contains("dropped")) {
    report.dropped = strict_json::integer(message, "dropped", 0, kCountMax, place);
  }
  return report;
}

Ping read_ping(const json& message, const Place& place) {
  constexpr const char* kKeys[] = {"v", "id", "type", "t"};
  constexpr double kAny = std::numeric_limits<double>::max();
  strict_json::check_object(message, kKeys, place);
  return {strict_json::number(message, "t", -kAny, kAny, place)};
}

ControlMessage read_message(const json& message, std::string id, const Place& place) {
  if (strict_json::member(message, "v", place) != 1) {
    place.refuse("\"v\" is " + strict_json::excerpt(message.at("v")) + ", expected 1");
  }
  const std::string type = strict_json::string(message, "type", place);
  if (type == "stats") return {std::move(id), read_report(message, place)};
  if (type == "ping") return {std::move(id), read_ping(message, place)};
  if (type == "key_frame") {
    constexpr const char* kKeys[] = {"v", "id", "type"};
    strict_json::check_object(message, kKeys, place);
    return {std::move(id), KeyFrameRequest{}};
  }
  if (!names_control(type)) {
    place.refuse("\"type\" is " + strict_json::excerpt(message.at("type")) +
                 ", expected prompt, move, look, autopilot, camera, event, pause, resume, reset, "
                 "tier, key_frame, stats or ping");
  }
  return {std::move(id), read_control(message, kEnvelope, place)};
}

}  // namespace

ControlMessage parse_control_message(std::string_view text) {
  const Place place{ErrorCode::invalid_argument, "control message"};
  std::string id;
  try {
    if (text.size() > kMessageBytesMax) {
      place.refuse("found " + std::to_string(text.size()) + " bytes, at most " +
                   std::to_string(kMessageBytesMax) + " are allowed");
    }
    const json message = strict_json::parse(text, kDepthMax, place);
    if (!message.is_object()) {
      place.refuse("found " + strict_json::excerpt(message) + ", expected an object");
    }
    id = read_id(message, place);
    return read_message(message, id, place);
  } catch (const Error& e) {
    throw BadMessage(e.what(), id);
  }
}

}  // namespace vita
