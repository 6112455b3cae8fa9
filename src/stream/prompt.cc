#include "stream/prompt.h"

#include <cstdint>

#include "core/error.h"

namespace vita {
namespace {

struct Lead {
  int length = 0;  // bytes of the sequence, 0 for a byte that cannot start one
  uint32_t bits = 0, least = 0;
};

Lead read_lead(uint8_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xc2 && byte < 0xe0) return {2, byte & 0x1fu, 0x80};
  if (byte >= 0xe0 && byte < 0xf0) return {3, byte & 0x0fu, 0x800};
  if (byte >= 0xf0 && byte < 0xf5) return {4, byte & 0x07u, 0x10000};
  return {};
}

}  // namespace

size_t find_invalid_utf8(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const Lead lead = read_lead(static_cast<uint8_t>(text[at]));
    if (lead.length == 0 || at + static_cast<size_t>(lead.length) > text.size()) return at;
    uint32_t code = lead.bits;
    for (int k = 1; k < lead.length; k++) {
      const auto byte = static_cast<uint8_t>(text[at + static_cast<size_t>(k)]);
      if ((byte & 0xc0) != 0x80) return at;
      code = code << 6 | (byte & 0x3fu);
    }
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (code < lead.least || code > 0x10ffff || surrogate) return at;
    at += static_cast<size_t>(lead.length);
  }
  return std::string::npos;
}

void check_prompt(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw Error(ErrorCode::invalid_argument,
                "the prompt is empty; describe a place, for instance \"snowy mountains at dusk\"");
  }
  if (text.size() > kPromptBytesMax) {
    throw Error(ErrorCode::invalid_argument,
                "the prompt has " + std::to_string(text.size()) + " bytes, at most " +
                    std::to_string(kPromptBytesMax) + " are accepted; shorten it");
  }
  if (const size_t bad = find_invalid_utf8(text); bad != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, "the prompt is not UTF-8 from byte " +
                                                 std::to_string(bad) + " on; encode it as UTF-8");
  }
  for (size_t at = 0; at < text.size(); at++) {
    const auto byte = static_cast<uint8_t>(text[at]);
    const bool space = byte == '\t' || byte == '\n' || byte == '\r';
    if ((byte >= 0x20 && byte != 0x7f) || space) continue;
    throw Error(ErrorCode::invalid_argument, "the prompt holds the control character " +
                                                 std::to_string(byte) + " at byte " +
                                                 std::to_string(at) + "; remove it");
  }
}

}  // namespace vita
