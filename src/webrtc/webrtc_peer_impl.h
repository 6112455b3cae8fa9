// What a WebrtcPeer is made of; only its two sources include this.
#pragma once
#include <gst/gst.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "webrtc/message_channel.h"
#include "webrtc/peer_pipeline.h"
#include "webrtc/sdp_offer.h"
#include "webrtc/webrtc_peer.h"

namespace vita {

// Shared by the peer, by GStreamer's callbacks while they run (they hold it weakly otherwise), and
// by the thread that tears it down. Negotiation is in webrtc_negotiation.cc.
class WebrtcPeer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(const WebrtcPeerOptions& options, WebrtcPeerCallbacks callbacks);

  void start();
  bool add_candidate(int mline, std::string_view candidate);
  bool send(const AccessUnit& unit);
  bool send_message(const std::string& text);
  void close(const std::string& reason);
  // No callback begins after this.
  void detach();
  bool connected() const { return connected_ && !closing_; }
  bool closed() const { return closing_; }
  WebrtcPeerStats stats() const;

 private:
  // webrtc_negotiation.cc
  void negotiate();
  void make_answer();
  void set_answer(const GstStructure* reply);
  void deliver_answer();
  void note_gathering();

  void start_ticks();
  void tick();
  void note_connection();
  void note_channel(gpointer channel);
  void note_key_request();
  void ask_for_key();
  void ask_for_stats();
  void take_stats(const GstStructure* reply);
  void tear_down();
  template <class Callback, class... Arguments>
  void invoke(const Callback& callback, const Arguments&... arguments);

  const WebrtcPeerOptions options_;
  const WebrtcPeerCallbacks callbacks_;
  const SdpOffer offer_;
  PeerPipeline pipeline_;
  GstClockID ticks_ = nullptr;  // of tear_down() and start() only
  const int64_t started_us_;

  std::atomic<bool> connected_{false}, closing_{false}, answered_{false};
  std::atomic<int> candidates_{0};

  // Callbacks run under the gate, so one at a time, and the destructor can shut it.
  std::recursive_mutex gate_;
  bool gone_ = false;
  std::atomic<std::thread::id> in_callback_{};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable finished_changed_;
  bool finished_ = false, need_key_ = true;
  std::string reason_;
  int64_t asked_key_us_ = 0, asked_stats_us_ = 0, disconnected_us_ = 0;
  bool key_wanted_ = false;
  WebrtcPeerStats stats_;
  std::shared_ptr<MessageChannel> channel_;
};

// Runs a callback under the gate; none begins once the peer is gone.
template <class Callback, class... Arguments>
void WebrtcPeer::Impl::invoke(const Callback& callback, const Arguments&... arguments) {
  const std::lock_guard<std::recursive_mutex> lock(gate_);
  if (gone_ || !callback) return;
  const std::thread::id before = in_callback_.exchange(std::this_thread::get_id());
  callback(arguments...);
  in_callback_ = before;
}

}  // namespace vita
