// A script of controls: what a video's prompt and camera do at which time.
//
//   {"version": 1, "events": [
//     {"t": 2.0, "prompt": "a desert at night", "transition": 1.5},
//     {"t": 4.0, "move": {"forward": 1, "yaw": 0.2}},
//     {"t": 6.0, "camera": {"x": 0, "z": 0, "y": 12, "yaw": 1.57, "pitch": -0.1}},
//     {"t": 8.0, "autopilot": true}]}
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "stream/pipeline.h"

namespace vita {

// Both throw Error (not_found, io, corrupt) with a message that names the file, the event, what was
// found and what was expected. The result is sorted by time; events of one time keep their order.
std::vector<ScheduledControl> read_timeline(const std::string& path);
std::vector<ScheduledControl> parse_timeline(std::string_view text, const std::string& name);

}  // namespace vita
