// Encodes a session's pictures as they come, with the least delay that x264 has.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "media/access_unit.h"
#include "media/mp4_writer.h"
#include "vita/frame.h"

namespace vita {

struct LiveEncoderOptions {
  int width = 1280, height = 720;  // even, 160x96 to 1920x1088
  double fps = 24;                 // 1 to 120; the rate control's idea of it, pictures may be rarer
  int bitrate_kbps = 4000;         // 50 to 100000
  double key_interval_s = 4;       // a key frame after so many pictures at the latest, 0.1 to 60
};

// Both run on the encoder's thread and must not block: what they take is taken from the next
// picture. They may call the encoder, but not destroy it.
struct LiveEncoderCallbacks {
  std::function<void(const AccessUnit&)> encoded;  // one call a picture, in order
  std::function<void(const std::string&)> failed;  // once; nothing comes out afterwards
};

// Since the start. A picture is counted once: encoded, dropped, flushed or refused.
struct LiveEncoderCounters {
  int64_t pushed = 0;
  int64_t dropped = 0;  // by the queue, for a newer one
  int64_t flushed = 0;  // by flush()
  int64_t refused = 0;  // a time that is not later than the last one's, or after a failure
  int64_t encoded = 0, key_frames = 0, bytes = 0;
};

// Owns a GStreamer pipeline with a thread of its own, which opens x264 as soon as the object exists
// and encodes a grey picture that nobody sees, so that the first real one costs nothing extra. At
// most two pictures wait; a third takes the place of the oldest. One thread pushes; everything else
// may be called from any thread, and the callbacks end when the destructor returns.
//
//   LiveEncoder encoder({1280, 720, 24, 4000}, {[&](const AccessUnit& unit) { send(unit); },
//   fail}); encoder.push(frame, pts_us);
class LiveEncoder {
 public:
  // Throws Error{invalid_argument} for options out of range, Error{unsupported} for a missing part
  // of GStreamer.
  LiveEncoder(const LiveEncoderOptions& options, LiveEncoderCallbacks callbacks);
  ~LiveEncoder();

  // Waits until x264 is open, some ten milliseconds after construction. Need not be called: a
  // picture pushed before that only waits longer. False after a failure.
  bool prime();
  // Copies the picture and queues it; never waits for the encoder. `pts_us` must grow from call to
  // call, by any step, so a pause is a gap. False, and counted, if the picture was refused. Throws
  // Error{invalid_argument} for a picture of another size.
  bool push(const Frame& frame, int64_t pts_us);
  // The next picture that is encoded becomes a key frame.
  void request_key();
  // From the next picture on; kept within 50 to 100000.
  void set_bitrate(int kbps);
  int bitrate_kbps() const;
  // Throws away the pictures that wait and returns their number. One that is being encoded comes
  // out.
  int flush();

  // "avc1.42c0xx" as in RFC 6381, from the SPS; empty until the encoder is open (prime()).
  std::string codec() const;
  LiveEncoderCounters counters() const;
  EncodeStats stats() const;  // without the grey picture

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vita
