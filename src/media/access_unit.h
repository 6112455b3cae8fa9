// One encoded picture on its way to viewers and files.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

namespace vita {

// H.264 in Annex B: all NAL units of one picture, SPS and PPS before each key frame. The bytes
// never change and are shared, so a copy is cheap and may go to any number of consumers on any
// threads.
struct AccessUnit {
  std::shared_ptr<const uint8_t> data;
  size_t size = 0;                        // bytes
  int64_t frame = 0;                      // index of the picture in its session
  int64_t pts_us = 0;                     // presentation time in the session
  bool key = false;                       // decoding can begin here
  int64_t pushed_us = 0, encoded_us = 0;  // monotonic clock: given to the encoder, came out of it
};

}  // namespace vita
