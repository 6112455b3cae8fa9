// Stands in for the WebRTC peer, the recorder and the bit-rate control while their rooms do not
// define them: each says that it is not there. DELETE THIS FILE, and its line in CMakeLists.txt, as
// soon as src/webrtc/webrtc_peer.cc, src/media/fragment_writer.cc and src/media/bitrate_control.cc
// exist; the linker then finds two of each.
#include "core/error.h"
#include "media/bitrate_control.h"
#include "media/fragment_writer.h"
#include "webrtc/webrtc_peer.h"

namespace vita {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorCode::unsupported, std::string(what) + ": not in this build yet");
}

}  // namespace

class WebrtcPeer::Impl {};
WebrtcPeer::WebrtcPeer(const WebrtcPeerOptions&, WebrtcPeerCallbacks) {
  refuse("WebRTC (the WebSocket of video_url works)");
}
WebrtcPeer::~WebrtcPeer() = default;
bool WebrtcPeer::add_candidate(int, std::string_view) { return false; }
bool WebrtcPeer::send(const AccessUnit&) { return false; }
bool WebrtcPeer::send_message(const std::string&) { return false; }
void WebrtcPeer::close() {}
bool WebrtcPeer::connected() const { return false; }
void warm_up_webrtc() {}

class FragmentWriter::Impl {};
FragmentWriter::FragmentWriter(const FragmentWriterOptions&, FragmentWriterCallbacks) {
  refuse("recording");
}
FragmentWriter::~FragmentWriter() = default;
bool FragmentWriter::push(const AccessUnit&) { return false; }
RecordingStatus FragmentWriter::finish() { return {}; }

BitrateControl::BitrateControl(const BitrateLimits& limits) : limits_(limits) {}
int BitrateControl::update(int64_t, const PathSample&, int64_t) { return limits_.start_kbps; }
void BitrateControl::remove(int64_t) {}
int BitrateControl::target_kbps(int64_t) { return limits_.start_kbps; }

}  // namespace vita
