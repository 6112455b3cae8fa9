// What a figure was measured on.
#pragma once
#include <cstdint>
#include <string>

namespace vita {

struct Machine {
  std::string cpu, isa, kernel, compiler;
  int processors = 0;
  double memory_gib = 0;
};
Machine describe_machine();

// When this process started, on the monotonic clock (within 10 ms: what the kernel keeps).
int64_t process_start_us();
// The most memory that this process has held at once.
double peak_memory_mib();

}  // namespace vita
