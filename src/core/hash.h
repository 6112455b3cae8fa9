// SHA-256, as lower-case hexadecimal digits.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vita {

std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_hex(std::string_view text);
// Throws Error{not_found, io}.
std::string sha256_file_hex(const std::string& path);

}  // namespace vita
