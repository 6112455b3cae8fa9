// A viewer over WebRTC as a browser would be one, made of webrtcbin: it offers, receives and
// notes what came.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "media/access_unit.h"
#include "media/gst_handles.h"

namespace vita {

class Viewer {
 public:
  Viewer();
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  // The offer with all its candidates; empty if none was made in time.
  std::string offer();
  void answer(const std::string& sdp);
  void send_message(const std::string& text);
  // Asks for a key frame, as a decoder does that has lost one.
  void ask_for_key();

  struct Seen {
    std::vector<AccessUnit> units;
    std::vector<uint32_t> rtp_times;  // of each unit's last packet
    std::vector<std::string> messages;
    bool channel_open = false;
  };
  // Waits until `enough` says so of what was seen, or for twenty seconds; whether it did.
  bool wait(const std::function<bool(const Seen&)>& enough);
  Seen seen() const;

 private:
  static void on_pad(GstElement* webrtc, GstPad* pad, gpointer self);
  static GstFlowReturn on_unit(GstElement* sink, gpointer self);
  void note(const std::function<void(Seen&)>& change);

  GstOwner<GstElement> pipeline_;
  GstElement* webrtc_ = nullptr;  // of the pipeline
  GstOwner<GObject> channel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Seen seen_;
  bool gathered_ = false;
};

}  // namespace vita
