#include "stream/control_json.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "stream/check_control.h"

namespace vita {
namespace {

using strict_json::json;
using strict_json::Keys;
using strict_json::Place;

constexpr double kPitch = 1.57;  // as a float it is a trifle more
constexpr const char* kEventNames[] = {"time", "cloud", "fog", "rain", "snow", "season"};
constexpr const char* kSeasons[] = {"spring", "summer", "autumn", "winter"};
constexpr const char* kTiers[] = {"auto", "full", "three_quarters", "half"};

// An object of the caller's keys and those of its kind.
void check_keys(const json& object, Keys also, std::initializer_list<const char*> own,
                const Place& place) {
  std::vector<const char*> keys(also.begin(), also.end());
  keys.insert(keys.end(), own);
  strict_json::check_object(object, keys, place);
}

float number_or_0(const json& object, const char* key, double low, double high,
                  const Place& place) {
  return static_cast<float>(strict_json::number_or(object, key, low, high, 0, place));
}

PromptControl read_prompt(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"text", "transition"}, place);
  PromptControl control{strict_json::string(object, "text", place)};
  control.transition_s = read_transition(object, control.transition_s, place);
  return control;
}

MoveControl read_autopilot(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"on"}, place);
  MoveControl control;
  control.autopilot = strict_json::boolean(object, "on", place);
  return control;
}

template <bool paused>
PauseControl read_pause(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {}, place);
  return {paused};
}

ResetControl read_reset(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"seed", "prompt"}, place);
  ResetControl control;
  if (object.contains("seed")) {
    control.seed = static_cast<uint64_t>(
        strict_json::integer(object, "seed", 0, static_cast<int64_t>(kSeedMax), place));
  }
  if (object.contains("prompt")) control.prompt = strict_json::string(object, "prompt", place);
  return control;
}

TierControl read_tier(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"value"}, place);
  return {static_cast<Tier>(strict_json::one_of(object, "value", kTiers, place))};
}

using Reader = Control (*)(const json&, Keys, const Place&);
// The same reader, its result as a Control.
template <auto read>
constexpr Reader as_control = [](const json& object, Keys also, const Place& place) -> Control {
  return read(object, also, place);
};
constexpr std::pair<const char*, Reader> kReaders[] = {
    {"prompt", as_control<read_prompt>},     {"move", as_control<read_move>},
    {"look", as_control<read_look>},         {"autopilot", as_control<read_autopilot>},
    {"camera", as_control<read_camera>},     {"event", as_control<read_event>},
    {"pause", as_control<read_pause<true>>}, {"resume", as_control<read_pause<false>>},
    {"reset", as_control<read_reset>},       {"tier", as_control<read_tier>}};

Reader reader_of(const std::string& type) {
  for (const auto& [name, reader] : kReaders) {
    if (type == name) return reader;
  }
  return nullptr;
}

struct Writer {
  json operator()(const PromptControl& c) const {
    return {{"type", "prompt"}, {"text", c.text}, {"transition", c.transition_s}};
  }
  json operator()(const MoveControl& c) const {
    if (c.autopilot) return {{"type", "autopilot"}, {"on", true}};
    return {{"type", "move"}, {"forward", c.forward}, {"right", c.right},
            {"up", c.up},     {"yaw", c.yaw},         {"pitch", c.pitch}};
  }
  json operator()(const CameraControl& c) const {
    return {{"type", "camera"}, {"x", c.x},
            {"z", c.z},         {"y", c.y},
            {"yaw", c.yaw},     {"pitch", std::clamp<double>(c.pitch, -kPitch, kPitch)}};
  }
  json operator()(const LookControl& c) const {
    return {{"type", "look"}, {"yaw", c.yaw}, {"pitch", c.pitch}};
  }
  json operator()(const EventControl& c) const {
    json value;
    if (c.value && c.name == EventName::season) {
      value = kSeasons[static_cast<size_t>(*c.value)];
    } else if (c.value) {
      value = *c.value;
    }
    return {{"type", "event"},
            {"name", kEventNames[static_cast<size_t>(c.name)]},
            {"value", value},
            {"transition", c.transition_s}};
  }
  json operator()(const PauseControl& c) const { return {{"type", c.paused ? "pause" : "resume"}}; }
  json operator()(const ResetControl& c) const {
    json object = {{"type", "reset"}};
    if (c.seed) object["seed"] = *c.seed;
    if (c.prompt) object["prompt"] = *c.prompt;
    return object;
  }
  json operator()(const TierControl& c) const {
    return {{"type", "tier"}, {"value", kTiers[static_cast<size_t>(c.tier)]}};
  }
};

}  // namespace

double read_transition(const json& object, double unsaid, const Place& place) {
  return strict_json::number_or(object, "transition", 0, 60, unsaid, place);
}

MoveControl read_move(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"forward", "right", "up", "yaw", "pitch"}, place);
  const auto axis = [&](const char* key) { return number_or_0(object, key, -1, 1, place); };
  return {axis("forward"), axis("right"), axis("up"), axis("yaw"), axis("pitch")};
}

LookControl read_look(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"yaw", "pitch"}, place);
  return {number_or_0(object, "yaw", -kTurnMax, kTurnMax, place),
          number_or_0(object, "pitch", -kTurnMax, kTurnMax, place)};
}

CameraControl read_camera(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"x", "z", "y", "yaw", "pitch"}, place);
  CameraControl control;
  control.x = strict_json::number(object, "x", -1e6, 1e6, place);
  control.z = strict_json::number(object, "z", -1e6, 1e6, place);
  control.y = static_cast<float>(strict_json::number(object, "y", 0, 2000, place));
  control.yaw = number_or_0(object, "yaw", -1e3, 1e3, place);
  control.pitch = number_or_0(object, "pitch", -kPitch, kPitch, place);
  return control;
}

EventControl read_event(const json& object, Keys also, const Place& place) {
  check_keys(object, also, {"name", "value", "transition"}, place);
  EventControl control;
  control.name = static_cast<EventName>(strict_json::one_of(object, "name", kEventNames, place));
  control.transition_s = read_transition(object, control.transition_s, place);
  if (strict_json::member(object, "value", place).is_null()) return control;
  if (control.name == EventName::season) {
    control.value = static_cast<double>(strict_json::one_of(object, "value", kSeasons, place));
  } else {
    const double highest = control.name == EventName::time ? 24 : 1;
    control.value = strict_json::number(object, "value", 0, highest, place);
  }
  return control;
}

bool names_control(const std::string& type) { return reader_of(type) != nullptr; }

Control read_control(const json& object, Keys also, const Place& place) {
  if (!object.is_object()) {
    place.refuse("found " + strict_json::excerpt(object) + ", expected an object");
  }
  const Reader reader = reader_of(strict_json::string(object, "type", place));
  if (reader == nullptr) {
    place.refuse("\"type\" is " + strict_json::excerpt(object.at("type")) +
                 ", expected that of a control");
  }
  std::vector<const char*> keys(also.begin(), also.end());
  keys.push_back("type");
  Control control = reader(object, keys, place);
  try {
    check_control(control);
  } catch (const Error& e) {
    place.refuse(e.what());
  }
  return control;
}

json control_json(const Control& control) { return std::visit(Writer{}, control); }

}  // namespace vita
