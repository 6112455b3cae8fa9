#include "stream/prompt.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace vita {
namespace {

TEST(Prompt, AcceptsUtf8OfAnyLanguage) {
  for (const char* text : {"snow", "a\tb\n", "neige d'été", "雪の山", "\xf0\x9f\x8f\x94 peak"}) {
    EXPECT_NO_THROW(check_prompt(text)) << text;
  }
  EXPECT_NO_THROW(check_prompt(std::string(kPromptBytesMax, 'a')));
}

TEST(Prompt, RefusesWhatNoModelCanRead) {
  EXPECT_THROW(check_prompt(""), Error);
  EXPECT_THROW(check_prompt(" \n\t "), Error);
  EXPECT_THROW(check_prompt(std::string(kPromptBytesMax + 1, 'a')), Error);
  EXPECT_THROW(check_prompt(std::string("a\0b", 3)), Error);
  EXPECT_THROW(check_prompt("a\x1b[31m"), Error);
}

TEST(Prompt, FindsTheFirstByteThatIsNotUtf8) {
  struct Case {
    const char* text;
    size_t at;
  };
  // A lone continuation, a cut sequence, overlong forms, a surrogate, above U+10FFFF, Latin-1.
  for (const Case& c :
       {Case{"ab\x80", 2}, Case{"\xe2\x82", 0}, Case{"\xc0\xaf", 0}, Case{"\xe0\x80\x80", 0},
        Case{"x\xed\xa0\x80", 1}, Case{"\xf4\x90\x80\x80", 0}, Case{"caf\xe9", 3}}) {
    EXPECT_EQ(find_invalid_utf8(c.text), c.at);
  }
  EXPECT_EQ(find_invalid_utf8("\xf4\x8f\xbf\xbf"), std::string::npos);
}

}  // namespace
}  // namespace vita
