// Splits a prompt into words; the twin of training/vitatrain/text_tokenize.py.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vita::world {

inline constexpr size_t kMaxPromptBytes = 2000;

struct Token {
  std::string word;           // lower case; "," and "." stand for all punctuation that matters
  size_t begin = 0, end = 0;  // bytes of the prompt

  bool is_word() const { return word != "," && word != "."; }
};

// Words are letters and digits of any script; an apostrophe between two of them belongs to the
// word. Throws Error{invalid_argument} for prompts that are too long, not UTF-8 or without a word.
//
//   tokenize("Snow-covered peaks!")  // snow covered peaks .
std::vector<Token> tokenize(std::string_view prompt);

// 32-bit FNV-1a of the bytes.
uint32_t fnv1a(std::string_view bytes);

// The buckets of the three-byte pieces of "<word>", at most `count_max` of them, written to `ids`;
// the rest of the `count_max` entries becomes -1.
void trigram_ids(std::string_view word, int32_t buckets, int64_t count_max, int32_t* ids);

}  // namespace vita::world
