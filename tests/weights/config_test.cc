#include "weights/config.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"

namespace vita {
namespace {

constexpr const char* kText = R"({
  "name": "world", "steps": 4, "rate": 0.5, "fast": true,
  "painter": {"channels": [12, 24], "layers": [{"width": 32}, {"width": -1}]},
  "big": 18446744073709551615, "labels": ["a", "b"], "mixed": [1, "x"], "scales": [1, 2.5]
})";

Config sample() { return Config::parse(kText, "config.json"); }

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    return error.what();
  }
  return "no exception";
}

TEST(Config, GivesTypedValues) {
  Config config = sample();
  EXPECT_EQ(config.text("name"), "world");
  EXPECT_EQ(config.integer("steps", 1, 8), 4);
  EXPECT_EQ(config.number("rate", 0, 1), 0.5);
  EXPECT_EQ(config.number("steps", 0, 8), 4.0);
  EXPECT_TRUE(config.flag("fast"));
  EXPECT_EQ(config.at("painter").integers("channels", 1, 64), (std::vector<int64_t>{12, 24}));
  EXPECT_EQ(config.at("painter").objects("layers")[0].integer("width", 1, 64), 32);
  EXPECT_EQ(config.texts("labels"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.numbers("scales", 0, 3), (std::vector<double>{1, 2.5}));
  EXPECT_TRUE(config.has("fast"));
  EXPECT_FALSE(config.has("slow"));
  EXPECT_EQ(config.keys().size(), 9u);
}

TEST(Config, NamesFileKeyFoundAndExpected) {
  Config config = sample();
  EXPECT_EQ(message_of([&] { config.integer("steps", 5, 8); }),
            "config.json: steps is 4, expected a whole number from 5 to 8");
  EXPECT_EQ(message_of([&] { config.integer("rate", 0, 8); }),
            "config.json: rate is 0.5, expected a whole number from 0 to 8");
  EXPECT_EQ(message_of([&] { config.integer("big", INT64_MIN, INT64_MAX); }),
            "config.json: big is 18446744073709551615, expected a whole number from "
            "-9223372036854775808 to "
            "9223372036854775807");
  EXPECT_EQ(message_of([&] { config.number("name", 0, 1); }),
            "config.json: name is \"world\", expected a number from 0 to 1");
  EXPECT_EQ(message_of([&] { config.at("painter").text("style"); }),
            "config.json: there is no painter.style, expected a string");
  EXPECT_EQ(message_of([&] { config.at("painter").objects("layers")[1].integer("width", 1, 64); }),
            "config.json: painter.layers[1].width is -1, expected a whole number from 1 to 64");
  EXPECT_EQ(message_of([&] { config.texts("mixed"); }),
            "config.json: mixed[0] is 1, expected a string");
  EXPECT_EQ(message_of([&] { config.integers("mixed", 0, 9); }),
            "config.json: mixed[1] is \"x\", expected a whole number from 0 to 9");
  EXPECT_EQ(message_of([&] { config.at("steps"); }), "config.json: steps is 4, expected an object");
  EXPECT_EQ(message_of([&] { config.flag("steps"); }),
            "config.json: steps is 4, expected true or false");
}

TEST(Config, RefusesTextThatIsNoConfiguration) {
  auto refused = [](const std::string& text, const char* expected) {
    std::string message = message_of([&] { Config::parse(text, "c.json"); });
    EXPECT_EQ(message.find("c.json"), 0u) << message;
    EXPECT_NE(message.find(expected), std::string::npos) << message;
  };
  refused("", "not valid JSON");
  refused("{\"a\": 1,}", "not valid JSON");
  refused("[1]", "expected an object");
  refused("{\"a\": 1, \"a\": 2}", "\"a\" occurs twice");
  refused("{\"a\":" + std::string(100000, '['), "levels of nesting");
  refused("{\"a\": 1e999}", "not valid JSON");
  refused(std::string(Config::kMaxFileBytes + 1, ' '), "more than");
}

TEST(Config, SaysWhyAFileCannotBeOpened) {
  try {
    Config::load("no/such/config.json");
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("no/such/config.json"), std::string::npos);
  }
}

}  // namespace
}  // namespace vita
