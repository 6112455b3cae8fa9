#include "stream/timeline.h"

#include <string_view>

#include "core/error.h"
#include "fuzz/targets.h"
#include "stream/check_control.h"

namespace vita::fuzz {

// What is accepted must be in order and pass the check that every control of a session passes.
void read_timeline_script(std::span<const std::byte> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  std::vector<ScheduledControl> schedule;
  try {
    schedule = parse_timeline(text, "fuzz");
  } catch (const Error&) {
    return;
  }
  double time_s = 0;
  for (const ScheduledControl& scheduled : schedule) {
    if (!(scheduled.time_s >= time_s)) throw Error(ErrorCode::internal, "events are out of order");
    time_s = scheduled.time_s;
    check_control(scheduled.control);
  }
}

}  // namespace vita::fuzz
