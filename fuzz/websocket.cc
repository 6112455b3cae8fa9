#include <stdexcept>
#include <string_view>
#include <vector>

#include "fuzz/targets.h"
#include "server/websocket_codec.h"

namespace vita::fuzz {
namespace {

constexpr size_t kLimit = 1000;

struct Read {
  std::vector<std::string> messages;
  uint16_t failure = 0;
};

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

// `step` bytes at a time.
Read read_in_steps(std::string_view bytes, size_t step) {
  WebSocketReader reader(kLimit);
  Read read;
  for (size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.substr(at, step));
    while (std::optional<WebSocketMessage> message = reader.next()) {
      require(message->payload.size() <= kLimit, "a message is within its limit");
      read.messages.push_back(std::move(message->payload));
    }
  }
  read.failure = reader.failure();
  return read;
}

}  // namespace

// However a network cuts the bytes, the same messages come out.
void read_websocket(std::span<const std::byte> input) {
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()), input.size());
  const Read whole = read_in_steps(bytes, bytes.size() + 1);
  for (const size_t step : {1, 3}) {
    const Read cut = read_in_steps(bytes, step);
    require(cut.messages == whole.messages, "cuts change no message");
    require(cut.failure == whole.failure, "cuts change no failure");
  }
}

}  // namespace vita::fuzz
