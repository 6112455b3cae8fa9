#include "media/mp4_writer.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <ctime>
#include <mutex>
#include <optional>
#include <utility>

#include "core/error.h"
#include "media/encode_meter.h"
#include "media/gst_handles.h"
#include "media/part_file.h"

namespace vita {
namespace {

constexpr int kBuffers = 4;

GstElement* make_element(const char* factory, const char* package) {
  GstElement* element = gst_element_factory_make(factory, nullptr);
  if (element) return element;
  throw Error(ErrorCode::unsupported, std::string("GStreamer has no element ") + factory +
                                          "; install the package " + package);
}

int default_bitrate_kbps(int width, int height) {
  return std::max(500, static_cast<int>(8000.0 * width * height / (1280 * 720)));
}

GstCapsOwner make_caps(const Mp4WriterOptions& o) {
  int numerator = 0, denominator = 1;
  gst_util_double_to_fraction(o.fps, &numerator, &denominator);
  return GstCapsOwner(gst_caps_new_simple(
      "video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, o.width, "height",
      G_TYPE_INT, o.height, "framerate", GST_TYPE_FRACTION, numerator, denominator,
      "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, "interlace-mode", G_TYPE_STRING, "progressive",
      "colorimetry", G_TYPE_STRING, "bt601", nullptr));
}

void copy_plane(const uint8_t* from, int from_stride, uint8_t* to, int to_stride, int width,
                int height) {
  for (int row = 0; row < height; row++) {
    std::memcpy(to + static_cast<ptrdiff_t>(row) * to_stride,
                from + static_cast<ptrdiff_t>(row) * from_stride, static_cast<size_t>(width));
  }
}

}  // namespace

void initialise_media() {
  GError* error = nullptr;
  if (gst_init_check(nullptr, nullptr, &error)) return;
  const std::unique_ptr<GError, GErrorRelease> owner(error);
  throw Error(ErrorCode::unsupported, std::string("GStreamer cannot start: ") +
                                          (error ? error->message : "no reason given"));
}

// Threads: the owner's (push, drain, finish) and GStreamer's streaming thread, which encodes and
// writes and reports through on_message and the meter.
class Mp4Writer::Impl {
 public:
  explicit Impl(const Mp4WriterOptions& options) : options_(options) {
    initialise_media();
    if (!options_.path.empty()) part_.emplace(options_.path);
    build();
    make_pool();
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
  void make_pool();
  void stop();
  void copy(const Frame& frame, GstBuffer* buffer);
  [[noreturn]] void throw_failure();
  GstElement* add(const char* factory, const char* package);
  static GstBusSyncReply on_message(GstBus* bus, GstMessage* message, gpointer self);
  void note_error(GstMessage* message);

  Mp4WriterOptions options_;
  std::optional<PartFile> part_;  // goes after the pipeline that writes it
  EncodeMeter meter_;
  GstOwner<GstElement> pipeline_;
  GstElement* source_ = nullptr;  // owned by pipeline_
  GstOwner<GstBufferPool> pool_;
  GstVideoInfo info_{};
  int64_t pushed_ = 0;
  bool stopped_ = false;

  std::mutex mutex_;
  std::condition_variable ended_;
  bool eos_ = false;
  std::string failure_;
};

GstElement* Mp4Writer::Impl::add(const char* factory, const char* package) {
  GstElement* element = make_element(factory, package);
  gst_bin_add(GST_BIN(pipeline_.get()), element);
  return element;
}

void Mp4Writer::Impl::build() {
  pipeline_.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  source_ = add("appsrc", "gstreamer1.0-plugins-base");
  GstElement* encoder = add("x264enc", "gstreamer1.0-plugins-ugly");
  GstElement* sink = nullptr;
  const GstCapsOwner caps = make_caps(options_);
  gst_video_info_from_caps(&info_, caps.get());
  g_object_set(source_, "caps", caps.get(), "format", GST_FORMAT_TIME, "max-bytes", guint64{0},
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
    GstElement* parser = add("h264parse", "gstreamer1.0-plugins-bad");
    GstElement* muxer = add("mp4mux", "gstreamer1.0-plugins-good");
    sink = add("filesink", "gstreamer1.0-plugins-base");
    g_object_set(sink, "location", part_->part_path().c_str(), nullptr);
    linked = gst_element_link_many(source_, encoder, parser, muxer, sink, nullptr);
  } else {
    sink = add("fakesink", "gstreamer1.0-plugins-base");
    linked = gst_element_link_many(source_, encoder, sink, nullptr);
  }
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  if (!linked) throw Error(ErrorCode::internal, "GStreamer's encoding elements do not link");
  const GstOwner<GstBus> bus(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(bus.get(), on_message, this, nullptr);
}

void Mp4Writer::Impl::make_pool() {
  pool_.reset(gst_buffer_pool_new());
  const GstCapsOwner caps = make_caps(options_);
  GstStructure* config = gst_buffer_pool_get_config(pool_.get());
  gst_buffer_pool_config_set_params(config, caps.get(), static_cast<guint>(info_.size), kBuffers,
                                    kBuffers);
  if (!gst_buffer_pool_set_config(pool_.get(), config) ||
      !gst_buffer_pool_set_active(pool_.get(), TRUE)) {
    throw Error(ErrorCode::internal, "GStreamer cannot allocate " + std::to_string(kBuffers) +
                                         " pictures of " + std::to_string(info_.size) + " bytes");
  }
}

GstBusSyncReply Mp4Writer::Impl::on_message(GstBus*, GstMessage* message, gpointer self) {
  auto* writer = static_cast<Impl*>(self);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) writer->note_error(message);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    const std::lock_guard<std::mutex> lock(writer->mutex_);
    writer->eos_ = true;
    writer->ended_.notify_all();
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

// The first error counts; what follows are its consequences.
void Mp4Writer::Impl::note_error(GstMessage* message) {
  GError* raw_error = nullptr;
  gchar* raw_details = nullptr;
  gst_message_parse_error(message, &raw_error, &raw_details);
  const std::unique_ptr<GError, GErrorRelease> error(raw_error);
  const std::unique_ptr<gchar, GFree> details(raw_details);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_.empty()) {
      const bool full =
          g_error_matches(raw_error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
      failure_ = full ? "the disk is full" : raw_error->message;
      const char* last_line = raw_details ? std::strrchr(raw_details, '\n') : nullptr;
      if (!full && last_line) failure_ += std::string(" (") + (last_line + 1) + ")";
    }
    ended_.notify_all();
  }
  meter_.give_up();
  gst_buffer_pool_set_flushing(pool_.get(), TRUE);
}

void Mp4Writer::Impl::throw_failure() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string name = options_.path.empty() ? "encoder" : "output " + options_.path;
  throw Error(ErrorCode::io,
              name + ": " + (failure_.empty() ? "GStreamer failed without a reason" : failure_) +
                  "; nothing was kept under the final name");
}

void Mp4Writer::Impl::copy(const Frame& frame, GstBuffer* buffer) {
  GstVideoFrame picture;
  if (!gst_video_frame_map(&picture, &info_, buffer, GST_MAP_WRITE)) {
    throw Error(ErrorCode::internal, "GStreamer cannot map a picture for writing");
  }
  const std::array<const uint8_t*, 3> planes = {frame.y, frame.u, frame.v};
  for (int plane = 0; plane < 3; plane++) {
    copy_plane(planes[static_cast<size_t>(plane)], plane == 0 ? frame.y_stride : frame.uv_stride,
               static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&picture, plane)),
               GST_VIDEO_FRAME_PLANE_STRIDE(&picture, plane), frame.width >> (plane > 0),
               frame.height >> (plane > 0));
  }
  gst_video_frame_unmap(&picture);
}

void Mp4Writer::Impl::push(const Frame& frame) {
  if (frame.width != options_.width || frame.height != options_.height) {
    throw Error(ErrorCode::invalid_argument,
                "writer: found a frame of " + std::to_string(frame.width) + "x" +
                    std::to_string(frame.height) + ", expected " + std::to_string(options_.width) +
                    "x" + std::to_string(options_.height));
  }
  GstBuffer* raw = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_.get(), &raw, nullptr) != GST_FLOW_OK) throw_failure();
  GstBufferOwner buffer(raw);
  copy(frame, raw);
  const double period_ns = 1e9 / options_.fps;
  const auto time_of = [period_ns](int64_t index) {
    return static_cast<GstClockTime>(std::llround(static_cast<double>(index) * period_ns));
  };
  GST_BUFFER_PTS(raw) = time_of(frame.index);
  GST_BUFFER_DURATION(raw) = time_of(frame.index + 1) - time_of(frame.index);
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
  if (pool_) gst_buffer_pool_set_active(pool_.get(), FALSE);
}

Mp4Writer::Mp4Writer(const Mp4WriterOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Mp4Writer::~Mp4Writer() = default;
void Mp4Writer::push(const Frame& frame) { impl_->push(frame); }
void Mp4Writer::drain() { impl_->drain(); }
void Mp4Writer::finish() { impl_->finish(); }
EncodeStats Mp4Writer::stats() const { return impl_->stats(); }

}  // namespace vita
