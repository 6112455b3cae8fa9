#include <stdexcept>
#include <string_view>

#include "fuzz/targets.h"
#include "stream/control_message.h"

namespace vita::fuzz {

void read_control(std::span<const std::byte> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  try {
    const ControlMessage message = parse_control_message(text);
    if (message.id.size() > 64) throw std::logic_error("an id is longer than it may be");
  } catch (const BadMessage& error) {
    if (std::string_view(error.what()).empty()) throw std::logic_error("a refusal gives a reason");
  }
}

}  // namespace vita::fuzz
