#include "models/world/tokenize.h"

#include <algorithm>

#include "core/error.h"

namespace vita::world {
namespace {

struct Point {
  char32_t code;
  size_t at;  // byte of the prompt
};

bool between(char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; }

bool is_apostrophe(char32_t code) { return code == U'\'' || code == 0x2019; }

bool is_comma(char32_t code) {
  return std::u32string_view(U",;:()[]{}|\u2013\u2014\u3001\uFF0C").find(code) !=
         std::u32string_view::npos;
}

bool is_stop(char32_t code) {
  return std::u32string_view(U".!?\n\u2026\u3002\uFF01\uFF1F").find(code) !=
         std::u32string_view::npos;
}

// Lower case of the Latin, Greek and Cyrillic capitals that come in regular blocks.
char32_t lower(char32_t code) {
  const bool latin = between(code, U'A', U'Z') || (between(code, 0xC0, 0xDE) && code != 0xD7);
  if (latin || between(code, 0x391, 0x3A9) || between(code, 0x410, 0x42F)) return code + 0x20;
  return between(code, 0x400, 0x40F) ? code + 0x50 : code;
}

bool is_letter(char32_t code) {
  if (code < 0x80) return between(code, U'0', U'9') || between(code, U'a', U'z');
  const bool sign = code < 0xC0 || code == 0xD7 || code == 0xF7 || code == 0xFEFF ||
                    between(code, 0x2000, 0x206F) || between(code, 0x3000, 0x303F) ||
                    between(code, 0xFE00, 0xFE0F) || between(code, 0xFF00, 0xFF0F);
  return !sign;
}

size_t sequence_size(uint8_t first) {
  if (first < 0x80) return 1;
  if (between(first, 0xC2, 0xDF)) return 2;
  if (between(first, 0xE0, 0xEF)) return 3;
  return between(first, 0xF0, 0xF4) ? 4 : 0;
}

// Throws on what is not UTF-8, overlong forms and surrogates included.
Point decode_at(std::string_view text, size_t at, size_t* size) {
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const uint8_t first = static_cast<uint8_t>(text[at]);
  *size = sequence_size(first);
  bool good = *size > 0 && at + *size <= text.size();
  char32_t code = *size == 1 ? first : first & (0xFFu >> (*size + 1));
  for (size_t k = 1; good && k < *size; k++) {
    const uint8_t next = static_cast<uint8_t>(text[at + k]);
    good = (next & 0xC0) == 0x80;
    code = code << 6 | (next & 0x3F);
  }
  if (!good || code < kLeast[*size] || code > 0x10FFFF || between(code, 0xD800, 0xDFFF)) {
    throw Error(ErrorCode::invalid_argument, "prompt is not valid UTF-8 at byte " +
                                                 std::to_string(at) + ", expected UTF-8 text");
  }
  return {code, at};
}

// Ends with a blank, so that the last word ends too.
std::vector<Point> decode(std::string_view text) {
  std::vector<Point> points;
  points.reserve(text.size() + 1);
  for (size_t at = 0, size = 0; at < text.size(); at += size) {
    points.push_back(decode_at(text, at, &size));
    points.back().code = lower(points.back().code);
  }
  points.push_back({U' ', text.size()});
  return points;
}

void append_utf8(char32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  out->push_back(static_cast<char>(kLead[more] | code >> (6 * more)));
  for (int k = more - 1; k >= 0; k--)
    out->push_back(static_cast<char>(0x80 | (code >> (6 * k) & 0x3F)));
}

Token word_of(const std::vector<Point>& points, size_t first, size_t end) {
  Token token{.word = {}, .begin = points[first].at, .end = points[end].at};
  for (size_t k = first; k < end; k++) {
    append_utf8(is_apostrophe(points[k].code) ? U'\'' : points[k].code, &token.word);
  }
  return token;
}

}  // namespace

std::vector<Token> tokenize(std::string_view prompt) {
  if (prompt.size() > kMaxPromptBytes) {
    throw Error(ErrorCode::invalid_argument, "prompt of " + std::to_string(prompt.size()) +
                                                 " bytes, expected at most " +
                                                 std::to_string(kMaxPromptBytes));
  }
  const std::vector<Point> points = decode(prompt);
  std::vector<Token> tokens;
  size_t start = points.size();  // of the word that is being read, if any
  for (size_t k = 0; k < points.size(); k++) {
    const char32_t code = points[k].code;
    const bool reading = start < points.size();
    const bool inside =
        is_apostrophe(code) ? reading && is_letter(points[k + 1].code) : is_letter(code);
    if (inside && !reading) start = k;
    if (!inside && reading) {
      tokens.push_back(word_of(points, start, k));
      start = points.size();
    }
    if (is_comma(code) || is_stop(code)) {
      tokens.push_back({is_comma(code) ? "," : ".", points[k].at, points[k + 1].at});
    }
  }
  if (std::none_of(tokens.begin(), tokens.end(), [](const Token& t) { return t.is_word(); })) {
    throw Error(ErrorCode::invalid_argument, "prompt of " + std::to_string(prompt.size()) +
                                                 " bytes has no words, expected at least one");
  }
  return tokens;
}

uint32_t fnv1a(std::string_view bytes) {
  uint32_t value = 0x811C9DC5u;
  for (const char byte : bytes) value = (value ^ static_cast<uint8_t>(byte)) * 0x01000193u;
  return value;
}

void trigram_ids(std::string_view word, int32_t buckets, int64_t count_max, int32_t* ids) {
  const std::string framed = "<" + std::string(word) + ">";
  const int64_t count = std::min<int64_t>(count_max, static_cast<int64_t>(framed.size()) - 2);
  for (int64_t k = 0; k < count; k++) {
    const uint32_t hash = fnv1a(std::string_view(framed).substr(static_cast<size_t>(k), 3));
    ids[k] = static_cast<int32_t>(hash % static_cast<uint32_t>(buckets));
  }
  std::fill(ids + count, ids + count_max, -1);
}

}  // namespace vita::world
