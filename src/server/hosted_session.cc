#include "server/hosted_session.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace vita {
namespace {

constexpr int64_t kKeyIntervalUs = 300'000;  // a key frame costs as much as several pictures
constexpr double kFarewellS = 0.3;           // for `bye` to get through a data channel
constexpr double kSettledS = 1;              // for what is not urgent, a session has begun by then
constexpr size_t kChannelsMax = 64;

BitrateLimits bitrate_limits(const LiveOptions& live) {
  BitrateLimits limits;
  const double pixels = static_cast<double>(live.width) * live.height / (1280.0 * 720.0);
  const double share = std::max(0.15, pixels * live.fps / 24);
  limits.floor_kbps = static_cast<int>(300 * std::min(1.0, share));
  limits.start_kbps = static_cast<int>(4000 * share);
  limits.ceiling_kbps = static_cast<int>(8000 * share);
  return limits;
}

std::string log_path(const ServeOptions& options, const std::string& id) {
  if (options.log_dir.empty()) return {};
  return (std::filesystem::path(options.log_dir) / (id + ".jsonl")).string();
}

void save_log(const std::string& path, const std::string& text, Log& log) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) log.write(LogLevel::error, "session log not written", {{"path", path}});
}

}  // namespace

HostedSession::HostedSession(const SessionServices& services, std::string id,
                             const LiveOptions& live, int64_t received_us,
                             HostedCallbacks callbacks)
    : services_(services),
      id_(std::move(id)),
      live_(live),
      received_us_(received_us),
      created_s_(g_get_real_time() / G_USEC_PER_SEC),
      callbacks_(std::move(callbacks)),
      prompt_(live.prompt),
      seed_(live.seed),
      bitrate_(bitrate_limits(live)),
      active_us_(received_us),
      tick_us_(received_us) {
  recording_ = std::make_unique<Recording>(
      Recording::Services{services.loop, services.worker, services.metrics, services.log},
      recordings_folder(services.options), id_);
}

HostedSession::~HostedSession() = default;

void HostedSession::start() {
  const std::weak_ptr<HostedSession> weak = weak_from_this();
  // What the encoder was at when the session closed may still come.
  const auto with_self = [weak](auto call) {
    const std::shared_ptr<HostedSession> self = weak.lock();
    if (self && self->room_) call(*self);
  };
  RoomCallbacks room;
  room.opened = [with_self](const Understanding& understanding) {
    with_self([&](HostedSession& self) { self.on_opened(understanding); });
  };
  room.refused = [with_self](const Error& error) {
    with_self([&](HostedSession& self) { self.callbacks_.refused(error); });
  };
  room.progressed = [with_self] { with_self([](HostedSession& self) { self.read_receipts(); }); };
  room.encoded = [with_self](const EncodedUnits& encoded) {
    with_self([&](HostedSession& self) { self.on_encoded(encoded); });
  };
  room.ended = [with_self](const std::string& failure) {
    with_self([&](HostedSession& self) { self.on_ended(failure); });
  };
  room_ =
      std::make_unique<LiveRoom>(RoomServices{services_.loop, services_.encoders, services_.model},
                                 live_, bitrate_.target_kbps(received_us_), std::move(room));
}

void HostedSession::on_opened(const Understanding& understanding) {
  open_ = true;
  understanding_ = understanding;
  PendingControl begin;
  begin.received_us = received_us_;
  begin.reset = true;
  receipts_.await_frame(0, std::move(begin));
  callbacks_.opened();
}

Json HostedSession::description() const {
  const std::string url = "/v1/sessions/" + id_;
  Json json = {{"id", id_},
               {"width", live_.width},
               {"height", live_.height},
               {"fps", live_.fps},
               {"seed", seed_},
               {"prompt", prompt_},
               {"codec", room_->codec()},
               {"whep_url", url + "/whep"},
               {"control_url", url + "/control"},
               {"video_url", url + "/video"}};
  messages::add_understanding(json, understanding_);
  return json;
}

messages::SessionCounts HostedSession::counts() const {
  messages::SessionCounts counts;
  counts.viewers = viewers();
  counts.fps = fps_;
  counts.recording = recording_->running();
  counts.dropped = socket_drops() + peer_dropped_ + published_.loop_dropped +
                   static_cast<uint64_t>(published_.encoder.dropped + published_.encoder.flushed +
                                         published_.stages.pace.dropped);
  for (const Peer& peer : peers_) {
    counts.dropped += static_cast<uint64_t>(peer.seen.units_dropped + peer.seen.messages_dropped);
  }
  return counts;
}

uint64_t HostedSession::socket_drops() const {
  uint64_t dropped = socket_dropped_;
  for (const auto& [id, socket] : sockets_) dropped += socket->dropped();
  return dropped;
}

Json HostedSession::state() {
  Json json = description();
  json["state"] = ending_ ? "ending" : published_.paused ? "paused" : "running";
  json["created_at"] = created_s_;
  json["controllers"] = channels_.size();
  json.update(messages::stats_json(room_->report(), counts()));
  return json;
}

void HostedSession::on_encoded(const EncodedUnits& encoded) {
  if (encoded.gap) {
    for (const auto& [id, socket] : sockets_) socket->await_key();
    key_wanted_ = true;
  }
  for (const AccessUnit& unit : encoded.units) {
    services_.metrics.add("vitascope_frames_total");
    services_.metrics.add("vitascope_encoded_bytes_total", static_cast<double>(unit.size));
    services_.metrics.observe("vitascope_frame_seconds",
                              static_cast<double>(unit.encoded_us - unit.pushed_us) * 1e-6,
                              "encoding");
    if (encoded_us_ != 0) {
      services_.metrics.observe("vitascope_frame_interval_seconds",
                                static_cast<double>(unit.encoded_us - encoded_us_) * 1e-6);
    }
    encoded_us_ = unit.encoded_us;
    for (const auto& [id, socket] : sockets_) socket->deliver(unit);
  }
  read_receipts();
  if (!encoded.units.empty()) count_shown(encoded.units);
  serve_key_request(g_get_monotonic_time());
}

// How long controls took until these pictures showed them.
void HostedSession::count_shown(const std::vector<AccessUnit>& units) {
  for (ShownControl& shown : receipts_.shown(units.back().frame)) {
    const auto first = std::find_if(units.begin(), units.end(), [&](const AccessUnit& unit) {
      return unit.frame >= shown.frame;
    });
    const double seconds =
        static_cast<double>(first->encoded_us - shown.control.received_us) * 1e-6;
    if (!shown.control.reset) {
      services_.metrics.observe("vitascope_control_seconds", seconds);
      continue;
    }
    services_.metrics.observe("vitascope_first_frame_seconds", seconds);
    first_frame_ = messages::first_frame(shown.control.client_id, first->frame, seconds * 1e3);
    broadcast(first_frame_);
  }
}

void HostedSession::control(int64_t channel, const std::string& client_id, const Control& control) {
  if (ending_) return;
  PendingControl pending{channel, client_id, g_get_monotonic_time(), {}, {}, false};
  if (const auto* prompt = std::get_if<PromptControl>(&control)) pending.prompt = prompt->text;
  if (const auto* reset = std::get_if<ResetControl>(&control)) {
    pending.reset = true;
    pending.prompt = reset->prompt.value_or(std::string());
    pending.seed = reset->seed;
  }
  active_us_ = pending.received_us;
  receipts_.add(room_->post(control), std::move(pending));
  read_receipts();
}

void HostedSession::read_receipts() {
  while (std::optional<Receipt> receipt = room_->next_receipt()) on_receipt(*receipt);
}

void HostedSession::on_receipt(const Receipt& receipt) {
  std::optional<PendingControl> pending = receipts_.take(receipt.control_id);
  if (!pending) return;
  ControlChannel* sender = channel(pending->channel);
  if (sender) {
    sender->send(messages::receipt(pending->client_id, receipt, room_->pts_us(receipt.frame)));
  }
  if (receipt.outcome != Receipt::Outcome::applied) return;
  if (!pending->prompt.empty()) prompt_ = pending->prompt;
  if (pending->seed) seed_ = *pending->seed;
  if (receipt.understanding) {
    understanding_ = *receipt.understanding;
    for (const auto& [id, other] : channels_) {
      other->send(messages::understood(other.get() == sender ? pending->client_id : "", prompt_,
                                       understanding_));
    }
  }
  receipts_.await_frame(receipt.frame, std::move(*pending));
}

void HostedSession::key_frame_needed(int64_t) { need_key(); }

void HostedSession::need_key() {
  key_wanted_ = true;
  serve_key_request(g_get_monotonic_time());
}

// Asked for by many at once, it is made once.
void HostedSession::serve_key_request(int64_t now_us) {
  if (!key_wanted_ || !open() || now_us - key_asked_us_ < kKeyIntervalUs) return;
  key_wanted_ = false;
  key_asked_us_ = now_us;
  room_->request_key();
}

void HostedSession::report(int64_t channel, const ReceiverReport& report) {
  if (!open() || (!report.loss && !report.rtt_ms)) return;
  int64_t viewer = channel;
  for (const Peer& peer : peers_) {
    if (peer.channel && peer.channel->id() == channel) viewer = peer.viewer;
  }
  use_bitrate(bitrate_.update(viewer, {report.loss.value_or(0), report.rtt_ms.value_or(0)},
                              g_get_monotonic_time()));
}

void HostedSession::use_bitrate(int kbps) {
  if (open()) room_->set_bitrate(kbps);
}

void HostedSession::rejected(const char* reason) {
  services_.metrics.add("vitascope_rejected_total", 1, reason);
}

ControlChannel* HostedSession::channel(int64_t id) {
  const auto found = channels_.find(id);
  return found == channels_.end() ? nullptr : found->second.get();
}

void HostedSession::broadcast(const std::string& text) {
  for (const auto& [id, channel] : channels_) channel->send(text);
}

std::shared_ptr<ControlChannel> HostedSession::add_channel(Role role, ControlChannel::Wire wire) {
  if (channels_.size() >= kChannelsMax) {
    throw HttpError(503, "busy", "the session has too many control connections", 5);
  }
  const auto added = std::make_shared<ControlChannel>(++last_id_, role, *this, std::move(wire));
  channels_[added->id()] = added;
  newcomer(*added);
  return added;
}

void HostedSession::newcomer(ControlChannel& channel) {
  const int64_t frame = room_->report().frame;
  channel.send(messages::hello(description(), channel.role(), viewers(), frame));
  channel.send(messages::understood({}, prompt_, understanding_));
  if (!first_frame_.empty()) channel.send(first_frame_);
}

void HostedSession::remove_channel(int64_t id) {
  if (channels_.erase(id) > 0) bitrate_.remove(id);
}

int HostedSession::viewers() const { return static_cast<int>(sockets_.size() + peers_.size()); }

void HostedSession::check_viewers() const {
  if (viewers() < services_.options.max_viewers) return;
  services_.metrics.add("vitascope_rejected_total", 1, "viewer_limit");
  throw HttpError(503, "busy",
                  "the session has " + std::to_string(viewers()) + " viewers, as many as it may",
                  5);
}

void HostedSession::add_video_socket(GOwner<GIOStream> stream) {
  const int64_t id = ++last_id_;
  const std::weak_ptr<HostedSession> weak = weak_from_this();
  VideoSocket::Callbacks callbacks;
  callbacks.key_needed = [weak] {
    if (const auto self = weak.lock()) self->need_key();
  };
  callbacks.closed = [weak, id] {
    const auto self = weak.lock();
    if (!self) return;
    const auto found = self->sockets_.find(id);
    if (found == self->sockets_.end()) return;
    self->socket_dropped_ += found->second->dropped();
    self->sockets_.erase(found);
    self->active_us_ = g_get_monotonic_time();
    self->services_.metrics.add("vitascope_viewers", -1, "websocket");
  };
  auto socket = std::make_unique<VideoSocket>(services_.loop, std::move(stream), callbacks);
  const std::optional<AccessUnit> key = room_->held_key();
  if (key) socket->deliver(*key);
  sockets_[id] = std::move(socket);
  services_.metrics.add("vitascope_viewers", 1, "websocket");
  if (!key) need_key();
}

void HostedSession::publish_stages(const RoomReport& now) {
  const auto publish = [this](const char* stage, const Histogram& before, const Histogram& after) {
    services_.metrics.observe_new("vitascope_stage_seconds", before, after, stage);
  };
  const PipelineStats& before = published_.stages;
  publish("advance", before.advance_cpu, now.stages.advance_cpu);
  publish("projector", before.projector, now.stages.projector);
  publish("painter", before.painter, now.stages.painter);
  services_.metrics.observe_new("vitascope_frame_seconds", before.making, now.stages.making,
                                "making");
  const auto count = [this](const char* name, int64_t was, int64_t is, const char* label = "") {
    if (is > was) services_.metrics.add(name, static_cast<double>(is - was), label);
  };
  count("vitascope_frames_skipped_total", before.pace.skipped, now.stages.pace.skipped);
  count("vitascope_frames_late_total", before.pace.late, now.stages.pace.late);
  const char* queue = "vitascope_queue_dropped_total";
  count(queue, before.pace.dropped, now.stages.pace.dropped, "frames");
  count(queue, published_.encoder.dropped, now.encoder.dropped, "encoder");
  count(queue, published_.encoder.flushed, now.encoder.flushed, "encoder_flushed");
  count(queue, static_cast<int64_t>(published_.loop_dropped),
        static_cast<int64_t>(now.loop_dropped), "pictures_to_network");
  const auto receipts = static_cast<int64_t>(receipts_.dropped());
  const auto sockets = static_cast<int64_t>(socket_drops());
  count(queue, receipts_published_, receipts, "receipts");
  count(queue, sockets_published_, sockets, "websocket_pictures");
  receipts_published_ = receipts;
  sockets_published_ = sockets;
  published_ = now;
}

void HostedSession::tick(int64_t now_us) {
  if (!open()) return;
  const RoomReport now = room_->report();
  const double seconds = std::max(1e-3, static_cast<double>(now_us - tick_us_) * 1e-6);
  fps_ = static_cast<double>(now.encoder.encoded - frames_at_tick_) / seconds;
  frames_at_tick_ = now.encoder.encoded;
  tick_us_ = now_us;
  publish_stages(now);
  use_bitrate(bitrate_.target_kbps(now_us));
  serve_key_request(now_us);
  close_unconnected_peers(now_us);
  broadcast(messages::stats(now, counts()));
  if (viewers() > 0) active_us_ = now_us;
  const auto since_s = [now_us](int64_t then_us) {
    return static_cast<double>(now_us - then_us) * 1e-6;
  };
  if (since_s(received_us_) > kSettledS) prepare_next_world();
  if (since_s(active_us_) > services_.options.idle_timeout_s) return end("idle");
  if (since_s(received_us_) > services_.options.max_session_s) end("limit");
}

// A reset opens a world beside the one that runs.
void HostedSession::prepare_next_world() {
  if (std::exchange(prepared_, true)) return;
  const OpenRequest request{live_.prompt, live_.seed, live_.width,
                            live_.height, live_.fps,  live_.workers};
  services_.worker.try_post([model = services_.model, request, &log = services_.log] {
    try {
      model->prepare(request);
    } catch (const Error& error) {
      log.write(LogLevel::warning, "no world made ready", {{"error", error.what()}});
    }
  });
}

void HostedSession::end(const std::string& reason) {
  if (std::exchange(ending_, true)) return;
  end_reason_ = reason;
  services_.metrics.add("vitascope_sessions_ended_total", 1, reason);
  services_.log.write(LogLevel::info, "session ends", {{"session", id_}, {"reason", reason}});
  broadcast(messages::bye(reason));
  room_->stop();
}

void HostedSession::on_ended(const std::string& failure) {
  if (!failure.empty()) {
    services_.log.write(LogLevel::error, "session failed", {{"session", id_}, {"error", failure}});
  }
  end(failure.empty() ? "refused" : "failed");
  if (!open_) return close_all();
  const std::shared_ptr<HostedSession> self = shared_from_this();
  recording_->finish(*room_, [self] {
    self->farewell_ = self->services_.loop.every(kFarewellS, [self] {
      self->close_all();
      return false;
    });
  });
}

void HostedSession::close_all() {
  for (const auto& [id, channel] : channels_) channel->close(kCloseGoingAway, end_reason_);
  channels_.clear();
  for (const auto& [id, socket] : sockets_) {
    socket->close(kCloseGoingAway, end_reason_);
    services_.metrics.add("vitascope_viewers", -1, "websocket");
  }
  sockets_.clear();
  for (Peer& peer : peers_) {
    if (peer.exchange) peer.exchange->answer_error({503, "draining", "the session ends", 1});
    peer.peer->close();
    services_.metrics.add("vitascope_viewers", -1, "webrtc");
  }
  // Taking the world and the peers down takes some frames' time, which is not the loop's.
  std::function<void()> last = [room = std::shared_ptr<LiveRoom>(std::move(room_)),
                                peers = std::make_shared<std::vector<Peer>>(std::move(peers_)),
                                path = log_path(services_.options, id_), log = &services_.log] {
    if (!path.empty()) save_log(path, room->log(), *log);
    peers->clear();
  };
  peers_.clear();
  if (!services_.worker.try_post(std::move(last))) last();
  // Nobody may find a session without a room; the caller holds this one until it returns.
  callbacks_.ended();
}

}  // namespace vita
