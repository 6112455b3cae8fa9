// Watches an encoder element from its pads: when pictures come out, and what they cost.
#pragma once
#include <gst/gst.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "core/histogram.h"
#include "media/mp4_writer.h"

namespace vita {

// The probes run on the streaming thread, everything else on any. Outlives the element it watches.
class EncodeMeter {
 public:
  void watch(GstElement* encoder);
  // Waits until `frames` pictures have come out; false after give_up().
  bool wait_for(int64_t frames);
  void give_up();
  EncodeStats stats() const;

 private:
  static GstPadProbeReturn on_input(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static GstPadProbeReturn on_output(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  void count_output();

  double input_cpu_ms_ = 0;  // only the streaming thread reads and writes it
  mutable std::mutex mutex_;
  std::condition_variable encoded_;
  Histogram cpu_, interval_;
  int64_t first_us_ = 0, last_us_ = 0;
  bool given_up_ = false;
};

}  // namespace vita
