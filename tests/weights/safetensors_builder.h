// Makes safetensors bytes for tests: well formed ones, and any header text that a test wants to see
// refused.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace vita::test {

inline std::vector<std::byte> safetensors(const std::string& header, size_t data_bytes) {
  std::vector<std::byte> out(8 + header.size() + data_bytes);
  uint64_t length = header.size();
  std::memcpy(out.data(), &length, 8);
  std::memcpy(out.data() + 8, header.data(), header.size());
  return out;
}

// The header padded with spaces, so that the data is aligned as real writers do it.
inline std::vector<std::byte> aligned_safetensors(std::string header,
                                                  const std::vector<float>& values) {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::vector<std::byte> out = safetensors(header, values.size() * sizeof(float));
  std::memcpy(out.data() + 8 + header.size(), values.data(), values.size() * sizeof(float));
  return out;
}

}  // namespace vita::test
