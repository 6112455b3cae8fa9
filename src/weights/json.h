// JSON text to a document, with the limits that the parser itself does not set.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace vita {

// Throws Error{corrupt} for malformed text, a key that occurs twice in one object, or more than
// `max_depth` levels. `name` stands for the text in messages.
nlohmann::json parse_json(std::string_view text, int max_depth, const std::string& name);

// A value as it stands in the file, shortened for a message.
std::string json_excerpt(const nlohmann::json& value);

// Printable: control characters and bytes that are not ASCII are escaped, long text is cut.
std::string printable(std::string_view text);

}  // namespace vita
