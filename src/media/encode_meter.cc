#include "media/encode_meter.h"

#include "core/thread_time.h"
#include "media/gst_handles.h"

namespace vita {

void EncodeMeter::watch(GstElement* encoder) {
  const GstOwner<GstPad> input(gst_element_get_static_pad(encoder, "sink"));
  const GstOwner<GstPad> output(gst_element_get_static_pad(encoder, "src"));
  gst_pad_add_probe(input.get(), GST_PAD_PROBE_TYPE_BUFFER, on_input, this, nullptr);
  gst_pad_add_probe(output.get(), GST_PAD_PROBE_TYPE_BUFFER, on_output, this, nullptr);
}

GstPadProbeReturn EncodeMeter::on_input(GstPad*, GstPadProbeInfo*, gpointer self) {
  static_cast<EncodeMeter*>(self)->input_cpu_ms_ = thread_cpu_ms();
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn EncodeMeter::on_output(GstPad*, GstPadProbeInfo*, gpointer self) {
  static_cast<EncodeMeter*>(self)->count_output();
  return GST_PAD_PROBE_OK;
}

// With zero latency a picture comes out on the thread, and within the call, that put it in.
void EncodeMeter::count_output() {
  const double spent_ms = thread_cpu_ms() - input_cpu_ms_;
  const int64_t now_us = monotonic_us();
  const std::lock_guard<std::mutex> lock(mutex_);
  cpu_.add(spent_ms);
  if (first_us_ == 0) {
    first_us_ = now_us;
  } else {
    interval_.add(static_cast<double>(now_us - last_us_) * 1e-3);
  }
  last_us_ = now_us;
  encoded_.notify_all();
}

bool EncodeMeter::wait_for(int64_t frames) {
  std::unique_lock<std::mutex> lock(mutex_);
  encoded_.wait(lock, [this, frames] { return given_up_ || cpu_.count() >= frames; });
  return cpu_.count() >= frames;
}

void EncodeMeter::give_up() {
  const std::lock_guard<std::mutex> lock(mutex_);
  given_up_ = true;
  encoded_.notify_all();
}

EncodeStats EncodeMeter::stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  EncodeStats s;
  s.frames = cpu_.count();
  s.cpu_ms_mean = cpu_.mean_ms();
  s.cpu_ms_p50 = cpu_.percentile_ms(0.5);
  s.cpu_ms_p95 = cpu_.percentile_ms(0.95);
  s.cpu_ms_p99 = cpu_.percentile_ms(0.99);
  s.interval_ms_p50 = interval_.percentile_ms(0.5);
  s.interval_ms_p95 = interval_.percentile_ms(0.95);
  s.interval_ms_p99 = interval_.percentile_ms(0.99);
  s.first_encoded_us = first_us_;
  s.last_encoded_us = last_us_;
  return s;
}

}  // namespace vita
