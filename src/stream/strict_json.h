// JSON that is read strictly: every refusal names the place, what was found and what was expected.
#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace vita::strict_json {

using nlohmann::json;

// Where in the text the reader stands; every refusal starts with it.
struct Place {
  ErrorCode code = ErrorCode::corrupt;  // of the Error that refuse() throws
  std::string text;

  [[noreturn]] void refuse(const std::string& found_expected) const {
    throw Error(code, text + ": " + found_expected);
  }
  Place in(const std::string& part) const { return {code, text + ", " + part}; }
};

using Keys = std::span<const char* const>;

// Parses UTF-8, refusing nesting deeper than `depth_max` and keys that come twice.
json parse(std::string_view text, int depth_max, const Place& place);

// The value as it was written, shortened.
std::string excerpt(const json& value);

// Each of these refuses what is not as it says.
void check_object(const json& value, Keys known, const Place& place);
const json& member(const json& object, const char* key, const Place& place);
double number(const json& object, const char* key, double low, double high, const Place& place);
double number_or(const json& object, const char* key, double low, double high, double unsaid,
                 const Place& place);
// A whole number; 7.0 is one. high is at most 2^53.
int64_t integer(const json& object, const char* key, int64_t low, int64_t high, const Place& place);
bool boolean(const json& object, const char* key, const Place& place);
std::string string(const json& object, const char* key, const Place& place);
// The place of a string in `names`.
size_t one_of(const json& object, const char* key, Keys names, const Place& place);

}  // namespace vita::strict_json
