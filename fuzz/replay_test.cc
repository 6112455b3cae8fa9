// Feeds every file of the corpora to its target. A crash or an exception fails; so does an empty
// corpus.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/targets.h"

namespace vita::fuzz {
namespace {

void replay(const char* target, void (*feed)(std::span<const std::byte>)) {
  int files = 0;
  std::filesystem::path corpus = std::filesystem::path("fuzz/corpus") / target;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    ASSERT_TRUE(file) << "cannot read " << entry.path();
    EXPECT_NO_THROW(feed(std::as_bytes(std::span(bytes))));
    files++;
  }
  EXPECT_GT(files, 0) << corpus << " is empty";
}

TEST(FuzzReplay, Safetensors) { replay("safetensors", read_safetensors); }
TEST(FuzzReplay, Config) { replay("config", read_config); }
TEST(FuzzReplay, Prompt) { replay("prompt", read_prompt); }
TEST(FuzzReplay, Timeline) { replay("timeline", read_timeline_script); }
TEST(FuzzReplay, Recording) { replay("recording", read_recording); }
TEST(FuzzReplay, HttpBodies) { replay("http_bodies", read_bodies); }
TEST(FuzzReplay, WebSocket) { replay("websocket", read_websocket); }
TEST(FuzzReplay, Control) { replay("control", read_control); }
TEST(FuzzReplay, SdpOffer) { replay("sdp_offer", read_sdp); }
TEST(FuzzReplay, SessionLog) { replay("session_log", read_log); }

}  // namespace
}  // namespace vita::fuzz
