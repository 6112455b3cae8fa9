#include "server/live_room.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

constexpr size_t kUnitsToLoop = 64;
constexpr int64_t kRepeatStepUs = 100;  // from a picture to the same one again

}  // namespace

// One post to the loop at a time, whatever number of pictures it fetches. When the loop is slow all
// that wait go: its viewers need a key frame then.
struct LiveRoom::ToLoop {
  std::mutex mutex;
  EncodedUnits waiting;
  bool posted = false;
  uint64_t dropped = 0;

  // True if the caller must post.
  bool add(const AccessUnit& unit) {
    const std::lock_guard lock(mutex);
    if (waiting.units.size() == kUnitsToLoop) {
      dropped += waiting.units.size();
      waiting.units.clear();
      waiting.gap = true;
    }
    waiting.units.push_back(unit);
    return !std::exchange(posted, true);
  }
  EncodedUnits take() {
    const std::lock_guard lock(mutex);
    posted = false;
    return std::exchange(waiting, {});
  }
};

struct LiveRoom::Picture {
  std::vector<uint8_t> memory;
  Frame frame;

  void copy(const Frame& from) {
    const auto luma = static_cast<size_t>(from.width) * static_cast<size_t>(from.height);
    memory.resize(luma + luma / 2);
    frame = from;
    uint8_t* to = memory.data();
    frame.y = copy_plane(from.y, from.y_stride, from.width, from.height, to);
    frame.u = copy_plane(from.u, from.uv_stride, from.width / 2, from.height / 2, to);
    frame.v = copy_plane(from.v, from.uv_stride, from.width / 2, from.height / 2, to);
    frame.y_stride = from.width;
    frame.uv_stride = from.width / 2;
  }

 private:
  static const uint8_t* copy_plane(const uint8_t* from, int stride, int width, int height,
                                   uint8_t*& to) {
    const uint8_t* start = to;
    for (int row = 0; row < height; row++, to += width) {
      std::memcpy(to, from + static_cast<ptrdiff_t>(row) * stride, static_cast<size_t>(width));
    }
    return start;
  }
};

LiveRoom::LiveRoom(const RoomServices& services, const LiveOptions& options, int bitrate_kbps,
                   RoomCallbacks callbacks)
    : services_(services),
      options_(options),
      bitrate_kbps_(bitrate_kbps),
      callbacks_(std::make_shared<const RoomCallbacks>(std::move(callbacks))),
      to_loop_(std::make_shared<ToLoop>()),
      latest_picture_(std::make_unique<Picture>()),
      thread_([this] { run(); }) {}

LiveRoom::~LiveRoom() {
  stop();
  thread_.join();
  encoder_.reset();  // its callbacks use the other members
}

// The room's thread: what it throws ends this room and nothing else.
void LiveRoom::run() {
  std::string failure;
  try {
    make_frames();
    const std::lock_guard lock(consumers_mutex_);
    failure = failure_;
  } catch (const std::exception& error) {
    failure = error.what();
  }
  services_.loop.post([callbacks = callbacks_, failure] { callbacks->ended(failure); });
}

void LiveRoom::make_frames() {
  // The encoder opens x264 on a thread of its own while the world is opened here.
  encoder_ = services_.encoders.take({options_.width, options_.height, options_.fps, bitrate_kbps_,
                                      LiveEncoderOptions{}.key_interval_s});
  encoder_->set_callbacks({[this](const AccessUnit& unit) { send(unit); },
                           [this](const std::string& reason) { encoder_failed(reason); }});
  try {
    auto live = std::make_unique<LiveSession>(services_.model, options_, clock_);
    const std::lock_guard lock(open_mutex_);
    live_ = std::move(live);
    if (stopping_) live_->stop();
  } catch (const Error& error) {
    services_.loop.post([callbacks = callbacks_, error] { callbacks->refused(error); });
    return;
  }
  encoder_->encoder().prime();
  services_.loop.post([callbacks = callbacks_, understanding = live_->understanding()] {
    callbacks->opened(understanding);
  });
  while (const Frame* frame = live_->next()) {
    push(*frame, false);
    services_.loop.post([callbacks = callbacks_] { callbacks->progressed(); });
  }
}

int64_t LiveRoom::pts_us(int64_t frame) const {
  return std::llround(static_cast<double>(frame) * 1e6 / options_.fps);
}

void LiveRoom::push(const Frame& frame, bool again) {
  const std::lock_guard lock(push_mutex_);
  // Times must grow; after repetitions a frame may be a little later than its place.
  const int64_t earliest_us = pushed_pts_us_ + kRepeatStepUs;
  pushed_pts_us_ = again ? earliest_us : std::max(pts_us(frame.index), earliest_us);
  encoder_->encoder().push(frame, pushed_pts_us_);
  if (!again) latest_picture_->copy(frame);
}

uint64_t LiveRoom::post(const Control& control) {
  const uint64_t id = live_->post(control);
  // What waits for the encoder shows the world as it was.
  if (std::holds_alternative<PromptControl>(control) ||
      std::holds_alternative<CameraControl>(control) ||
      std::holds_alternative<ResetControl>(control)) {
    encoder_->encoder().flush();
  }
  return id;
}

void LiveRoom::request_key() {
  encoder_->encoder().request_key();
  if (!live_->paused()) return;
  bool pushed = false;
  {
    const std::lock_guard lock(push_mutex_);
    pushed = !latest_picture_->memory.empty();
  }
  if (pushed) push(latest_picture_->frame, true);
}

void LiveRoom::set_bitrate(int kbps) { encoder_->encoder().set_bitrate(kbps); }

// The encoder's thread.
void LiveRoom::send(const AccessUnit& unit) {
  {
    const std::lock_guard lock(consumers_mutex_);
    latest_unit_ = unit;
    for (const std::shared_ptr<WebrtcPeer>& peer : peers_) peer->send(unit);
    if (recorder_) recorder_->push(unit);
  }
  if (!to_loop_->add(unit)) return;
  services_.loop.post(
      [callbacks = callbacks_, queue = to_loop_] { callbacks->encoded(queue->take()); });
}

void LiveRoom::encoder_failed(const std::string& reason) {
  {
    const std::lock_guard lock(consumers_mutex_);
    failure_ = "encoder: " + reason;
  }
  stop();
}

std::optional<AccessUnit> LiveRoom::held_key() {
  if (!live_->paused()) return std::nullopt;
  const std::lock_guard lock(consumers_mutex_);
  if (!latest_unit_.data || !latest_unit_.key) return std::nullopt;
  return latest_unit_;
}

RoomReport LiveRoom::report() {
  RoomReport r;
  r.stages = live_->stats();
  r.world = live_->status();
  r.encode = encoder_->encoder().stats();
  r.encoder = encoder_->encoder().counters();
  r.bitrate_kbps = encoder_->encoder().bitrate_kbps();
  r.paused = live_->paused();
  r.tier = live_->tier();
  {
    const std::lock_guard lock(to_loop_->mutex);
    r.loop_dropped = to_loop_->dropped;
  }
  const std::lock_guard lock(consumers_mutex_);
  r.frame = latest_unit_.data ? latest_unit_.frame : -1;
  return r;
}

void LiveRoom::stop() {
  const std::lock_guard lock(open_mutex_);
  stopping_ = true;
  if (live_) live_->stop();
}

void LiveRoom::add_peer(std::shared_ptr<WebrtcPeer> peer) {
  const std::lock_guard lock(consumers_mutex_);
  peers_.push_back(std::move(peer));
}

void LiveRoom::remove_peer(const WebrtcPeer* peer) {
  std::vector<std::shared_ptr<WebrtcPeer>> gone;  // destroyed without the lock
  const std::lock_guard lock(consumers_mutex_);
  const auto is_it = [peer](const auto& held) { return held.get() == peer; };
  const auto first = std::stable_partition(peers_.begin(), peers_.end(), std::not_fn(is_it));
  std::move(first, peers_.end(), std::back_inserter(gone));
  peers_.erase(first, peers_.end());
}

std::shared_ptr<FragmentWriter> LiveRoom::set_recorder(std::shared_ptr<FragmentWriter> recorder) {
  const std::lock_guard lock(consumers_mutex_);
  return std::exchange(recorder_, std::move(recorder));
}

}  // namespace vita
