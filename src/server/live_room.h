// One world that is made and encoded on threads of its own.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "media/access_unit.h"
#include "media/fragment_writer.h"
#include "server/encoder_stock.h"
#include "server/gio_handles.h"
#include "stream/live_session.h"
#include "webrtc/webrtc_peer.h"

namespace vita {

struct EncodedUnits {
  std::vector<AccessUnit> units;
  bool gap = false;  // pictures were lost before the first one
};

// All run on the loop's thread, none from within a call of the room.
struct RoomCallbacks {
  std::function<void(const Understanding&)> opened;
  std::function<void(const Error&)> refused;  // the world could not be opened; `ended` follows
  std::function<void()> progressed;           // a frame was handed out: there may be receipts
  std::function<void(const EncodedUnits&)> encoded;
  std::function<void(const std::string& failure)> ended;  // last of all; empty: it was stopped
};

struct RoomServices {
  const MainLoop& loop;
  EncoderStock& encoders;
  std::shared_ptr<const VideoModel> model;
};

// What the room knows of itself at a moment.
struct RoomReport {
  PipelineStats stages;
  WorldStatus world;
  EncodeStats encode;
  LiveEncoderCounters encoder;
  uint64_t loop_dropped = 0;  // pictures that the loop's thread was too slow for
  int64_t frame = -1;         // the latest that was encoded
  int bitrate_kbps = 0;
  Tier tier = Tier::full;  // of the latest frame
  bool paused = false;
};

// Made and called on the loop's thread. The world is opened on the room's thread, so construction
// returns at once. Pictures reach peers and the recorder from the encoder's thread, everything else
// through callbacks.
class LiveRoom {
 public:
  LiveRoom(const RoomServices& services, const LiveOptions& options, int bitrate_kbps,
           RoomCallbacks callbacks);
  // Waits for the threads of the room, the world and the encoder, as long as a frame takes.
  ~LiveRoom();
  LiveRoom(const LiveRoom&) = delete;
  LiveRoom& operator=(const LiveRoom&) = delete;

  // Between `opened` and `ended`. Throws Error{invalid_argument} as LiveSession::post does.
  uint64_t post(const Control& control);
  std::optional<Receipt> next_receipt() { return live_->next_receipt(); }
  // See LiveSession::log(); empty if no world was opened.
  std::string log() const { return live_ ? live_->log() : std::string(); }
  int64_t pts_us(int64_t frame) const;
  // The next picture will be a key frame; a paused room makes its last picture again.
  void request_key();
  void set_bitrate(int kbps);
  std::string codec() const { return encoder_->encoder().codec(); }
  RoomReport report();
  // The latest picture if it is a key frame and nothing follows because the room is paused.
  std::optional<AccessUnit> held_key();
  void stop();

  void add_peer(std::shared_ptr<WebrtcPeer> peer);
  void remove_peer(const WebrtcPeer* peer);
  // One at a time; none: null. Returns the one before.
  std::shared_ptr<FragmentWriter> set_recorder(std::shared_ptr<FragmentWriter> recorder);

 private:
  struct ToLoop;   // pictures on their way to the loop's thread
  struct Picture;  // a copy of the latest frame
  void run();
  void make_frames();
  void push(const Frame& frame, bool again);
  void send(const AccessUnit& unit);
  void encoder_failed(const std::string& reason);

  const RoomServices services_;
  const LiveOptions options_;
  const int bitrate_kbps_;
  const std::shared_ptr<const RoomCallbacks> callbacks_;
  SteadyClock clock_;
  std::unique_ptr<RoomEncoder> encoder_;
  std::unique_ptr<LiveSession> live_;
  std::shared_ptr<ToLoop> to_loop_;

  std::mutex push_mutex_;
  std::unique_ptr<Picture> latest_picture_;
  int64_t pushed_pts_us_ = -1;

  std::mutex consumers_mutex_;
  std::vector<std::shared_ptr<WebrtcPeer>> peers_;
  std::shared_ptr<FragmentWriter> recorder_;
  AccessUnit latest_unit_;
  std::string failure_;

  std::mutex open_mutex_;  // guards live_ against a stop while it is opened
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace vita
