// One viewer over WebRTC: answers its offer, sends it encoded pictures, exchanges messages.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "media/access_unit.h"

namespace vita {

struct WebrtcPeerOptions {
  std::string offer;               // SDP of the browser: receives video, may open one data channel
  std::string stun_server;         // "stun://host:port"; empty: none
  int min_port = 0, max_port = 0;  // UDP ports of ours; 0, 0: any
  size_t max_message_bytes = 16 * 1024;    // larger ones of the browser are dropped and counted
  size_t max_buffered_bytes = 256 * 1024;  // of messages to the browser that wait
  size_t max_queued_units = 8;        // pictures; beyond that they are dropped up to a key frame
  int64_t key_interval_us = 500'000;  // key frames are asked for at most this often
  int64_t stats_interval_us = 1'000'000;
};

// What the browser reports of the path, and what we sent. All since the start but for loss and rtt.
struct WebrtcPeerStats {
  double loss = 0;                                        // share of packets lost lately, 0 to 1
  double rtt_ms = 0;                                      // 0: not known yet
  int64_t packets_lost = 0, nacks = 0, key_requests = 0;  // PLI and FIR
  int64_t packets_sent = 0, bytes_sent = 0;
  int64_t units_sent = 0, units_dropped = 0;
  int64_t messages_received = 0, messages_sent = 0, messages_dropped = 0;  // dropped: both ways
  bool reported = false;  // the browser has reported since the last statistics
};

// Run on threads of GStreamer, one at a time, and must not block. None begins after the destructor.
// Each may be left empty. They may call every method of the peer, and destroy it.
struct WebrtcPeerCallbacks {
  std::function<void(const std::string& sdp)> answered;  // once, with all candidates gathered
  std::function<void()> connected;                       // once: ICE and DTLS are through
  std::function<void()> channel_open;                    // send_message() works from now on
  std::function<void(std::string_view text)> message;    // UTF-8 text of the data channel
  std::function<void()> key_needed;                      // please make the next picture a key frame
  std::function<void(const WebrtcPeerStats&)> stats;     // at stats_interval_us once connected
  // Last of all, once: everything is torn down. "closed" after close(), else what went wrong or
  // "the viewer has gone".
  std::function<void(const std::string& reason)> closed;
};

// Owns a GStreamer pipeline with webrtcbin; any thread may call any method. A peer that never
// connects stays until somebody closes it: the server decides how long to wait.
// Do not hold a lock that a callback takes while destroying a peer.
class WebrtcPeer {
 public:
  // Parses the offer and starts; the answer comes through `answered`. Throws what read_sdp_offer()
  // throws, and Error{unsupported} for a missing part of GStreamer.
  WebrtcPeer(const WebrtcPeerOptions& options, WebrtcPeerCallbacks callbacks);
  // Closes and, unless called from a callback, waits until everything is torn down (some ten
  // milliseconds; nothing after `closed`).
  ~WebrtcPeer();

  // Trickle: one candidate line of the browser. False if it is none, or too many came (64).
  bool add_candidate(int mline, std::string_view candidate);
  // Shares the unit's bytes and queues them. False if it was dropped: not connected, no key frame
  // yet, or a full queue. The RTP time stamp is pts_us * 9 / 100 modulo 2^32.
  bool send(const AccessUnit& unit);
  // False, and counted, without an open channel, or when max_buffered_bytes would be exceeded.
  bool send_message(const std::string& text);
  // Hangs up; returns at once.
  void close();

  bool connected() const;
  bool closed() const;  // closing or closed, for whatever reason
  WebrtcPeerStats stats() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

// Makes a peer and throws it away: loads plugins, makes the first certificate. Takes 0.1 to 1.5 s
// once in a process, which the first viewer would wait for otherwise. Throws as WebrtcPeer does.
void warm_up_webrtc();

}  // namespace vita
