#include "stream/strict_json.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>
#include <vector>

namespace vita::strict_json {
namespace {

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string joined(Keys names) {
  std::string list;
  for (const char* name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

[[noreturn]] void refuse_value(const char* key, const json& value, const std::string& expected,
                               const Place& place) {
  place.refuse(quoted(key) + " is " + excerpt(value) + ", expected " + expected);
}

}  // namespace

json parse(std::string_view text, int depth_max, const Place& place) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > depth_max) {
      place.refuse("nested deeper than the " + std::to_string(depth_max) + " levels expected");
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

std::string excerpt(const json& value) {
  constexpr size_t kShown = 40;
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kShown) text = text.substr(0, kShown) + "...";
  return text;
}

void check_object(const json& value, Keys known, const Place& place) {
  if (!value.is_object()) place.refuse("found " + excerpt(value) + ", expected an object");
  for (const auto& entry : value.items()) {
    const auto same = [&](const char* name) { return entry.key() == name; };
    if (std::any_of(known.begin(), known.end(), same)) continue;
    place.refuse("found the unknown key " + excerpt(entry.key()) + ", expected " + joined(known));
  }
}

const json& member(const json& object, const char* key, const Place& place) {
  const auto found = object.find(key);
  if (found == object.end()) place.refuse("the key " + quoted(key) + " is missing");
  return *found;
}

double number(const json& object, const char* key, double low, double high, const Place& place) {
  const json& value = member(object, key, place);
  const double v =
      value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
  if (std::isfinite(v) && v >= low && v <= high) return v;
  char range[80];
  std::snprintf(range, sizeof range, "a number from %g to %g", low, high);
  refuse_value(key, value, range, place);
}

double number_or(const json& object, const char* key, double low, double high, double unsaid,
                 const Place& place) {
  return object.contains(key) ? number(object, key, low, high, place) : unsaid;
}

int64_t integer(const json& object, const char* key, int64_t low, int64_t high,
                const Place& place) {
  const json& value = member(object, key, place);
  // Whole numbers up to 2^53 pass through a double unharmed, larger ones are out of range anyway.
  const double v = value.is_number() ? value.get<double>() : 0.5;
  if (v == std::floor(v) && v >= static_cast<double>(low) && v <= static_cast<double>(high)) {
    return static_cast<int64_t>(v);
  }
  refuse_value(key, value,
               "a whole number from " + std::to_string(low) + " to " + std::to_string(high), place);
}

bool boolean(const json& object, const char* key, const Place& place) {
  const json& value = member(object, key, place);
  if (!value.is_boolean()) refuse_value(key, value, "true or false", place);
  return value.get<bool>();
}

std::string string(const json& object, const char* key, const Place& place) {
  const json& value = member(object, key, place);
  if (!value.is_string()) refuse_value(key, value, "a string", place);
  return value.get<std::string>();
}

size_t one_of(const json& object, const char* key, Keys names, const Place& place) {
  const json& value = member(object, key, place);
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) return static_cast<size_t>(found - names.begin());
  }
  refuse_value(key, value, "one of " + joined(names), place);
}

}  // namespace vita::strict_json
