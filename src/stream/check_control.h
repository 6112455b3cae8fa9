// What every control must satisfy before a session takes it.
#pragma once
#include "vita/control.h"

namespace vita {

inline constexpr uint64_t kSeedMax = (uint64_t{1} << 53) - 1;  // of a ResetControl: exact in JSON
inline constexpr float kTurnMax = 7;                           // radians of one LookControl

// Throws Error{invalid_argument} unless every number is finite and in its range and a prompt is
// usable.
void check_control(const Control& control);

}  // namespace vita
