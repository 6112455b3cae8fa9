// What can be said to a running session, and what it answers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vita {

// Turns the world smoothly into what `text` says, within `transition_s` seconds. A prompt of which
// nothing is understood is refused.
struct PromptControl {
  std::string text;
  double transition_s = 1.5;
};

// Where the camera wants to go: each axis in -1..1, held until the next MoveControl. All zero and
// autopilot = true hands the camera back to the model's own pleasant path.
struct MoveControl {
  float forward = 0, right = 0, up = 0, yaw = 0, pitch = 0;
  bool autopilot = false;
};

// Puts the camera at a pose at once; y is height above the ground or water under it, in metres.
struct CameraControl {
  double x = 0, z = 0;
  float y = 0, yaw = 0, pitch = 0;
};

// Turns the camera by so many radians at once, each within 7. Those that wait for a frame add up.
struct LookControl {
  float yaw = 0, pitch = 0;
};

enum class EventName { time, cloud, fog, rain, snow, season };
enum class Season { spring, summer, autumn, winter };

// Changes the light, the weather or the season on top of what the prompt says, within
// `transition_s` seconds; the land stays as it is. No value gives it back to the prompt.
struct EventControl {
  EventName name = EventName::time;
  // time: hour of the day, 0 to 24; season: a Season as a number; the others: 0 (none) to 1.
  std::optional<double> value;
  double transition_s = 1.5;
};

// Paused, a session makes no more frames and keeps the one that it showed last. Other controls wait
// for its end, but a ResetControl ends it.
struct PauseControl {
  bool paused = true;
};

// A new world in the same session: frames are counted on, all else begins anew.
struct ResetControl {
  std::optional<uint64_t> seed;       // none: the same
  std::optional<std::string> prompt;  // none: the latest
};

// How finely the model is wished to paint; automatic: as finely as the machine keeps up with.
enum class Tier { automatic, full, three_quarters, half };
struct TierControl {
  Tier tier = Tier::automatic;
};

using Control = std::variant<PromptControl, MoveControl, CameraControl, LookControl, EventControl,
                             PauseControl, ResetControl, TierControl>;

// What the text encoder took from a prompt, for the user to read.
struct UnderstoodItem {
  std::string attribute;  // "biome", "time", "weather", "things.conifer", "colour.sky" ...
  std::string value;      // "mountains", "night", "none", "many", "purple" ...
  std::string words;      // the words of the prompt it came from ("moutains")
  float confidence = 0;   // 0..1
};
struct Understanding {
  std::vector<UnderstoodItem> understood;
  std::vector<std::string> ignored;
};

// The answer to a control: the first frame that shows it.
struct Receipt {
  enum class Outcome {
    applied,
    superseded,  // a later control took its place before the next frame
    refused,     // the model could not use it; `reason` says why, nothing changed
  };
  uint64_t control_id = 0;
  int64_t frame = 0;
  Outcome outcome = Outcome::applied;
  std::string reason;
  // Of a prompt or a reset that was applied.
  std::optional<Understanding> understanding;
};

}  // namespace vita
