#include "stream/timeline.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

using nlohmann::json;

constexpr size_t kBytesMax = 1 << 20;
constexpr size_t kEventsMax = 10000;
constexpr int kDepthMax = 8;
constexpr double kTimeMax_s = 86400;

// Where in the script the reader stands; every refusal starts with it.
struct Place {
  std::string text;
  [[noreturn]] void refuse(const std::string& found_expected) const {
    throw Error(ErrorCode::corrupt, text + ": " + found_expected);
  }
  Place in(const std::string& part) const { return {text + ", " + part}; }
};

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string excerpt(const json& value) {
  constexpr size_t kShown = 40;
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kShown) text = text.substr(0, kShown) + "...";
  return text;
}

void check_keys(const Place& place, const json& object, std::initializer_list<const char*> known) {
  for (const auto& entry : object.items()) {
    const auto same = [&](const char* name) { return entry.key() == name; };
    if (std::any_of(known.begin(), known.end(), same)) continue;
    std::string list;
    for (const char* name : known) list += (list.empty() ? "" : ", ") + std::string(name);
    place.refuse("found the unknown key " + excerpt(entry.key()) + ", expected " + list);
  }
}

const json& member(const Place& place, const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) place.refuse("the key " + quoted(key) + " is missing");
  return *found;
}

double number(const Place& place, const json& object, const char* key, double low, double high) {
  const json& value = member(place, object, key);
  const double v = value.is_number() ? value.get<double>() : std::nan("");
  if (std::isfinite(v) && v >= low && v <= high) return v;
  char range[64];
  std::snprintf(range, sizeof range, "a number from %g to %g", low, high);
  place.refuse(quoted(key) + " is " + excerpt(value) + ", expected " + range);
}

double number_or(const Place& place, const json& object, const char* key, double low, double high,
                 double unsaid) {
  return object.contains(key) ? number(place, object, key, low, high) : unsaid;
}

Control read_prompt(const Place& place, const json& event) {
  check_keys(place, event, {"t", "prompt", "transition"});
  const json& text = event.at("prompt");
  if (!text.is_string()) place.refuse("\"prompt\" is " + excerpt(text) + ", expected a string");
  PromptControl control{text.get<std::string>()};
  control.transition_s = number_or(place, event, "transition", 0, 60, control.transition_s);
  return control;
}

Control read_move(const Place& place, const json& event) {
  check_keys(place, event, {"t", "move"});
  const json& move = event.at("move");
  const Place inside = place.in("\"move\"");
  if (!move.is_object()) inside.refuse("found " + excerpt(move) + ", expected an object");
  check_keys(inside, move, {"forward", "right", "up", "yaw", "pitch"});
  const auto axis = [&](const char* key) {
    return static_cast<float>(number_or(inside, move, key, -1, 1, 0));
  };
  return MoveControl{axis("forward"), axis("right"), axis("up"), axis("yaw"), axis("pitch")};
}

Control read_camera(const Place& place, const json& event) {
  check_keys(place, event, {"t", "camera"});
  const json& camera = event.at("camera");
  const Place inside = place.in("\"camera\"");
  if (!camera.is_object()) inside.refuse("found " + excerpt(camera) + ", expected an object");
  check_keys(inside, camera, {"x", "z", "y", "yaw", "pitch"});
  CameraControl control;
  control.x = number(inside, camera, "x", -1e6, 1e6);
  control.z = number(inside, camera, "z", -1e6, 1e6);
  control.y = static_cast<float>(number(inside, camera, "y", 0, 2000));
  control.yaw = static_cast<float>(number_or(inside, camera, "yaw", -1e3, 1e3, 0));
  control.pitch = static_cast<float>(number_or(inside, camera, "pitch", -1.57, 1.57, 0));
  return control;
}

Control read_autopilot(const Place& place, const json& event) {
  check_keys(place, event, {"t", "autopilot"});
  const json& on = event.at("autopilot");
  if (!on.is_boolean())
    place.refuse("\"autopilot\" is " + excerpt(on) + ", expected true or false");
  MoveControl control;
  control.autopilot = on.get<bool>();
  return control;
}

ScheduledControl read_event(const Place& place, const json& event) {
  using Reader = Control (*)(const Place&, const json&);
  constexpr std::pair<const char*, Reader> kReaders[] = {{"prompt", read_prompt},
                                                         {"move", read_move},
                                                         {"camera", read_camera},
                                                         {"autopilot", read_autopilot}};
  if (!event.is_object()) place.refuse("found " + excerpt(event) + ", expected an object");
  Reader reader = nullptr;
  int actions = 0;
  for (const auto& [key, read] : kReaders) {
    if (!event.contains(key)) continue;
    reader = read;
    actions++;
  }
  if (actions != 1) {
    place.refuse("found " + std::to_string(actions) +
                 " actions, expected exactly one of prompt, move, camera, autopilot");
  }
  ScheduledControl scheduled{number(place, event, "t", 0, kTimeMax_s), reader(place, event)};
  try {
    check_control(scheduled.control);
  } catch (const Error& e) {
    place.refuse(e.what());
  }
  return scheduled;
}

// Parses, refusing deep nesting and keys that come twice, which the library would let pass.
json parse_checked(std::string_view text, const Place& place) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kDepthMax) {
      place.refuse("nested deeper than the " + std::to_string(kDepthMax) + " levels expected");
    }
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key &&
        !keys.back().insert(parsed.get<std::string>()).second) {
      place.refuse("found the key " + excerpt(parsed) + " twice in one object");
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::exception& e) {
    place.refuse(std::string("expected JSON; ") + e.what());
  }
}

}  // namespace

std::vector<ScheduledControl> parse_timeline(std::string_view text, const std::string& name) {
  const Place place{"script " + name};
  if (text.size() > kBytesMax) {
    place.refuse("found more than the " + std::to_string(kBytesMax) + " bytes allowed");
  }
  const json root = parse_checked(text, place);
  if (!root.is_object()) place.refuse("found " + excerpt(root) + ", expected an object");
  check_keys(place, root, {"version", "events"});
  const json& version = member(place, root, "version");
  if (version != 1) place.refuse("\"version\" is " + excerpt(version) + ", expected 1");
  const json& events = member(place, root, "events");
  if (!events.is_array()) place.refuse("\"events\" is " + excerpt(events) + ", expected an array");
  if (events.size() > kEventsMax) {
    place.refuse("found " + std::to_string(events.size()) + " events, at most " +
                 std::to_string(kEventsMax) + " are allowed");
  }
  std::vector<ScheduledControl> schedule;
  schedule.reserve(events.size());
  for (size_t k = 0; k < events.size(); k++) {
    schedule.push_back(read_event(place.in("event " + std::to_string(k + 1)), events[k]));
  }
  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const auto& a, const auto& b) { return a.time_s < b.time_s; });
  return schedule;
}

std::vector<ScheduledControl> read_timeline(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int error = errno;
    throw Error(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                "script " + path + ": cannot be opened: " + std::strerror(error));
  }
  std::string text(kBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) {
    throw Error(ErrorCode::io, "script " + path + ": cannot be read: " + std::strerror(errno));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return parse_timeline(text, path);
}

}  // namespace vita
