#include "server/websocket_codec.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/access_unit.h"
#include "server/video_socket.h"

namespace vita {
namespace {

// A frame as a client sends it.
std::string frame(int opcode, const std::string& payload, bool final = true, bool masked = true) {
  std::string bytes = websocket_header(static_cast<WebSocketKind>(opcode), payload.size());
  if (!final) bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  if (!masked) return bytes + payload;
  bytes[1] = static_cast<char>(bytes[1] | 0x80);
  const std::string mask = "\x12\x34\x56\x78";
  bytes += mask;
  for (size_t k = 0; k < payload.size(); k++) {
    bytes += static_cast<char>(payload[k] ^ mask[k % 4]);
  }
  return bytes;
}

std::vector<WebSocketMessage> read(WebSocketReader& reader, const std::string& bytes) {
  reader.feed(bytes);
  std::vector<WebSocketMessage> messages;
  while (auto message = reader.next()) messages.push_back(std::move(*message));
  return messages;
}

TEST(WebSocketReader, ReadsMessagesOfEverySize) {
  for (const size_t size : {0, 1, 125, 126, 127, 65535, 65536, 100000}) {
    WebSocketReader reader(1 << 20);
    const std::string payload(size, 'x');
    const auto messages = read(reader, frame(1, payload));
    ASSERT_EQ(messages.size(), 1u) << size;
    EXPECT_EQ(messages[0].payload, payload);
    EXPECT_EQ(messages[0].kind, WebSocketKind::text);
    EXPECT_EQ(reader.failure(), 0);
  }
}

TEST(WebSocketReader, ReadsByteByByte) {
  WebSocketReader reader(1000);
  const std::string bytes = frame(2, std::string(300, 'y')) + frame(9, "p");
  std::vector<WebSocketMessage> messages;
  for (const char byte : bytes) {
    for (WebSocketMessage& message : read(reader, std::string(1, byte))) {
      messages.push_back(std::move(message));
    }
  }
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].payload.size(), 300u);
  EXPECT_EQ(messages[1].kind, WebSocketKind::ping);
}

TEST(WebSocketReader, PutsFragmentsTogetherAroundControlFrames) {
  WebSocketReader reader(1000);
  const auto messages = read(
      reader, frame(1, "ab", false) + frame(9, "ping") + frame(0, "cd", false) + frame(0, "e"));
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].kind, WebSocketKind::ping);
  EXPECT_EQ(messages[0].payload, "ping");
  EXPECT_EQ(messages[1].kind, WebSocketKind::text);
  EXPECT_EQ(messages[1].payload, "abcde");
}

TEST(WebSocketReader, RefusesWhatIsNoClient) {
  const std::pair<std::string, uint16_t> cases[] = {
      {frame(1, "unmasked", true, false), kCloseProtocol},
      {frame(3, "an unknown opcode"), kCloseProtocol},
      {frame(0, "nothing to continue"), kCloseProtocol},
      {frame(1, "a", false) + frame(1, "b"), kCloseProtocol},
      {frame(9, "p", false), kCloseProtocol},
      {frame(9, std::string(126, 'p')), kCloseProtocol},
      {frame(1, "\xff\xfe"), kCloseBadText},
      {frame(1, std::string(1001, 'x')), kCloseTooBig},
      {frame(1, std::string(600, 'x'), false) + frame(0, std::string(600, 'x')), kCloseTooBig},
      {"\xc1\x80", kCloseProtocol},  // a reserved bit
      {std::string("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10) + "mask", kCloseTooBig},
  };
  for (const auto& [bytes, code] : cases) {
    WebSocketReader reader(1000);
    read(reader, bytes);
    EXPECT_EQ(reader.failure(), code) << testing::PrintToString(bytes.substr(0, 20));
    EXPECT_TRUE(read(reader, frame(1, "more")).empty()) << "nothing is read after a fault";
  }
}

TEST(WebSocketHeader, HasThreeLengths) {
  EXPECT_EQ(websocket_header(WebSocketKind::text, 5), "\x81\x05");
  EXPECT_EQ(websocket_header(WebSocketKind::binary, 300), std::string("\x82\x7e\x01\x2c"));
  EXPECT_EQ(websocket_header(WebSocketKind::binary, 70000),
            std::string("\x82\x7f\0\0\0\0\0\x01\x11\x70", 10));
}

TEST(PictureHeader, HasItsLayout) {
  AccessUnit unit;
  unit.key = true;
  unit.frame = 0x0102030405;
  unit.pts_us = 41667;
  const std::string header = picture_header(unit, 0x0a0b0c0d);
  EXPECT_EQ(header, std::string("V1\x01\0\x0d\x0c\x0b\x0a"
                                "\x05\x04\x03\x02\x01\0\0\0"
                                "\xc3\xa2\0\0\0\0\0\0",
                                24));
}

}  // namespace
}  // namespace vita
