#include "media/fragment_writer.h"

#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/error.h"
#include "media/fragment_scan.h"
#include "media/gst_handles.h"
#include "media/initialise.h"
#include "media/part_file.h"
#include "media/pipeline.h"

namespace vita {
namespace {

constexpr size_t kMostWaiting = 120;
constexpr size_t kMostWaitingBytes = 16 << 20;
constexpr guint kTicksPerSecond = 90'000;
constexpr int kUnbuffered = 2;  // filesink's buffer-mode: what it was given is the system's at once

const FragmentWriterOptions& checked(const FragmentWriterOptions& o) {
  const auto require = [](bool holds, const std::string& found, const char* expected) {
    if (holds) return;
    throw Error(ErrorCode::invalid_argument,
                "recording: found " + found + ", expected " + expected);
  };
  require(o.max_bytes > 0, "a limit of " + std::to_string(o.max_bytes) + " bytes", "more than 0");
  require(o.max_seconds > 0 && o.max_seconds <= 1e6,
          "a limit of " + std::to_string(o.max_seconds) + " s", "more than 0 and at most 1000000");
  require(o.fragment_seconds >= 0.1 && o.fragment_seconds <= 60,
          "fragments of " + std::to_string(o.fragment_seconds) + " s", "0.1 to 60");
  return o;
}

// A buffer over the unit's bytes, which live as long as it does.
GstBufferOwner share(const AccessUnit& unit, int64_t time_us) {
  using Bytes = std::shared_ptr<const uint8_t>;
  GstBufferOwner buffer(gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, const_cast<uint8_t*>(unit.data.get()), unit.size, 0, unit.size,
      new Bytes(unit.data), [](gpointer bytes) { delete static_cast<Bytes*>(bytes); }));
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(time_us) * 1000;
  GST_BUFFER_DTS(buffer.get()) = GST_BUFFER_PTS(buffer.get());  // nothing is reordered
  if (!unit.key) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

}  // namespace

// Threads: the pusher; GStreamer's, which take pictures from the queue (next) and write them; and
// ours, which waits for the end, whoever causes it, and alone stops the pipeline and completes the
// file. A streaming thread could not: stopping would wait for itself.
class FragmentWriter::Impl {
 public:
  Impl(const FragmentWriterOptions& options, FragmentWriterCallbacks callbacks)
      : options_(checked(options)), callbacks_(std::move(callbacks)) {
    initialise_media();
    part_.emplace(options_.path);
    build();
    if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
      stop_pipeline();
      throw Error(ErrorCode::io, "recording " + options_.path + ": " +
                                     (failure_.empty() ? "GStreamer cannot start" : failure_));
    }
    completer_ = std::thread([this] { complete(); });
  }
  ~Impl() {
    close();
    completer_.join();
  }

  bool push(const AccessUnit& unit);
  RecordingStatus finish();
  RecordingStatus status() const;

 private:
  enum class Verdict { queued, dropped, full, over };

  void build();
  Verdict enqueue(const AccessUnit& unit);
  bool within_limits(const AccessUnit& unit) const;
  GstBufferOwner next();
  void close();
  void fail(const std::string& text);
  void end_of_stream();
  void stop_pipeline();
  void complete();
  void name_file();
  void correct_status(const PlayablePart& part);

  const FragmentWriterOptions options_;
  const FragmentWriterCallbacks callbacks_;
  std::optional<PartFile> part_;  // goes after the pipeline that writes it
  GstOwner<GstElement> pipeline_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<AccessUnit> queue_;
  size_t queued_bytes_ = 0;
  bool key_awaited_ = true;  // nothing can be decoded before one
  bool closing_ = false;     // nothing more is accepted
  bool full_ = false;        // since a limit was reached
  bool written_ = false;     // the muxer has written its last byte
  bool completed_ = false;
  std::string failure_;
  int64_t accepted_ = 0, accepted_bytes_ = 0;
  int64_t first_us_ = 0, last_us_ = std::numeric_limits<int64_t>::min();  // of the accepted ones
  std::vector<int64_t> times_us_;  // of the pictures that the muxer has, from the first on
  RecordingStatus status_;

  std::thread completer_;
};

void FragmentWriter::Impl::build() {
  pipeline_ = make_pipeline();
  GstBin* bin = GST_BIN(pipeline_.get());
  const GstCapsOwner stream(gst_caps_new_simple("video/x-h264", "stream-format", G_TYPE_STRING,
                                                "byte-stream", "alignment", G_TYPE_STRING, "au",
                                                nullptr));
  const GstCapsOwner boxed(gst_caps_new_simple("video/x-h264", "stream-format", G_TYPE_STRING,
                                               "avc", "alignment", G_TYPE_STRING, "au", nullptr));
  GstElement* source = add_pull_source(bin, stream.get(), [this] { return next(); });
  GstElement* parser = add_element(bin, "h264parse", "gstreamer1.0-plugins-bad");
  GstElement* muxer = add_element(bin, "mp4mux", "gstreamer1.0-plugins-good");
  GstElement* sink = add_element(bin, "filesink", "gstreamer1.0-plugins-base");
  const auto fragment_ms = static_cast<guint>(std::lround(options_.fragment_seconds * 1000));
  g_object_set(muxer, "fragment-duration", fragment_ms, "trak-timescale", kTicksPerSecond, nullptr);
  g_object_set(sink, "location", part_->part_path().c_str(), "buffer-mode", kUnbuffered, "sync",
               FALSE, "async", FALSE, nullptr);
  if (!gst_element_link(source, parser) || !gst_element_link_filtered(parser, muxer, boxed.get()) ||
      !gst_element_link(muxer, sink)) {
    throw Error(ErrorCode::internal, "GStreamer's recording elements do not link");
  }
  watch_bus(pipeline_.get(),
            {[this](const std::string& text) { fail(text); }, [this] { end_of_stream(); }});
}

bool FragmentWriter::Impl::push(const AccessUnit& unit) {
  Verdict verdict;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    verdict = enqueue(unit);
    if (verdict == Verdict::full) full_ = closing_ = true;
  }
  changed_.notify_all();
  if (verdict == Verdict::dropped && callbacks_.key_needed) callbacks_.key_needed();
  return verdict == Verdict::queued;
}

FragmentWriter::Impl::Verdict FragmentWriter::Impl::enqueue(const AccessUnit& unit) {
  if (closing_ || !failure_.empty()) return Verdict::over;
  if (key_awaited_ && !unit.key) {
    status_.dropped += accepted_ > 0;
    return Verdict::dropped;
  }
  if (!within_limits(unit)) return Verdict::full;
  if (queue_.size() >= kMostWaiting || queued_bytes_ + unit.size > kMostWaitingBytes ||
      unit.pts_us <= last_us_ || unit.size == 0) {
    key_awaited_ = true;
    status_.dropped++;
    return Verdict::dropped;
  }
  if (accepted_++ == 0) {
    first_us_ = unit.pts_us;
    status_.state = RecordingState::recording;
  }
  key_awaited_ = false;
  last_us_ = unit.pts_us;
  accepted_bytes_ += static_cast<int64_t>(unit.size);
  queued_bytes_ += unit.size;
  queue_.push_back(unit);
  return Verdict::queued;
}

bool FragmentWriter::Impl::within_limits(const AccessUnit& unit) const {
  const double seconds = accepted_ > 0 ? static_cast<double>(unit.pts_us - first_us_) * 1e-6 : 0;
  return seconds < options_.max_seconds &&
         static_cast<int64_t>(unit.size) <= options_.max_bytes - accepted_bytes_;
}

// What the muxer gets when it has nothing left; nothing when there will be no more.
GstBufferOwner FragmentWriter::Impl::next() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !queue_.empty() || closing_ || !failure_.empty(); });
  if (queue_.empty() || !failure_.empty()) return nullptr;
  const AccessUnit unit = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= unit.size;
  const int64_t time_us = unit.pts_us - first_us_;
  times_us_.push_back(time_us);
  status_.frames++;
  status_.bytes += static_cast<int64_t>(unit.size);
  status_.seconds = static_cast<double>(time_us) * 1e-6;
  lock.unlock();
  return share(unit, time_us);
}

void FragmentWriter::Impl::close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
}

// The first error counts; what follows are its consequences.
void FragmentWriter::Impl::fail(const std::string& text) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_.empty()) failure_ = text;
  }
  changed_.notify_all();
}

void FragmentWriter::Impl::end_of_stream() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    written_ = true;
  }
  changed_.notify_all();
}

void FragmentWriter::Impl::stop_pipeline() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

void FragmentWriter::Impl::complete() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock,
                  [this] { return written_ || !failure_.empty() || (closing_ && accepted_ == 0); });
    // A muxer that never had a picture reports that as an error of its own.
    if (accepted_ == 0 && closing_) failure_.clear();
    closing_ = true;
  }
  changed_.notify_all();
  stop_pipeline();
  try {
    name_file();
  } catch (const Error& error) {
    part_->leave();  // for recover_recordings()
    fail(error.what());
  }
  RecordingStatus result;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_.empty()) {
      status_.state = RecordingState::failed;
      status_.error = "recording " + options_.path + ": " + failure_;
    } else {
      status_.state = full_ ? RecordingState::full : RecordingState::finished;
    }
    queue_.clear();
    completed_ = true;
    result = status_;
  }
  changed_.notify_all();
  const bool by_itself =
      result.state == RecordingState::full || result.state == RecordingState::failed;
  if (by_itself && callbacks_.ended) callbacks_.ended(result);
}

// Gives the file its name; without a picture in it, removes it.
void FragmentWriter::Impl::name_file() {
  bool broken = false, empty = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    broken = !failure_.empty();
    empty = accepted_ == 0;
  }
  if (broken) {
    const PlayablePart part = cut_to_playable_part(part_->part_path());
    correct_status(part);
    empty = part.frames == 0;
  }
  if (empty) {
    part_.reset();
  } else {
    part_->commit();
  }
}

void FragmentWriter::Impl::correct_status(const PlayablePart& part) {
  const std::lock_guard<std::mutex> lock(mutex_);
  status_.frames = part.frames;
  status_.bytes = part.picture_bytes;
  const size_t kept = std::min(times_us_.size(), static_cast<size_t>(part.frames));
  status_.seconds = kept == 0 ? 0 : static_cast<double>(times_us_[kept - 1]) * 1e-6;
}

RecordingStatus FragmentWriter::Impl::finish() {
  close();
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return completed_; });
  return status_;
}

RecordingStatus FragmentWriter::Impl::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

FragmentWriter::FragmentWriter(const FragmentWriterOptions& options,
                               FragmentWriterCallbacks callbacks)
    : impl_(std::make_unique<Impl>(options, std::move(callbacks))) {}
FragmentWriter::~FragmentWriter() = default;
bool FragmentWriter::push(const AccessUnit& unit) { return impl_->push(unit); }
RecordingStatus FragmentWriter::finish() { return impl_->finish(); }
RecordingStatus FragmentWriter::status() const { return impl_->status(); }

}  // namespace vita
