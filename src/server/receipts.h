// Which control of which client waits for which frame.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vita/control.h"

namespace vita {

// A control that was given to the session and has not been answered.
struct PendingControl {
  int64_t channel = 0;
  std::string client_id;
  int64_t received_us = 0;
  std::string prompt;  // of a prompt or a reset
  std::optional<uint64_t> seed;
  bool reset = false;
};

// A control that was applied and whose frame has not been encoded.
struct ShownControl {
  int64_t frame = 0;
  PendingControl control;
};

// Loop thread only. Bounded: the oldest are forgotten, which costs their receipt or their figure.
class Receipts {
 public:
  static constexpr size_t kWaitingMax = 1024;

  void add(uint64_t id, PendingControl control);
  std::optional<PendingControl> take(uint64_t id);
  void await_frame(int64_t frame, PendingControl control);
  // Those whose frame is this one or an earlier one.
  std::vector<ShownControl> shown(int64_t frame);
  uint64_t dropped() const { return dropped_; }

 private:
  std::map<uint64_t, PendingControl> pending_;
  std::multimap<int64_t, PendingControl> awaiting_;
  uint64_t dropped_ = 0;
};

}  // namespace vita
