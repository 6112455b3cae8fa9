#include "engine/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/cpu.h"
#include "core/thread_time.h"
#include "engine/open_model.h"

namespace vita {
namespace {

// The rest of the first line of `path` that starts with `key`, after the colon; empty without one.
std::string value_of(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const size_t start = line.find_first_not_of(" \t", line.find(':') + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

double kib_of(const char* path, const char* key) {
  return std::strtod(value_of(path, key).c_str(), nullptr);
}

}  // namespace

Machine describe_machine() {
  Machine machine;
  machine.cpu = value_of("/proc/cpuinfo", "model name");
  machine.isa = isa_name(cpu_isa());
  utsname system{};
  if (uname(&system) == 0) machine.kernel = std::string(system.sysname) + " " + system.release;
  machine.compiler = "g++ " __VERSION__;
  machine.processors = usable_threads();
  machine.memory_gib = kib_of("/proc/meminfo", "MemTotal") / (1 << 20);
  return machine;
}

int64_t process_start_us() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The second field, the program's name, may hold spaces; it ends at the last parenthesis.
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  constexpr int kStartTime = 22, kAfterName = 3;
  std::string field;
  for (int k = kAfterName; k <= kStartTime; k++) rest >> field;
  const double start_s =
      std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
  timespec since_boot{};
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  const double now_s =
      static_cast<double>(since_boot.tv_sec) + static_cast<double>(since_boot.tv_nsec) * 1e-9;
  return monotonic_us() - static_cast<int64_t>((now_s - start_s) * 1e6);
}

double peak_memory_mib() { return kib_of("/proc/self/status", "VmHWM") / 1024; }

}  // namespace vita
