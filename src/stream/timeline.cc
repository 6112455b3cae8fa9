#include "stream/timeline.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "stream/check_control.h"
#include "stream/control_json.h"
#include "stream/strict_json.h"
#include "stream/text_file.h"

namespace vita {
namespace {

using strict_json::excerpt;
using strict_json::json;
using strict_json::Place;

constexpr size_t kBytesMax = 1 << 20;
constexpr size_t kEventsMax = 10000;
constexpr int kDepthMax = 8;
constexpr double kTimeMax_s = 86400;

Control read_prompt(const json& event, const char* key, const Place& place) {
  const char* const keys[] = {"t", key, "transition"};
  strict_json::check_object(event, keys, place);
  PromptControl control{strict_json::string(event, key, place)};
  control.transition_s = read_transition(event, control.transition_s, place);
  return control;
}

Control read_autopilot(const json& event, const char* key, const Place& place) {
  const char* const keys[] = {"t", key};
  strict_json::check_object(event, keys, place);
  MoveControl control;
  control.autopilot = strict_json::boolean(event, key, place);
  return control;
}

// An action whose value is an object, read by `read`.
template <auto read>
Control read_inside(const json& event, const char* key, const Place& place) {
  const char* const keys[] = {"t", key};
  strict_json::check_object(event, keys, place);
  return read(event.at(key), {}, place.in("\"" + std::string(key) + "\""));
}

ScheduledControl read_scheduled(const json& event, const Place& place) {
  using Reader = Control (*)(const json&, const char* key, const Place&);
  constexpr std::pair<const char*, Reader> kReaders[] = {{"prompt", read_prompt},
                                                         {"move", read_inside<read_move>},
                                                         {"look", read_inside<read_look>},
                                                         {"camera", read_inside<read_camera>},
                                                         {"event", read_inside<read_event>},
                                                         {"autopilot", read_autopilot}};
  if (!event.is_object()) place.refuse("found " + excerpt(event) + ", expected an object");
  const char* action = nullptr;
  Reader reader = nullptr;
  int actions = 0;
  for (const auto& [key, read] : kReaders) {
    if (!event.contains(key)) continue;
    action = key;
    reader = read;
    actions++;
  }
  if (actions != 1) {
    place.refuse("found " + std::to_string(actions) +
                 " actions, expected exactly one of prompt, move, look, camera, event, autopilot");
  }
  ScheduledControl scheduled{strict_json::number(event, "t", 0, kTimeMax_s, place),
                             reader(event, action, place)};
  try {
    check_control(scheduled.control);
  } catch (const Error& e) {
    place.refuse(e.what());
  }
  return scheduled;
}

}  // namespace

std::vector<ScheduledControl> parse_timeline(std::string_view text, const std::string& name) {
  const Place place{ErrorCode::corrupt, "script " + name};
  if (text.size() > kBytesMax) {
    place.refuse("found more than the " + std::to_string(kBytesMax) + " bytes allowed");
  }
  constexpr const char* kKeys[] = {"version", "events"};
  const json root = strict_json::parse(text, kDepthMax, place);
  strict_json::check_object(root, kKeys, place);
  const json& version = strict_json::member(root, "version", place);
  if (version != 1) place.refuse("\"version\" is " + excerpt(version) + ", expected 1");
  const json& events = strict_json::member(root, "events", place);
  if (!events.is_array()) place.refuse("\"events\" is " + excerpt(events) + ", expected an array");
  if (events.size() > kEventsMax) {
    place.refuse("found " + std::to_string(events.size()) + " events, at most " +
                 std::to_string(kEventsMax) + " are allowed");
  }
  std::vector<ScheduledControl> schedule;
  schedule.reserve(events.size());
  for (size_t k = 0; k < events.size(); k++) {
    schedule.push_back(read_scheduled(events[k], place.in("event " + std::to_string(k + 1))));
  }
  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const auto& a, const auto& b) { return a.time_s < b.time_s; });
  return schedule;
}

std::vector<ScheduledControl> read_timeline(const std::string& path) {
  const std::string text = read_text_file(path, "script " + path, kBytesMax);
  return parse_timeline(text, path);
}

}  // namespace vita
