// What every prompt must satisfy before a model sees it.
#pragma once
#include <cstddef>
#include <string>

namespace vita {

inline constexpr size_t kPromptBytesMax = 2000;

// Throws Error{invalid_argument}: an empty prompt, one of more than kPromptBytesMax bytes, one that
// is not UTF-8 or holds control characters.
void check_prompt(const std::string& text);

// The offset of the first byte that is not valid UTF-8, or npos.
size_t find_invalid_utf8(const std::string& text);

}  // namespace vita
