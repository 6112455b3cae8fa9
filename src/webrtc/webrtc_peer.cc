#include "webrtc/webrtc_peer.h"

#include <gst/webrtc/webrtc.h>

#include <chrono>
#include <utility>

#include "core/error.h"
#include "core/thread_time.h"
#include "media/initialise.h"
#include "webrtc/peer_stats.h"
#include "webrtc/promise.h"
#include "webrtc/webrtc_peer_impl.h"

namespace vita {
namespace {

constexpr int64_t kTickUs = 250'000;
constexpr int64_t kGatherUs = 2'000'000;      // then the answer goes without the missing candidates
constexpr int64_t kDisconnectUs = 5'000'000;  // ICE may find another path for so long
constexpr int kMaxCandidates = 64;

const WebrtcPeerOptions& checked(const WebrtcPeerOptions& o) {
  const bool any = o.min_port == 0 && o.max_port == 0;
  if (!any && (o.min_port < 1 || o.max_port > 65535 || o.min_port > o.max_port)) {
    throw Error(ErrorCode::invalid_argument,
                "WebRTC: found the ports " + std::to_string(o.min_port) + " to " +
                    std::to_string(o.max_port) + ", expected a range within 1 to 65535");
  }
  initialise_media();
  return o;
}

}  // namespace

WebrtcPeer::Impl::Impl(const WebrtcPeerOptions& options, WebrtcPeerCallbacks callbacks)
    : options_(checked(options)),
      callbacks_(std::move(callbacks)),
      offer_(read_sdp_offer(options.offer)),
      pipeline_(offer_, options, [this] { note_key_request(); }),
      started_us_(monotonic_us()) {}

void WebrtcPeer::Impl::start() {
  const std::weak_ptr<Impl> weak = weak_from_this();
  const auto on = [&](const char* signal, auto call) {
    connect_signal(pipeline_.webrtc(), signal, [weak, call](gpointer argument) {
      const auto self = weak.lock();
      if (self && !self->closing_) call(*self, argument);
    });
  };
  on("notify::connection-state", [](Impl& self, gpointer) { self.note_connection(); });
  on("notify::ice-gathering-state", [](Impl& self, gpointer) { self.note_gathering(); });
  on("on-data-channel", [](Impl& self, gpointer channel) { self.note_channel(channel); });
  pipeline_.start([weak](const std::string& text) {
    if (const auto self = weak.lock()) self->close(text);
  });
  start_ticks();
  negotiate();
}

// A clock's periodic call instead of a thread of our own.
void WebrtcPeer::Impl::start_ticks() {
  const GstOwner<GstClock> clock(gst_system_clock_obtain());
  constexpr GstClockTime kPeriod = kTickUs * 1000;
  ticks_ =
      gst_clock_new_periodic_id(clock.get(), gst_clock_get_time(clock.get()) + kPeriod, kPeriod);
  const auto call = [](GstClock*, GstClockTime, GstClockID, gpointer data) -> gboolean {
    if (const auto self = static_cast<std::weak_ptr<Impl>*>(data)->lock()) self->tick();
    return TRUE;
  };
  const auto destroy = [](gpointer data) { delete static_cast<std::weak_ptr<Impl>*>(data); };
  gst_clock_id_wait_async(ticks_, call, new std::weak_ptr<Impl>(weak_from_this()), destroy);
}

void WebrtcPeer::Impl::tick() {
  if (closing_) return;
  const int64_t now_us = monotonic_us();
  // One thread ticks for all peers: it must not wait for a callback of this one.
  const std::unique_lock<std::recursive_mutex> gate(gate_, std::try_to_lock);
  if (!gate) return;
  if (!answered_ && now_us - started_us_ > kGatherUs) deliver_answer();
  bool gone = false, stats_due = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    gone = disconnected_us_ > 0 && now_us - disconnected_us_ > kDisconnectUs;
    stats_due = connected_ && now_us - asked_stats_us_ >= options_.stats_interval_us;
    if (stats_due) asked_stats_us_ = now_us;
  }
  if (gone) {
    close("the viewer has gone");
    return;
  }
  ask_for_key();
  if (stats_due) ask_for_stats();
}

void WebrtcPeer::Impl::note_connection() {
  GstWebRTCPeerConnectionState state{};
  g_object_get(pipeline_.webrtc(), "connection-state", &state, nullptr);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) close("the connection failed");
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED) close("the viewer has gone");
  const bool up = state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool lost = state == GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED;
    disconnected_us_ = lost ? monotonic_us() : 0;
    if (up && !connected_) key_wanted_ = true;
  }
  if (!up || connected_.exchange(true)) return;
  invoke(callbacks_.connected);
  ask_for_key();
}

void WebrtcPeer::Impl::note_channel(gpointer raw) {
  const std::weak_ptr<Impl> weak = weak_from_this();
  MessageChannel::Callbacks on;
  on.open = [weak] {
    if (const auto self = weak.lock()) self->invoke(self->callbacks_.channel_open);
  };
  on.message = [weak](std::string_view text) {
    const auto self = weak.lock();
    if (!self || self->closing_) return;
    {
      const std::lock_guard<std::mutex> lock(self->mutex_);
      self->stats_.messages_received++;
    }
    self->invoke(self->callbacks_.message, text);
  };
  on.refused = [weak] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard<std::mutex> lock(self->mutex_);
    self->stats_.messages_dropped++;
  };
  const MessageChannel::Limits limits{options_.max_message_bytes, options_.max_buffered_bytes};
  const auto channel = std::make_shared<MessageChannel>(raw, limits, std::move(on));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (channel_) return;  // one is enough; whatever comes on another is not heard
    channel_ = channel;
  }
  channel->listen();
}

void WebrtcPeer::Impl::note_key_request() {
  if (closing_) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stats_.key_requests++;
    key_wanted_ = true;
  }
  ask_for_key();
}

void WebrtcPeer::Impl::ask_for_key() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const int64_t now_us = monotonic_us();
    if (!connected_ || !key_wanted_ || now_us - asked_key_us_ < options_.key_interval_us) return;
    asked_key_us_ = now_us;
  }
  invoke(callbacks_.key_needed);
}

void WebrtcPeer::Impl::ask_for_stats() {
  const std::weak_ptr<Impl> weak = weak_from_this();
  GstPromise* promise = make_promise([weak](const GstStructure* reply) {
    const auto self = weak.lock();
    if (self && reply && !self->closing_) self->take_stats(reply);
  });
  g_signal_emit_by_name(pipeline_.webrtc(), "get-stats", nullptr, promise);
}

void WebrtcPeer::Impl::take_stats(const GstStructure* reply) {
  if (promise_error(reply)) return;
  WebrtcPeerStats now;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    read_peer_stats(reply, stats_);
    now = stats_;
  }
  invoke(callbacks_.stats, now);
}

bool WebrtcPeer::Impl::add_candidate(int mline, std::string_view candidate) {
  if (closing_ || mline < 0 || candidates_ >= kMaxCandidates) return false;
  try {
    const std::string line = read_ice_candidate(candidate);
    candidates_++;
    g_signal_emit_by_name(pipeline_.webrtc(), "add-ice-candidate", static_cast<guint>(mline),
                          line.c_str());
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool WebrtcPeer::Impl::send(const AccessUnit& unit) {
  if (!connected() || unit.pts_us < 0) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool full = pipeline_.level() >= options_.max_queued_units;
  if (full || (need_key_ && !unit.key)) {
    need_key_ = key_wanted_ = true;
    stats_.units_dropped++;
    return false;
  }
  if (unit.key) need_key_ = key_wanted_ = false;
  stats_.units_sent++;
  pipeline_.push(unit);
  return true;
}

bool WebrtcPeer::Impl::send_message(const std::string& text) {
  std::shared_ptr<MessageChannel> channel;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    channel = channel_;
  }
  const bool sent = channel && !closing_ && channel->send(text);
  const std::lock_guard<std::mutex> lock(mutex_);
  (sent ? stats_.messages_sent : stats_.messages_dropped)++;
  return sent;
}

// The pipeline may not be stopped by a thread of its own, and the caller may be one.
void WebrtcPeer::Impl::close(const std::string& reason) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closing_.exchange(true)) return;
    reason_ = reason;
  }
  const auto call = [](GstElement*, gpointer data) {
    (*static_cast<std::shared_ptr<Impl>*>(data))->tear_down();
  };
  const auto destroy = [](gpointer data) { delete static_cast<std::shared_ptr<Impl>*>(data); };
  gst_element_call_async(pipeline_.element(), call, new std::shared_ptr<Impl>(shared_from_this()),
                         destroy);
}

void WebrtcPeer::Impl::tear_down() {
  if (ticks_) {
    gst_clock_id_unschedule(ticks_);
    gst_clock_id_unref(std::exchange(ticks_, nullptr));
  }
  pipeline_.stop();
  std::string reason;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    channel_.reset();
    reason = reason_;
  }
  invoke(callbacks_.closed, reason);
  const std::lock_guard<std::mutex> lock(mutex_);
  finished_ = true;
  finished_changed_.notify_all();
}

void WebrtcPeer::Impl::detach() {
  const bool inside = in_callback_ == std::this_thread::get_id();
  {
    const std::lock_guard<std::recursive_mutex> lock(gate_);
    gone_ = true;
  }
  close("closed");
  if (inside) return;
  std::unique_lock<std::mutex> lock(mutex_);
  finished_changed_.wait(lock, [this] { return finished_; });
}

WebrtcPeerStats WebrtcPeer::Impl::stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stats_;
}

WebrtcPeer::WebrtcPeer(const WebrtcPeerOptions& options, WebrtcPeerCallbacks callbacks)
    : impl_(std::make_shared<Impl>(options, std::move(callbacks))) {
  impl_->start();
}
WebrtcPeer::~WebrtcPeer() { impl_->detach(); }
bool WebrtcPeer::add_candidate(int mline, std::string_view candidate) {
  return impl_->add_candidate(mline, candidate);
}
bool WebrtcPeer::send(const AccessUnit& unit) { return impl_->send(unit); }
bool WebrtcPeer::send_message(const std::string& text) { return impl_->send_message(text); }
void WebrtcPeer::close() { impl_->close("closed"); }
bool WebrtcPeer::connected() const { return impl_->connected(); }
bool WebrtcPeer::closed() const { return impl_->closed(); }
WebrtcPeerStats WebrtcPeer::stats() const { return impl_->stats(); }

}  // namespace vita
