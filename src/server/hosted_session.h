// One live session with all who watch and steer it.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "media/bitrate_control.h"
#include "server/background_worker.h"
#include "server/control_channel.h"
#include "server/http_exchange.h"
#include "server/live_room.h"
#include "server/metrics.h"
#include "server/receipts.h"
#include "server/recording.h"
#include "server/serve_options.h"
#include "server/session_messages.h"
#include "server/video_socket.h"

namespace vita {

// What sessions use of the server; all of it outlives them.
struct SessionServices {
  const MainLoop& loop;
  const ServeOptions& options;
  Metrics& metrics;
  Log& log;
  EncoderStock& encoders;
  BackgroundWorker& worker;
  std::shared_ptr<const VideoModel> model;
  int threads = 1;
};

struct HostedCallbacks {
  std::function<void()> opened;               // once, or
  std::function<void(const Error&)> refused;  // once
  std::function<void()> ended;                // last of all
};

// Loop thread only. Held by the registry until it has ended.
class HostedSession : public ControlTarget, public std::enable_shared_from_this<HostedSession> {
 public:
  HostedSession(const SessionServices& services, std::string id, const LiveOptions& live,
                int64_t received_us, HostedCallbacks callbacks);
  ~HostedSession() override;

  // Right after construction.
  void start();
  // The session's part of answers, without a token.
  Json description() const;
  Json state();
  // Of an open session; see SessionLog.
  std::string log() const { return room_->log(); }
  const std::string& id() const { return id_; }
  bool open() const { return open_ && !ending_; }
  // Of the encoder, as of the last tick().
  int bitrate_kbps() const { return published_.bitrate_kbps; }

  // Says `bye` with the reason, once, and ends everything; `ended` follows.
  void end(const std::string& reason);

  // `wire` is used until remove_channel() or the end.
  std::shared_ptr<ControlChannel> add_channel(Role role, ControlChannel::Wire wire);
  void remove_channel(int64_t id);
  // Throws HttpError 503 beyond max_viewers; so do the next two.
  void check_viewers() const;
  void add_video_socket(GOwner<GIOStream> stream);
  // Answers the exchange when the peer has its answer.
  void add_peer(Role role, const HttpExchangePtr& exchange);
  std::shared_ptr<WebrtcPeer> peer(const std::string& id) const;

  // As the calls of Recording with these names.
  Json start_recording() { return recording_->start(*room_); }
  void stop_recording(std::function<void(const Json&)> done) {
    recording_->stop(*room_, std::move(done));
  }
  const Recording& recording() const { return *recording_; }
  // Once a second.
  void tick(int64_t now_us);

  void control(int64_t channel, const std::string& client_id, const Control& control) override;
  void key_frame_needed(int64_t channel) override;
  void report(int64_t channel, const ReceiverReport& report) override;
  void rejected(const char* reason) override;

 private:
  struct Peer {
    std::string id;
    int64_t viewer = 0;
    int64_t made_us = 0;
    std::shared_ptr<WebrtcPeer> peer;
    std::shared_ptr<ControlChannel> channel;
    HttpExchangePtr exchange;  // until it is answered
    WebrtcPeerStats seen;
    bool hung_up = false;
  };

  void on_opened(const Understanding& understanding);
  void on_encoded(const EncodedUnits& encoded);
  void count_shown(const std::vector<AccessUnit>& units);
  void on_ended(const std::string& failure);
  void read_receipts();
  void on_receipt(const Receipt& receipt);
  void newcomer(ControlChannel& channel);
  void broadcast(const std::string& text);
  ControlChannel* channel(int64_t id);
  void need_key();
  void serve_key_request(int64_t now_us);
  void prepare_next_world();
  void close_all();
  int viewers() const;
  void count_viewers();
  uint64_t socket_drops() const;
  messages::SessionCounts counts() const;
  void publish_stages(const RoomReport& report);
  void use_bitrate(int kbps);

  WebrtcPeerCallbacks peer_callbacks(const std::string& id, Role role);
  Peer* find_peer(const std::string& id);
  void peer_answered(const std::string& id, const std::string& sdp);
  void peer_channel_open(const std::string& id, Role role);
  void peer_stats(const std::string& id, const WebrtcPeerStats& stats);
  void peer_closed(const std::string& id, const std::string& reason);
  void close_unconnected_peers(int64_t now_us);

  const SessionServices services_;
  const std::string id_;
  const LiveOptions live_;
  const int64_t received_us_;
  const int64_t created_s_;
  HostedCallbacks callbacks_;
  std::unique_ptr<LiveRoom> room_;
  std::unique_ptr<Recording> recording_;
  bool open_ = false, ending_ = false, prepared_ = false;
  std::string end_reason_;

  std::string prompt_;  // the latest that was applied
  uint64_t seed_ = 0;
  Understanding understanding_;
  Receipts receipts_;
  BitrateControl bitrate_;

  std::map<int64_t, std::shared_ptr<ControlChannel>> channels_;
  std::map<int64_t, std::unique_ptr<VideoSocket>> sockets_;
  std::vector<Peer> peers_;
  int64_t last_id_ = 0;
  uint64_t socket_dropped_ = 0, peer_dropped_ = 0;

  bool key_wanted_ = false;
  int64_t key_asked_us_ = 0;
  std::string first_frame_;  // the latest such message, for newcomers
  MainLoop::Timer farewell_;
  int64_t active_us_ = 0;   // a viewer or a control was there
  int64_t encoded_us_ = 0;  // of the latest picture
  double fps_ = 0;
  int64_t frames_at_tick_ = 0, tick_us_ = 0;
  RoomReport published_;  // as of the last tick
  int64_t receipts_published_ = 0, sockets_published_ = 0;
};

}  // namespace vita
