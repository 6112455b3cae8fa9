// What can be said to a running session, and what it answers.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vita {

// Turns the world smoothly into what `text` says, within `transition_s` seconds.
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

using Control = std::variant<PromptControl, MoveControl, CameraControl>;

// The answer to a control: the first frame that shows it.
struct Receipt {
  enum class Outcome {
    applied,
    superseded,  // a later control of the same kind came before the next frame
    refused,     // the model could not use it; `reason` says why, nothing changed
  };
  uint64_t control_id = 0;
  int64_t frame = 0;
  Outcome outcome = Outcome::applied;
  std::string reason;
};

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

}  // namespace vita
