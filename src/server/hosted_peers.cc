// The WebRTC viewers of a session.
#include <algorithm>
#include <utility>

#include "server/hosted_session.h"
#include "server/random_bytes.h"

namespace vita {
namespace {

constexpr int64_t kConnectUs = 20'000'000;  // from the offer to a connection
constexpr int kMessagesWaiting = 256;

}  // namespace

HostedSession::Peer* HostedSession::find_peer(const std::string& id) {
  const auto found =
      std::find_if(peers_.begin(), peers_.end(), [&](const Peer& peer) { return peer.id == id; });
  return found == peers_.end() ? nullptr : &*found;
}

std::shared_ptr<WebrtcPeer> HostedSession::peer(const std::string& id) const {
  for (const Peer& peer : peers_) {
    if (peer.id == id && !peer.hung_up) return peer.peer;
  }
  throw HttpError(404, "not_found", "the session has no such peer");
}

// GStreamer's threads call these; all they do is to pass it on to the loop.
WebrtcPeerCallbacks HostedSession::peer_callbacks(const std::string& id, Role role) {
  const auto pass = [weak = weak_from_this(), &loop = services_.loop](auto call) {
    loop.post([weak, call = std::move(call)] {
      if (const std::shared_ptr<HostedSession> self = weak.lock()) call(*self);
    });
  };
  WebrtcPeerCallbacks callbacks;
  callbacks.answered = [pass, id](const std::string& sdp) {
    pass([id, sdp](HostedSession& self) { self.peer_answered(id, sdp); });
  };
  callbacks.connected = [pass] { pass([](HostedSession& self) { self.need_key(); }); };
  callbacks.channel_open = [pass, id, role] {
    pass([id, role](HostedSession& self) { self.peer_channel_open(id, role); });
  };
  callbacks.message = [pass, id, waiting = std::make_shared<std::atomic<int>>(0),
                       &metrics = services_.metrics](std::string_view text) {
    if (waiting->fetch_add(1) >= kMessagesWaiting) {
      waiting->fetch_sub(1);
      metrics.add("vitascope_queue_dropped_total", 1, "messages_to_network");
      return;
    }
    pass([id, waiting, held = std::string(text)](HostedSession& self) {
      waiting->fetch_sub(1);
      Peer* peer = self.find_peer(id);
      if (!peer || !peer->channel || self.ending_) return;
      const std::shared_ptr<ControlChannel> channel = peer->channel;
      channel->receive(held);
    });
  };
  callbacks.key_needed = [pass] { pass([](HostedSession& self) { self.need_key(); }); };
  callbacks.stats = [pass, id](const WebrtcPeerStats& stats) {
    pass([id, stats](HostedSession& self) { self.peer_stats(id, stats); });
  };
  callbacks.closed = [pass, id](const std::string& reason) {
    pass([id, reason](HostedSession& self) { self.peer_closed(id, reason); });
  };
  return callbacks;
}

void HostedSession::add_peer(Role role, const HttpExchangePtr& exchange) {
  check_viewers();
  Peer peer;
  peer.id = "p_" + random_hex(8);
  peer.viewer = ++last_id_;
  peer.made_us = g_get_monotonic_time();
  WebrtcPeerOptions options;
  options.offer = std::string(exchange->body());
  peer.peer = std::make_shared<WebrtcPeer>(options, peer_callbacks(peer.id, role));
  exchange->defer();
  peer.exchange = exchange;
  services_.metrics.add("vitascope_viewers", 1, "webrtc");
  peers_.push_back(std::move(peer));
}

void HostedSession::peer_answered(const std::string& id, const std::string& sdp) {
  Peer* peer = find_peer(id);
  if (!peer || !peer->exchange) return;
  const HttpExchangePtr exchange = std::exchange(peer->exchange, nullptr);
  exchange->set_header("Location", "/v1/sessions/" + id_ + "/whep/" + id);
  exchange->set_header("Cache-Control", "no-store");
  exchange->answer_text(201, "application/sdp", sdp);
  if (!ending_) room_->add_peer(peer->peer);
}

void HostedSession::peer_channel_open(const std::string& id, Role role) {
  Peer* peer = find_peer(id);
  if (!peer || peer->channel || !open()) return;
  const std::weak_ptr<WebrtcPeer> weak = peer->peer;
  ControlChannel::Wire wire;
  wire.send = [weak](const std::string& text) {
    const std::shared_ptr<WebrtcPeer> held = weak.lock();
    return held && held->send_message(text);
  };
  wire.close = [weak](uint16_t, const std::string&) {
    if (const std::shared_ptr<WebrtcPeer> held = weak.lock()) held->close();
  };
  try {
    peer->channel = add_channel(role, std::move(wire));
  } catch (const HttpError&) {
    peer->peer->close();
  }
}

void HostedSession::peer_stats(const std::string& id, const WebrtcPeerStats& stats) {
  Peer* peer = find_peer(id);
  if (!peer || !open()) return;
  const int64_t dropped = stats.units_dropped - peer->seen.units_dropped;
  if (dropped > 0) {
    services_.metrics.add("vitascope_queue_dropped_total", static_cast<double>(dropped),
                          "webrtc_pictures");
  }
  peer->seen = stats;
  if (!stats.reported) return;
  use_bitrate(bitrate_.update(peer->viewer, {stats.loss, stats.rtt_ms}, g_get_monotonic_time()));
}

void HostedSession::peer_closed(const std::string& id, const std::string& reason) {
  Peer* peer = find_peer(id);
  if (!peer) return;
  services_.log.write(LogLevel::info, "viewer gone",
                      {{"session", id_}, {"peer", id}, {"reason", reason}});
  if (peer->exchange) {
    peer->exchange->answer_error({500, "internal", "no answer could be made: " + reason});
  }
  if (peer->channel) remove_channel(peer->channel->id());
  bitrate_.remove(peer->viewer);
  peer_dropped_ += static_cast<uint64_t>(peer->seen.units_dropped + peer->seen.messages_dropped);
  if (room_) room_->remove_peer(peer->peer.get());
  services_.metrics.add("vitascope_viewers", -1, "webrtc");
  active_us_ = g_get_monotonic_time();
  peers_.erase(peers_.begin() + (peer - peers_.data()));
}

void HostedSession::close_unconnected_peers(int64_t now_us) {
  for (Peer& peer : peers_) {
    if (peer.hung_up || peer.peer->connected() || now_us - peer.made_us < kConnectUs) continue;
    peer.hung_up = true;
    peer.peer->close();
  }
}

}  // namespace vita
