// Secrets and names that nobody can guess.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace vita {

// `bytes` of the system's random generator as hexadecimal digits. Throws Error{internal} without
// one.
std::string random_hex(size_t bytes);

// Takes the same time wherever the first difference is.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace vita
