#include "weights/json.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "core/error.h"

namespace vita {
namespace {

constexpr size_t kExcerptChars = 80;

// Follows the parser: one set of keys for each open object.
class Guard {
 public:
  Guard(int max_depth, const std::string& name) : max_depth_(max_depth), name_(name) {}

  bool operator()(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= max_depth_) {
        throw Error(ErrorCode::corrupt,
                    name_ + ": more than " + std::to_string(max_depth_) + " levels of nesting");
      }
    }
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(value.get_ref<const std::string&>()).second) {
      throw Error(ErrorCode::corrupt, name_ + ": the key \"" +
                                          printable(value.get_ref<const std::string&>()) +
                                          "\" occurs twice, expected once");
    }
    return true;
  }

 private:
  int max_depth_;
  const std::string& name_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

nlohmann::json parse_json(std::string_view text, int max_depth, const std::string& name) {
  Guard guard(max_depth, name);
  try {
    return nlohmann::json::parse(text.begin(), text.end(), std::ref(guard));
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::corrupt, name + ": not valid JSON: " + printable(error.what()));
  }
}

std::string json_excerpt(const nlohmann::json& value) {
  if (value.is_object()) return "an object of " + std::to_string(value.size()) + " entries";
  if (value.is_array() && value.size() > 8)
    return "an array of " + std::to_string(value.size()) + " items";
  return printable(value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text.substr(0, kExcerptChars * 2)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
    out += escaped;
  }
  if (text.size() > kExcerptChars * 2) out += "…";
  return out;
}

}  // namespace vita
