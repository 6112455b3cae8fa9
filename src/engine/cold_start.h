// Starts the program anew and asks how long its first picture took.
#pragma once
#include <string>

#include "engine/bench.h"

namespace vita {

// Runs `program generate` for one frame of `prompt` and returns its cold_start_ms. Throws
// Error{internal} with what the program said if it failed.
double measure_cold_start(const BenchRequest& request, const std::string& prompt);

}  // namespace vita
