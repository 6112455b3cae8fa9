#include "stream/session_log.h"

#include <string_view>

#include "core/error.h"
#include "fuzz/targets.h"
#include "stream/check_control.h"

namespace vita::fuzz {

// What is accepted must pass the check that every control of a session passes.
void read_log(std::span<const std::byte> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  LoggedSession session;
  try {
    session = parse_session_log(text, "fuzz");
  } catch (const Error&) {
    return;
  }
  for (const auto& entry : session.entries) {
    if (const auto* control = std::get_if<Control>(&entry)) check_control(*control);
    const auto* run = std::get_if<LoggedRun>(&entry);
    if (run && run->count < 1) throw Error(ErrorCode::internal, "a run without frames");
  }
}

}  // namespace vita::fuzz
