#include "stream/timeline.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace vita {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_timeline(text, "test.json");
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::corrupt);
    return e.what();
  }
  return "";
}

std::string event(const std::string& inside) {
  return R"({"version":1,"events":[{"t":0,"autopilot":true},{)" + inside + "}]}";
}

TEST(Timeline, ReadsEveryKindOfEvent) {
  const auto schedule = parse_timeline(R"({"version":1,"events":[
      {"t":2.0,"prompt":"a desert","transition":0.5},
      {"t":4,"move":{"forward":1,"yaw":0.25}},
      {"t":6,"camera":{"x":1,"z":-2,"y":12,"yaw":1.5,"pitch":-0.125}},
      {"t":8,"autopilot":true}, {"t":9,"prompt":"snow"}]})",
                                       "test.json");
  ASSERT_EQ(schedule.size(), 5u);
  EXPECT_EQ(schedule[0].time_s, 2);
  const auto& prompt = std::get<PromptControl>(schedule[0].control);
  EXPECT_EQ(prompt.text, "a desert");
  EXPECT_EQ(prompt.transition_s, 0.5);
  const auto& move = std::get<MoveControl>(schedule[1].control);
  EXPECT_EQ(move.forward, 1);
  EXPECT_EQ(move.yaw, 0.25f);
  EXPECT_FALSE(move.autopilot);
  const auto& camera = std::get<CameraControl>(schedule[2].control);
  EXPECT_EQ(camera.z, -2);
  EXPECT_EQ(camera.y, 12);
  EXPECT_EQ(camera.pitch, -0.125f);
  EXPECT_TRUE(std::get<MoveControl>(schedule[3].control).autopilot);
  EXPECT_EQ(std::get<PromptControl>(schedule[4].control).transition_s, 1.5);
}

TEST(Timeline, SortsByTimeAndKeepsTheOrderWithin) {
  const auto schedule = parse_timeline(R"({"version":1,"events":[
      {"t":3,"prompt":"c"},{"t":1,"prompt":"a"},{"t":1,"prompt":"b"}]})",
                                       "test.json");
  ASSERT_EQ(schedule.size(), 3u);
  EXPECT_EQ(std::get<PromptControl>(schedule[0].control).text, "a");
  EXPECT_EQ(std::get<PromptControl>(schedule[1].control).text, "b");
  EXPECT_EQ(std::get<PromptControl>(schedule[2].control).text, "c");
}

TEST(Timeline, NamesTheFaultAndItsPlace) {
  struct Case {
    std::string text, expected;
  };
  const Case cases[] = {
      {"", "expected JSON"},
      {"[]", "expected an object"},
      {R"({"events":[]})", "\"version\" is missing"},
      {R"({"version":2,"events":[]})", "\"version\" is 2, expected 1"},
      {R"({"version":1})", "\"events\" is missing"},
      {R"({"version":1,"events":{}})", "expected an array"},
      {R"({"version":1,"events":[],"more":1})", "unknown key \"more\""},
      {R"({"version":1,"version":1,"events":[]})", "\"version\" twice"},
      {R"({"version":1,"events":[7]})", "event 1: found 7"},
      {event(R"("t":1)"), "event 2: found 0 actions"},
      {event(R"("t":1,"prompt":"a","autopilot":true)"), "event 2: found 2 actions"},
      {event(R"("prompt":"a")"), "event 2: the key \"t\" is missing"},
      {event(R"("t":-1,"prompt":"a")"), "\"t\" is -1, expected a number from 0 to 86400"},
      {event(R"("t":1e999,"prompt":"a")"), "expected JSON"},
      {event(R"("t":"1","prompt":"a")"), "\"t\" is \"1\""},
      {event(R"("t":1,"prompt":"")"), "event 2: the prompt is empty"},
      {event(R"("t":1,"prompt":5)"), "\"prompt\" is 5, expected a string"},
      {event(R"("t":1,"prompt":"a","transition":99)"), "\"transition\" is 99"},
      {event(R"("t":1,"prompt":"a","speed":1)"), "unknown key \"speed\""},
      {event(R"("t":1,"move":[1])"), "\"move\": found [1]"},
      {event(R"("t":1,"move":{"forward":2})"), "\"forward\" is 2, expected a number from -1 to 1"},
      {event(R"("t":1,"move":{"sideways":1})"), "unknown key \"sideways\""},
      {event(R"("t":1,"camera":{"x":0,"z":0})"), "\"y\" is missing"},
      {event(R"("t":1,"camera":{"x":0,"z":0,"y":-3})"), "\"y\" is -3"},
      {event(R"("t":1,"autopilot":1)"), "\"autopilot\" is 1, expected true or false"},
      {std::string(1000, '['), "nested deeper"},
  };
  for (const Case& c : cases) {
    const std::string message = refusal(c.text);
    EXPECT_EQ(message.rfind("script test.json", 0), 0u) << message;
    EXPECT_NE(message.find(c.expected), std::string::npos) << message << " / " << c.expected;
  }
}

TEST(Timeline, LimitsSizeAndCount) {
  EXPECT_NE(refusal(std::string((1 << 20) + 1, ' ')).find("bytes allowed"), std::string::npos);
  std::string text = R"({"version":1,"events":[)";
  for (int k = 0; k <= 10000; k++)
    text += std::string(k ? "," : "") + R"({"t":1,"autopilot":true})";
  EXPECT_NE(refusal(text + "]}").find("10001 events"), std::string::npos);
}

TEST(Timeline, NamesAMissingFile) {
  try {
    read_timeline("does/not/exist.json");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(e.what()).find("does/not/exist.json"), std::string::npos);
  }
  EXPECT_THROW(read_timeline("."), Error);
}

}  // namespace
}  // namespace vita
