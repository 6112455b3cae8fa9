// Turns frames into H.264 in an MP4 file.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vita/frame.h"

namespace vita {

struct Mp4WriterOptions {
  std::string path;  // empty: encode and throw away, for benchmarks
  int width = 1280, height = 720;
  double fps = 24;
  int bitrate_kbps = 0;  // 0: 8000 for 1280x720, in proportion for other sizes
};

// What encoding cost so far. Times are of the monotonic clock, 0 before the first encoded picture.
struct EncodeStats {
  int64_t frames = 0;
  double cpu_ms_mean = 0, cpu_ms_p50 = 0, cpu_ms_p95 = 0, cpu_ms_p99 = 0;
  double interval_ms_p50 = 0, interval_ms_p95 = 0, interval_ms_p99 = 0;  // between encoded pictures
  int64_t first_encoded_us = 0, last_encoded_us = 0;
};

// Owns a GStreamer pipeline with a thread of its own and four pictures that wait for it; one thread
// calls it. The file grows as `<path>.part` and gets its name in finish(); without finish() it is
// removed.
class Mp4Writer {
 public:
  // Throws Error{io} for a place that cannot be written, Error{unsupported} for a missing GStreamer
  // part.
  explicit Mp4Writer(const Mp4WriterOptions& options);
  ~Mp4Writer();

  // Copies the frame and queues it, waiting while four are queued. The frame's index is its time.
  // Throws Error{io} when writing failed (a full disk, for instance).
  void push(const Frame& frame);
  // Waits until everything pushed has been encoded.
  void drain();
  // Writes the rest and renames the file. Throws Error{io}; with no frame pushed
  // Error{invalid_argument}.
  void finish();
  EncodeStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vita
