// Hears of all that moves the world of a session, in the order in which it happens.
#pragma once
#include <cstdint>
#include <string>

#include "vita/control.h"

namespace vita {

// Called by the director's thread; must not wait. With these calls alone a session can be made
// again (see session_log.h).
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // Frame `frame` was begun, to be painted in this tier: the world was moved to the time step / fps
  // of its own.
  virtual void begun(int64_t frame, int64_t step, Tier tier) = 0;
  // The world took a control before frame `frame` was begun.
  virtual void controlled(int64_t frame, const Control& control) = 0;
  // A new world was opened before frame `frame` was begun.
  virtual void opened(int64_t frame, const std::string& prompt, uint64_t seed) = 0;
  // The latest `count` frames that were begun will never be handed out.
  virtual void dropped(int64_t count) = 0;
};

}  // namespace vita
