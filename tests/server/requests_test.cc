#include "server/requests.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace vita {
namespace {

TEST(SessionRequest, HasDefaults) {
  const LiveOptions options = read_session_request(R"({"prompt":"snow"})");
  EXPECT_EQ(options.prompt, "snow");
  EXPECT_EQ(options.width, 1280);
  EXPECT_EQ(options.height, 720);
  EXPECT_EQ(options.fps, 24);
  EXPECT_FALSE(options.paused);
}

TEST(SessionRequest, TakesEveryKey) {
  const LiveOptions options = read_session_request(
      R"({"prompt":"snow","seed":9007199254740991,"width":320,"height":192,"fps":12.5,)"
      R"("model":"world","paused":true})");
  EXPECT_EQ(options.seed, 9007199254740991u);
  EXPECT_EQ(options.width, 320);
  EXPECT_EQ(options.height, 192);
  EXPECT_EQ(options.fps, 12.5);
  EXPECT_TRUE(options.paused);
  const LiveOptions sized = read_session_request(R"({"prompt":"snow","size":"640x368"})");
  EXPECT_EQ(sized.width, 640);
  EXPECT_EQ(sized.height, 368);
}

TEST(SessionRequest, WithoutASeedEachIsAnotherPlace) {
  EXPECT_NE(read_session_request(R"({"prompt":"snow"})").seed,
            read_session_request(R"({"prompt":"snow"})").seed);
}

template <class Read>
std::string refusal(Read read, const std::string& body) {
  try {
    read(body);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << body;
    return error.what();
  }
  return "accepted";
}

TEST(SessionRequest, RefusesWhatItCannotUse) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "session"},
      {"[]", "session"},
      {"{", "session"},
      {"{}", "prompt"},
      {R"({"prompt":7})", "prompt"},
      {R"({"prompt":""})", "empty"},
      {R"({"prompt":"snow","prompt":"sand"})", "prompt"},
      {R"({"prompt":"snow","colour":"red"})", "colour"},
      {R"({"prompt":"snow","seed":-1})", "seed"},
      {R"({"prompt":"snow","seed":1.5})", "seed"},
      {R"({"prompt":"snow","seed":9007199254740993})", "seed"},
      {R"({"prompt":"snow","width":1281})", "1281"},
      {R"({"prompt":"snow","width":1e9})", "width"},
      {R"({"prompt":"snow","size":"1281x720"})", "1281x720"},
      {R"({"prompt":"snow","size":"1280"})", "WIDTHxHEIGHT"},
      {R"({"prompt":"snow","size":"1280x720x"})", "WIDTHxHEIGHT"},
      {R"({"prompt":"snow","size":"-1280x720"})", "WIDTHxHEIGHT"},
      {R"({"prompt":"snow","size":"1280x720","width":1280})", "both"},
      {R"({"prompt":"snow","fps":0})", "fps"},
      {R"({"prompt":"snow","fps":"24"})", "fps"},
      {R"({"prompt":"snow","model":"wan"})", "wan"},
      {R"({"prompt":"snow","paused":1})", "paused"},
      {R"({"prompt":[[[[[["snow"]]]]]]})", "session"},
  };
  for (const auto& [body, expected] : cases) {
    EXPECT_NE(refusal(read_session_request, body).find(expected), std::string::npos)
        << body << ": " << refusal(read_session_request, body);
  }
}

TEST(VideoRequest, TakesOpenAisShape) {
  const VideoRequest request =
      read_video_request(R"({"prompt":"snow","seconds":"8","size":"640x368","model":"world"})");
  EXPECT_EQ(request.seconds, 8);
  EXPECT_EQ(request.width, 640);
  EXPECT_EQ(request.fps, 24);
  EXPECT_EQ(read_video_request(R"({"prompt":"snow","seconds":0.5})").seconds, 0.5);
  EXPECT_EQ(read_video_request(R"({"prompt":"snow"})").seconds, 4);
}

TEST(VideoRequest, RefusesWhatItCannotUse) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"prompt":"snow","seconds":"soon"})", "seconds"},
      {R"({"prompt":"snow","seconds":"nan"})", "seconds"},
      {R"({"prompt":"snow","seconds":61})", "seconds"},
      {R"({"prompt":"snow","seconds":"61"})", "seconds"},
      {R"({"prompt":"snow","seconds":0})", "seconds"},
      {R"({"prompt":"snow","seconds":null})", "seconds"},
      {R"({"prompt":"snow","paused":true})", "paused"},
  };
  for (const auto& [body, expected] : cases) {
    EXPECT_NE(refusal(read_video_request, body).find(expected), std::string::npos)
        << body << ": " << refusal(read_video_request, body);
  }
}

TEST(UnderstandRequest, IsAPrompt) {
  EXPECT_EQ(read_understand_request(R"({"prompt":"snow"})"), "snow");
  EXPECT_NE(refusal(read_understand_request, R"({"text":"snow"})"), "accepted");
}

}  // namespace
}  // namespace vita
