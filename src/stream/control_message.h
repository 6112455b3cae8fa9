// What a client says in a text frame: docs/live.md has the table, docs/control.schema.json the
// schema.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "vita/control.h"

namespace vita {

inline constexpr size_t kMessageBytesMax = 16 * 1024;

// A viewer lost a key frame.
struct KeyFrameRequest {};
// What a receiver sees of the stream; what it did not say is empty.
struct ReceiverReport {
  std::optional<double> loss, rtt_ms, fps, key_to_pixel_ms;
  std::optional<int64_t> dropped;
};
struct Ping {
  double t = 0;
};

struct ControlMessage {
  std::string id;  // empty: none
  // Whoever only watches may send all but a Control.
  std::variant<Control, KeyFrameRequest, ReceiverReport, Ping> what;
};

// Why a message was refused, and its id as far as that could be read.
class BadMessage : public Error {
 public:
  BadMessage(const std::string& message, std::string id)
      : Error(ErrorCode::invalid_argument, message), id_(std::move(id)) {}
  const std::string& id() const { return id_; }

 private:
  std::string id_;
};

// Strict: anything that the schema does not allow is refused, as are prompts that check_prompt()
// refuses. Throws BadMessage whose text names what was found and what was expected.
ControlMessage parse_control_message(std::string_view text);

}  // namespace vita
