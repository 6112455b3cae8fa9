// Small text files as one string.
#pragma once
#include <cstddef>
#include <string>

namespace vita {

// The first `bytes_max` + 1 bytes at most, so that the caller sees whether there are too many.
// `name` stands for the file in messages. Throws Error{not_found, io}.
std::string read_text_file(const std::string& path, const std::string& name, size_t bytes_max);

// In place of what was there. Throws Error{io}.
void write_text_file(const std::string& path, const std::string& name, const std::string& text);

}  // namespace vita
