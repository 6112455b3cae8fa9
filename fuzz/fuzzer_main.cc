// The entry that libFuzzer calls; VITA_FUZZ_TARGET names the function of targets.h.
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  vita::fuzz::VITA_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
  return 0;
}
