#include <cstdlib>
#include <cstring>

#include "fuzz/targets.h"
#include "media/fragment_scan.h"

namespace vita::fuzz {
namespace {

PlayablePart find_in(std::span<const std::byte> input) {
  const auto size = static_cast<int64_t>(input.size());
  int64_t read_to = 0;
  return find_playable_part(size, [&](int64_t offset, std::span<uint8_t> out) {
    const auto wanted = static_cast<int64_t>(out.size());
    if (offset < 0 || wanted > size - offset) std::abort();  // outside the file
    if (offset + wanted < read_to) std::abort();             // back: it might never end
    read_to = offset + wanted;
    std::memcpy(out.data(), input.data() + offset, out.size());
    return true;
  });
}

}  // namespace

// What is found lies in the file, and is all there is once the file has been cut after it.
void read_recording(std::span<const std::byte> input) {
  const PlayablePart part = find_in(input);
  const auto size = static_cast<int64_t>(input.size());
  if (part.bytes < 0 || part.bytes > size || part.picture_bytes > part.bytes) std::abort();
  if ((part.bytes > 0) != (part.frames > 0) || part.frames < 0) std::abort();
  const PlayablePart again = find_in(input.first(static_cast<size_t>(part.bytes)));
  if (again.bytes != part.bytes || again.frames != part.frames) std::abort();
}

}  // namespace vita::fuzz
