#include "media/mp4_writer.h"

#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "core/error.h"
#include "media/encode_meter.h"
#include "media/gst_handles.h"
#include "media/part_file.h"
#include "media/picture_pool.h"
#include "media/pipeline.h"

namespace vita {
namespace {

constexpr int kBuffers = 4;

int default_bitrate_kbps(int width, int height) {
  return std::max(500, static_cast<int>(8000.0 * width * height / (1280 * 720)));
}

}  // namespace

// Threads: the owner's (push, drain, finish) and GStreamer's streaming thread, which encodes and
// writes and reports through on_message and the meter.
class Mp4Writer::Impl {
 public:
  explicit Impl(const Mp4WriterOptions& options)
      : options_(options), pool_(options.width, options.height, options.fps, kBuffers) {
    if (!options_.path.empty()) part_.emplace(options_.path);
    build();
    if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
      stop();
      throw_failure();
    }
  }
  ~Impl() { stop(); }

  void push(const Frame& frame);
  void drain();
  void finish();
  EncodeStats stats() const { return meter_.stats(); }

 private:
  void build();
  void stop();
  [[noreturn]] void throw_failure();
  void note_error(const std::string& text);
  void note_end();

  Mp4WriterOptions options_;
  std::optional<PartFile> part_;  // goes after the pipeline that writes it
  EncodeMeter meter_;
  PicturePool pool_;
  GstOwner<GstElement> pipeline_;
  GstElement* source_ = nullptr;  // owned by pipeline_
  int64_t pushed_ = 0;
  bool stopped_ = false;

  std::mutex mutex_;
  std::condition_variable ended_;
  bool eos_ = false;
  std::string failure_;
};

void Mp4Writer::Impl::build() {
  pipeline_ = make_pipeline();
  GstBin* bin = GST_BIN(pipeline_.get());
  source_ = add_element(bin, "appsrc", "gstreamer1.0-plugins-base");
  GstElement* encoder = add_element(bin, "x264enc", "gstreamer1.0-plugins-ugly");
  GstElement* sink = nullptr;
  g_object_set(source_, "caps", pool_.caps(), "format", GST_FORMAT_TIME, "max-bytes", guint64{0},
               nullptr);
  gst_util_set_object_arg(G_OBJECT(encoder), "tune", "zerolatency");
  gst_util_set_object_arg(G_OBJECT(encoder), "speed-preset", "ultrafast");
  const int bitrate = options_.bitrate_kbps > 0
                          ? options_.bitrate_kbps
                          : default_bitrate_kbps(options_.width, options_.height);
  const int key_interval = std::max(1, static_cast<int>(std::lround(2 * options_.fps)));
  g_object_set(encoder, "threads", 1, "bitrate", bitrate, "key-int-max", key_interval, nullptr);
  meter_.watch(encoder);
  gboolean linked = TRUE;
  if (part_) {
    GstElement* parser = add_element(bin, "h264parse", "gstreamer1.0-plugins-bad");
    GstElement* muxer = add_element(bin, "mp4mux", "gstreamer1.0-plugins-good");
    sink = add_element(bin, "filesink", "gstreamer1.0-plugins-base");
    g_object_set(sink, "location", part_->part_path().c_str(), nullptr);
    linked = gst_element_link_many(source_, encoder, parser, muxer, sink, nullptr);
  } else {
    sink = add_element(bin, "fakesink", "gstreamer1.0-plugins-base");
    linked = gst_element_link_many(source_, encoder, sink, nullptr);
  }
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  if (!linked) throw Error(ErrorCode::internal, "GStreamer's encoding elements do not link");
  watch_bus(pipeline_.get(),
            {[this](const std::string& text) { note_error(text); }, [this] { note_end(); }});
}

// The first error counts; what follows are its consequences.
void Mp4Writer::Impl::note_error(const std::string& text) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_.empty()) failure_ = text;
    ended_.notify_all();
  }
  meter_.give_up();
  pool_.stop();
}

void Mp4Writer::Impl::note_end() {
  const std::lock_guard<std::mutex> lock(mutex_);
  eos_ = true;
  ended_.notify_all();
}

void Mp4Writer::Impl::throw_failure() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string name = options_.path.empty() ? "encoder" : "output " + options_.path;
  throw Error(ErrorCode::io,
              name + ": " + (failure_.empty() ? "GStreamer failed without a reason" : failure_) +
                  "; nothing was kept under the final name");
}

void Mp4Writer::Impl::push(const Frame& frame) {
  GstBufferOwner buffer = pool_.acquire(true);
  if (!buffer) throw_failure();
  pool_.fill(frame, buffer.get());
  const double period_ns = 1e9 / options_.fps;
  const auto time_of = [period_ns](int64_t index) {
    return static_cast<GstClockTime>(std::llround(static_cast<double>(index) * period_ns));
  };
  GST_BUFFER_PTS(buffer.get()) = time_of(frame.index);
  GST_BUFFER_DURATION(buffer.get()) = time_of(frame.index + 1) - time_of(frame.index);
  if (gst_app_src_push_buffer(GST_APP_SRC(source_), buffer.release()) != GST_FLOW_OK) {
    throw_failure();
  }
  pushed_++;
}

void Mp4Writer::Impl::drain() {
  if (!meter_.wait_for(pushed_)) throw_failure();
}

void Mp4Writer::Impl::finish() {
  if (pushed_ == 0) {
    throw Error(ErrorCode::invalid_argument,
                "output " + options_.path + ": no frame was made, so no file was written");
  }
  gst_app_src_end_of_stream(GST_APP_SRC(source_));
  bool failed = false;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [this] { return eos_ || !failure_.empty(); });
    failed = !failure_.empty();
  }
  stop();
  if (failed) throw_failure();
  if (part_) part_->commit();
}

void Mp4Writer::Impl::stop() {
  if (std::exchange(stopped_, true)) return;
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

Mp4Writer::Mp4Writer(const Mp4WriterOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Mp4Writer::~Mp4Writer() = default;
void Mp4Writer::push(const Frame& frame) { impl_->push(frame); }
void Mp4Writer::drain() { impl_->drain(); }
void Mp4Writer::finish() { impl_->finish(); }
EncodeStats Mp4Writer::stats() const { return impl_->stats(); }

}  // namespace vita
