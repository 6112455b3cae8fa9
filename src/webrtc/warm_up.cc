#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "webrtc/webrtc_peer.h"

namespace vita {
namespace {

// What a browser would offer, with a certificate that nobody has.
std::string example_offer() {
  std::string fingerprint = "00";
  for (int k = 1; k < 32; k++) fingerprint += ":00";
  const std::string transport =
      "c=IN IP4 0.0.0.0\r\na=ice-ufrag:warm\r\na=ice-pwd:warmwarmwarmwarmwarmwarm\r\n"
      "a=fingerprint:sha-256 " +
      fingerprint + "\r\na=setup:actpass\r\n";
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" +
         transport +
         "a=mid:0\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 H264/90000\r\n"
         "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n"
         "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" +
         transport + "a=mid:1\r\na=sctp-port:5000\r\n";
}

}  // namespace

void warm_up_webrtc() {
  // Shared, since the answer may come after the waiting.
  const auto answered = std::make_shared<std::promise<void>>();
  WebrtcPeerOptions options;
  options.offer = example_offer();
  WebrtcPeerCallbacks callbacks;
  callbacks.answered = [answered](const std::string&) { answered->set_value(); };
  const WebrtcPeer peer(options, callbacks);
  answered->get_future().wait_for(std::chrono::seconds(5));
}

}  // namespace vita
