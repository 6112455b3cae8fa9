#include "stream/check_control.h"

#include <cmath>
#include <string>

#include "core/error.h"
#include "stream/prompt.h"

namespace vita {
namespace {

void check_range(const char* what, double value, double low, double high) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  throw Error(ErrorCode::invalid_argument, std::string(what) + " is " + std::to_string(value) +
                                               ", expected a number from " + std::to_string(low) +
                                               " to " + std::to_string(high));
}

double highest_value(EventName name) {
  if (name == EventName::time) return 24;
  return name == EventName::season ? static_cast<double>(Season::winter) : 1;
}

struct Checker {
  void operator()(const PromptControl& c) const {
    check_prompt(c.text);
    check_range("transition", c.transition_s, 0, 60);
  }
  void operator()(const MoveControl& c) const {
    check_range("forward", c.forward, -1, 1);
    check_range("right", c.right, -1, 1);
    check_range("up", c.up, -1, 1);
    check_range("yaw", c.yaw, -1, 1);
    check_range("pitch", c.pitch, -1, 1);
  }
  void operator()(const CameraControl& c) const {
    check_range("x", c.x, -1e6, 1e6);
    check_range("z", c.z, -1e6, 1e6);
    check_range("y", c.y, 0, 2000);
    check_range("yaw", c.yaw, -1e3, 1e3);
    check_range("pitch", c.pitch, -1.57f, 1.57f);
  }
  void operator()(const LookControl& c) const {
    check_range("yaw", c.yaw, -kTurnMax, kTurnMax);
    check_range("pitch", c.pitch, -kTurnMax, kTurnMax);
  }
  void operator()(const EventControl& c) const {
    check_range("event", static_cast<double>(c.name), 0, static_cast<double>(EventName::season));
    check_range("transition", c.transition_s, 0, 60);
    if (!c.value) return;
    check_range("value", *c.value, 0, highest_value(c.name));
    if (c.name != EventName::season || *c.value == std::floor(*c.value)) return;
    throw Error(ErrorCode::invalid_argument,
                "season is " + std::to_string(*c.value) + ", expected a whole number from 0 to 3");
  }
  void operator()(const PauseControl&) const {}
  void operator()(const ResetControl& c) const {
    if (c.prompt) check_prompt(*c.prompt);
    if (c.seed) check_range("seed", static_cast<double>(*c.seed), 0, kSeedMax);
  }
  void operator()(const TierControl& c) const {
    check_range("tier", static_cast<double>(c.tier), 0, static_cast<double>(Tier::half));
  }
};

}  // namespace

void check_control(const Control& control) { std::visit(Checker{}, control); }

}  // namespace vita
