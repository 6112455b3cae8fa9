#include "media/annex_b.h"

#include <cstdio>

namespace vita {
namespace {

// Where the next start code 00 00 01 begins, from `at` on; the end without one.
size_t find_start_code(std::span<const uint8_t> bytes, size_t at) {
  for (; at + 3 <= bytes.size(); at++) {
    if (bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1) return at;
  }
  return bytes.size();
}

}  // namespace

std::span<const uint8_t> find_nal(std::span<const uint8_t> annex_b, NalType type) {
  size_t code = find_start_code(annex_b, 0);
  while (code + 3 < annex_b.size()) {
    const size_t begin = code + 3;
    code = find_start_code(annex_b, begin);
    if ((annex_b[begin] & 0x1f) != static_cast<uint8_t>(type)) continue;
    size_t end = code;
    while (end > begin && annex_b[end - 1] == 0) end--;  // of a four-byte start code, or padding
    return annex_b.subspan(begin, end - begin);
  }
  return {};
}

std::string h264_codec(std::span<const uint8_t> annex_b) {
  const std::span<const uint8_t> sps = find_nal(annex_b, NalType::sps);
  if (sps.size() < 4) return "";
  char text[16];
  std::snprintf(text, sizeof text, "avc1.%02x%02x%02x", sps[1], sps[2], sps[3]);
  return text;
}

}  // namespace vita
