#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "webrtc/sdp_offer.h"

namespace vita {
namespace {

constexpr size_t kMaxLine = 512;

[[noreturn]] void refuse(const std::string& expected) {
  throw Error(ErrorCode::invalid_argument, "ICE candidate: expected " + expected);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

bool is_number(std::string_view word, uint32_t most) {
  uint32_t value = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
  return fault == std::errc() && end == word.data() + word.size() && value <= most;
}

bool consists_of(std::string_view word, std::string_view extra, size_t most) {
  return !word.empty() && word.size() <= most && std::all_of(word.begin(), word.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

bool is_transport(std::string_view word) {
  constexpr std::array<std::string_view, 4> kKnown = {"udp", "UDP", "tcp", "TCP"};
  return std::find(kKnown.begin(), kKnown.end(), word) != kKnown.end();
}

bool is_type(std::string_view word) {
  constexpr std::array<std::string_view, 4> kKnown = {"host", "srflx", "prflx", "relay"};
  return std::find(kKnown.begin(), kKnown.end(), word) != kKnown.end();
}

}  // namespace

std::string read_ice_candidate(std::string_view line) {
  constexpr std::string_view kAttribute = "a=", kName = "candidate:";
  if (line.size() > kMaxLine) refuse("at most 512 bytes");
  if (line.starts_with(kAttribute)) line.remove_prefix(kAttribute.size());
  if (!line.starts_with(kName)) refuse("\"candidate:\" at its beginning");
  const std::string text(line);
  const std::vector<std::string_view> words = words_of(line.substr(kName.size()));
  if (words.size() < 8 || words.size() % 2 != 0) {
    refuse("foundation, component, transport, priority, address, port, type and pairs after them");
  }
  if (!consists_of(words[0], "+/", 32)) refuse("a foundation of at most 32 letters and digits");
  if (!is_number(words[1], 256)) refuse("a component from 1 to 256");
  if (!is_transport(words[2])) refuse("the transport udp or tcp");
  if (!is_number(words[3], UINT32_MAX)) refuse("a priority of 32 bits");
  if (!consists_of(words[4], ".:-_%", 253)) refuse("an address or a name");
  if (!is_number(words[5], 65535)) refuse("a port");
  if (words[6] != "typ" || !is_type(words[7])) refuse("typ host, srflx, prflx or relay");
  for (size_t k = 8; k < words.size(); k++) {
    if (!consists_of(words[k], "+/.:-_%", 256)) refuse("pairs of names and values after the type");
  }
  return text;
}

}  // namespace vita
