#include <array>
#include <stdexcept>
#include <string_view>

#include "core/error.h"
#include "fuzz/targets.h"
#include "models/world/tokenize.h"

namespace vita::fuzz {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

void check_trigrams(const world::Token& token) {
  constexpr int32_t kBuckets = 97;
  std::array<int32_t, 32> ids;
  world::trigram_ids(token.word, kBuckets, ids.size(), ids.data());
  require(ids[0] >= 0, "a word has at least one trigram");
  for (const int32_t id : ids) require(id >= -1 && id < kBuckets, "a trigram is out of range");
}

}  // namespace

void read_prompt(std::span<const std::byte> input) {
  const std::string_view prompt(reinterpret_cast<const char*>(input.data()), input.size());
  std::vector<world::Token> tokens;
  try {
    tokens = world::tokenize(prompt);
  } catch (const Error& error) {
    require(error.code() == ErrorCode::invalid_argument, "a prompt is refused as an argument");
    return;
  }
  size_t end = 0;
  for (const world::Token& token : tokens) {
    require(token.begin >= end && token.end > token.begin && token.end <= prompt.size(),
            "tokens lie in order");
    require(!token.word.empty(), "a token has a word");
    end = token.end;
    check_trigrams(token);
  }
}

}  // namespace vita::fuzz
