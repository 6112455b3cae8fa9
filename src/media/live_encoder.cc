#include "media/live_encoder.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <utility>

#include "core/bounded_queue.h"
#include "core/error.h"
#include "core/thread_time.h"
#include "media/annex_b.h"
#include "media/encode_meter.h"
#include "media/picture_pool.h"
#include "media/pipeline.h"

namespace vita {
namespace {

constexpr size_t kWaiting = 2;
// Those that wait, one in the encoder, one on its way to it, one that push() fills.
constexpr int kBuffers = static_cast<int>(kWaiting) + 3;
constexpr int kLeastKbps = 50, kMostKbps = 100'000;
// How far the rate may run ahead of itself. Small, so that a key frame is not a burst that waits in
// the network.
constexpr guint kRateBufferMs = 100;
constexpr int64_t kGreyLeadUs = 1'000'000;  // the grey picture's time lies so far before 0

void require(bool holds, const char* what, double found, const char* expected) {
  if (holds) return;
  throw Error(ErrorCode::invalid_argument, std::string("live encoder: found ") + what + " " +
                                               std::to_string(found) + ", expected " + expected);
}

const LiveEncoderOptions& checked(const LiveEncoderOptions& o) {
  require(o.width >= 160 && o.width <= 1920 && o.width % 2 == 0, "a width of", o.width,
          "an even number from 160 to 1920");
  require(o.height >= 96 && o.height <= 1088 && o.height % 2 == 0, "a height of", o.height,
          "an even number from 96 to 1088");
  require(o.fps >= 1 && o.fps <= 120, "a frame rate of", o.fps, "1 to 120");
  require(o.bitrate_kbps >= kLeastKbps && o.bitrate_kbps <= kMostKbps, "a bit rate of",
          o.bitrate_kbps, "50 to 100000 kbit/s");
  require(o.key_interval_s >= 0.1 && o.key_interval_s <= 60, "a key interval of", o.key_interval_s,
          "0.1 to 60 s");
  return o;
}

// Keeps an encoded buffer mapped as long as somebody reads it.
class MappedBuffer {
 public:
  explicit MappedBuffer(GstBuffer* buffer) : buffer_(gst_buffer_ref(buffer)) {
    mapped_ = gst_buffer_map(buffer, &map_, GST_MAP_READ);
  }
  ~MappedBuffer() {
    if (mapped_) gst_buffer_unmap(buffer_.get(), &map_);
  }
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;
  const uint8_t* data() const { return mapped_ ? map_.data : nullptr; }
  size_t size() const { return mapped_ ? map_.size : 0; }

 private:
  GstBufferOwner buffer_;
  GstMapInfo map_{};
  bool mapped_ = false;
};

struct Picture {
  GstBufferOwner buffer;
  int64_t frame = 0, pts_us = 0, pushed_us = 0;
};

}  // namespace

// Threads: the pusher's, GStreamer's streaming thread (next_picture, on_encoded), and whoever asks.
class LiveEncoder::Impl {
 public:
  Impl(const LiveEncoderOptions& options, LiveEncoderCallbacks callbacks)
      : options_(checked(options)),
        callbacks_(std::move(callbacks)),
        bitrate_kbps_(options.bitrate_kbps),
        pool_(options.width, options.height, options.fps, kBuffers),
        queue_(kWaiting, DropRule::drop_oldest) {
    build();
    if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
      stop();
      throw Error(ErrorCode::unsupported, "live encoder: " + failure());
    }
  }
  ~Impl() { stop(); }

  bool prime();
  bool push(const Frame& frame, int64_t pts_us);
  void request_key() { key_wanted_ = true; }
  void set_bitrate(int kbps) { bitrate_kbps_ = std::clamp(kbps, kLeastKbps, kMostKbps); }
  int bitrate_kbps() const { return bitrate_kbps_; }
  int flush();
  std::string codec() const;
  LiveEncoderCounters counters() const;
  EncodeStats stats() const { return meter_.stats(); }

 private:
  void build();
  void configure(GstElement* encoder) const;
  void stop();
  std::string failure() const;
  GstBufferOwner grey_picture();
  GstBufferOwner next_picture();
  static GstFlowReturn on_sample(GstAppSink* sink, gpointer self);
  void take(GstBuffer* buffer);
  void open(const MappedBuffer& first);
  void fail(const std::string& text);

  const LiveEncoderOptions options_;
  const LiveEncoderCallbacks callbacks_;
  std::atomic<bool> key_wanted_{true};  // what follows the grey picture must not lean on it
  std::atomic<int> bitrate_kbps_;
  EncodeMeter meter_;
  PicturePool pool_;
  BoundedQueue<Picture> queue_;
  GstOwner<GstElement> pipeline_;
  GstElement* encoder_ = nullptr;  // owned by pipeline_

  int64_t last_pts_us_ = std::numeric_limits<int64_t>::min();  // the pusher's
  std::atomic<int64_t> pushed_{0}, flushed_{0}, refused_{0}, starved_{0};

  // Of the streaming thread.
  std::deque<Picture> encoding_;  // without buffers; one at most, since nothing is reordered
  bool grey_sent_ = false;
  int applied_kbps_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable opened_;
  bool open_ = false;
  std::string codec_, failure_;
  int64_t encoded_ = 0, key_frames_ = 0, bytes_ = 0;
};

void LiveEncoder::Impl::configure(GstElement* encoder) const {
  gst_util_set_object_arg(G_OBJECT(encoder), "tune", "zerolatency");
  gst_util_set_object_arg(G_OBJECT(encoder), "speed-preset", "ultrafast");
  const auto key_interval =
      static_cast<guint>(std::max(1L, std::lround(options_.key_interval_s * options_.fps)));
  g_object_set(encoder, "threads", 1, "sliced-threads", FALSE, "bframes", 0, "aud", FALSE,
               "bitrate", static_cast<guint>(options_.bitrate_kbps), "key-int-max", key_interval,
               "vbv-buf-capacity", kRateBufferMs, nullptr);
}

void LiveEncoder::Impl::build() {
  pipeline_ = make_pipeline();
  GstBin* bin = GST_BIN(pipeline_.get());
  GstElement* source = add_pull_source(bin, pool_.caps(), [this] { return next_picture(); });
  encoder_ = add_element(bin, "x264enc", "gstreamer1.0-plugins-ugly");
  configure(encoder_);
  applied_kbps_ = options_.bitrate_kbps;
  GstElement* sink = add_element(bin, "appsink", "gstreamer1.0-plugins-base");
  const GstCapsOwner caps(gst_caps_new_simple(
      "video/x-h264", "profile", G_TYPE_STRING, "constrained-baseline", "stream-format",
      G_TYPE_STRING, "byte-stream", "alignment", G_TYPE_STRING, "au", nullptr));
  g_object_set(sink, "caps", caps.get(), "sync", FALSE, "async", FALSE, nullptr);
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = on_sample;
  gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, this, nullptr);
  if (!gst_element_link_many(source, encoder_, sink, nullptr)) {
    throw Error(ErrorCode::internal, "GStreamer's encoding elements do not link");
  }
  watch_bus(pipeline_.get(), {[this](const std::string& text) { fail(text); }, {}});
}

void LiveEncoder::Impl::stop() {
  queue_.stop();
  queue_.clear();
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

std::string LiveEncoder::Impl::failure() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_.empty() ? "GStreamer failed without a reason" : failure_;
}

void LiveEncoder::Impl::fail(const std::string& text) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = text;
  }
  opened_.notify_all();
  queue_.stop();
  if (callbacks_.failed) callbacks_.failed("live encoder: " + text);
}

bool LiveEncoder::Impl::prime() {
  std::unique_lock<std::mutex> lock(mutex_);
  opened_.wait(lock, [this] { return open_ || !failure_.empty(); });
  return failure_.empty();
}

bool LiveEncoder::Impl::push(const Frame& frame, int64_t pts_us) {
  pushed_++;
  if (pts_us < 0 || pts_us <= last_pts_us_ || queue_.stopped()) {
    refused_++;
    return false;
  }
  Picture picture{pool_.acquire(false), frame.index, pts_us, monotonic_us()};
  if (!picture.buffer) {
    starved_++;
    return false;
  }
  pool_.fill(frame, picture.buffer.get());
  last_pts_us_ = pts_us;
  if (queue_.try_push(std::move(picture))) return true;
  refused_++;
  return false;
}

int LiveEncoder::Impl::flush() {
  const auto flushed = static_cast<int>(queue_.clear());
  flushed_ += flushed;
  return flushed;
}

GstBufferOwner LiveEncoder::Impl::grey_picture() {
  GstBufferOwner buffer = pool_.acquire(true);
  if (!buffer) return buffer;
  pool_.fill_flat(126, 128, 128, buffer.get());
  GST_BUFFER_PTS(buffer.get()) = 0;
  return buffer;
}

// What appsrc asks for when it has nothing left, that is, when the encoder is idle.
GstBufferOwner LiveEncoder::Impl::next_picture() {
  if (!std::exchange(grey_sent_, true)) return grey_picture();
  std::optional<Picture> picture = queue_.pop();
  if (!picture) return nullptr;
  if (key_wanted_.exchange(false)) {
    const GstOwner<GstPad> output(gst_element_get_static_pad(encoder_, "src"));
    gst_pad_send_event(output.get(),
                       gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
  }
  const int kbps = bitrate_kbps_;
  if (std::exchange(applied_kbps_, kbps) != kbps) {
    g_object_set(encoder_, "bitrate", static_cast<guint>(kbps), nullptr);
  }
  GstBufferOwner buffer = std::move(picture->buffer);
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(picture->pts_us + kGreyLeadUs) * 1000;
  encoding_.push_back(std::move(*picture));
  return buffer;
}

GstFlowReturn LiveEncoder::Impl::on_sample(GstAppSink* sink, gpointer self) {
  GstSample* sample = gst_app_sink_pull_sample(sink);
  if (!sample) return GST_FLOW_EOS;
  static_cast<Impl*>(self)->take(gst_sample_get_buffer(sample));
  gst_sample_unref(sample);
  return GST_FLOW_OK;
}

void LiveEncoder::Impl::open(const MappedBuffer& first) {
  meter_.watch(encoder_);
  const std::lock_guard<std::mutex> lock(mutex_);
  codec_ = h264_codec({first.data(), first.size()});
  open_ = true;
  opened_.notify_all();
}

void LiveEncoder::Impl::take(GstBuffer* buffer) {
  const auto mapped = std::make_shared<const MappedBuffer>(buffer);
  if (encoding_.empty()) {
    open(*mapped);
    return;
  }
  const Picture picture = std::move(encoding_.front());
  encoding_.pop_front();
  AccessUnit unit;
  unit.data = std::shared_ptr<const uint8_t>(mapped, mapped->data());
  unit.size = mapped->size();
  unit.frame = picture.frame;
  unit.pts_us = picture.pts_us;
  unit.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  unit.pushed_us = picture.pushed_us;
  unit.encoded_us = monotonic_us();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    encoded_++;
    key_frames_ += unit.key;
    bytes_ += static_cast<int64_t>(unit.size);
  }
  if (callbacks_.encoded) callbacks_.encoded(unit);
}

std::string LiveEncoder::Impl::codec() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return codec_;
}

LiveEncoderCounters LiveEncoder::Impl::counters() const {
  LiveEncoderCounters c;
  c.pushed = pushed_;
  c.dropped = starved_ + static_cast<int64_t>(queue_.dropped());
  c.flushed = flushed_;
  c.refused = refused_;
  const std::lock_guard<std::mutex> lock(mutex_);
  c.encoded = encoded_;
  c.key_frames = key_frames_;
  c.bytes = bytes_;
  return c;
}

LiveEncoder::LiveEncoder(const LiveEncoderOptions& options, LiveEncoderCallbacks callbacks)
    : impl_(std::make_unique<Impl>(options, std::move(callbacks))) {}
LiveEncoder::~LiveEncoder() = default;
bool LiveEncoder::prime() { return impl_->prime(); }
bool LiveEncoder::push(const Frame& frame, int64_t pts_us) { return impl_->push(frame, pts_us); }
void LiveEncoder::request_key() { impl_->request_key(); }
void LiveEncoder::set_bitrate(int kbps) { impl_->set_bitrate(kbps); }
int LiveEncoder::bitrate_kbps() const { return impl_->bitrate_kbps(); }
int LiveEncoder::flush() { return impl_->flush(); }
std::string LiveEncoder::codec() const { return impl_->codec(); }
LiveEncoderCounters LiveEncoder::counters() const { return impl_->counters(); }
EncodeStats LiveEncoder::stats() const { return impl_->stats(); }

}  // namespace vita
