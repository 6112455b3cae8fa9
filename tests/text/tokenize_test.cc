#include "models/world/tokenize.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"
#include "weights/config.h"

namespace vita::world {
namespace {

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    return error.what();
  }
  return "no exception";
}

std::vector<std::string> words_of(std::string_view prompt) {
  std::vector<std::string> words;
  for (const Token& token : tokenize(prompt)) words.push_back(token.word);
  return words;
}

std::string bytes_of(const Config& test_case) {
  std::string bytes;
  for (const int64_t byte : test_case.integers("bytes", 0, 255))
    bytes.push_back(static_cast<char>(byte));
  return bytes;
}

TEST(Tokenize, SplitsAndLowers) {
  EXPECT_EQ(words_of("Snow-covered PEAKS, at dusk!"),
            (std::vector<std::string>{"snow", "covered", "peaks", ",", "at", "dusk", "."}));
  EXPECT_EQ(words_of("don't 'quote'"), (std::vector<std::string>{"don't", "quote"}));
}

TEST(Tokenize, KnowsWhereWordsStand) {
  const std::string prompt = "  été, Sea";
  const std::vector<Token> tokens = tokenize(prompt);
  ASSERT_EQ(tokens.size(), 3u);
  EXPECT_EQ(prompt.substr(tokens[0].begin, tokens[0].end - tokens[0].begin), "été");
  EXPECT_EQ(prompt.substr(tokens[2].begin, tokens[2].end - tokens[2].begin), "Sea");
}

TEST(Tokenize, RefusesWithFoundAndExpected) {
  EXPECT_EQ(message_of([] { tokenize(std::string(2001, 'a')); }),
            "prompt of 2001 bytes, expected at most 2000");
  EXPECT_EQ(message_of([] { tokenize("good \xff"); }),
            "prompt is not valid UTF-8 at byte 5, expected UTF-8 text");
  EXPECT_EQ(message_of([] { tokenize(""); }),
            "prompt of 0 bytes has no words, expected at least one");
  EXPECT_EQ(message_of([] { tokenize(" .,!"); }),
            "prompt of 4 bytes has no words, expected at least one");
}

TEST(Tokenize, AgreesWithTraining) {
  const Config fixture = Config::load("tests/fixtures/text/tokens.json");
  const auto buckets = static_cast<int32_t>(fixture.integer("buckets", 1, 1 << 20));
  const int64_t trigrams_max = fixture.integer("trigrams_max", 1, 256);
  const std::vector<Config> cases = fixture.objects("cases");
  EXPECT_GE(cases.size(), 30u);
  for (const Config& test_case : cases) {
    const std::string prompt = bytes_of(test_case);
    SCOPED_TRACE(prompt.substr(0, 80));
    if (test_case.has("error")) {
      EXPECT_EQ(message_of([&] { tokenize(prompt); }).rfind("prompt ", 0), 0u);
      continue;
    }
    std::vector<std::string> words;
    std::vector<int64_t> begins, ends;
    for (const Token& token : tokenize(prompt)) {
      words.push_back(token.word);
      begins.push_back(static_cast<int64_t>(token.begin));
      ends.push_back(static_cast<int64_t>(token.end));
    }
    EXPECT_EQ(words, test_case.texts("words"));
    EXPECT_EQ(begins, test_case.integers("begins", 0, 2000));
    EXPECT_EQ(ends, test_case.integers("ends", 0, 2000));
    std::vector<int64_t> expected = test_case.integers("trigrams", 0, buckets - 1);
    expected.resize(static_cast<size_t>(trigrams_max), -1);
    std::vector<int32_t> ids(static_cast<size_t>(trigrams_max));
    trigram_ids(words.front(), buckets, trigrams_max, ids.data());
    EXPECT_EQ(std::vector<int64_t>(ids.begin(), ids.end()), expected);
  }
}

}  // namespace
}  // namespace vita::world
