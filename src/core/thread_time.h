// What the clocks say of the calling thread and of the moment.
#pragma once
#include <cstdint>

namespace vita {

// Processor time that the calling thread has used.
double thread_cpu_ms();
// The monotonic clock.
int64_t monotonic_us();

}  // namespace vita
