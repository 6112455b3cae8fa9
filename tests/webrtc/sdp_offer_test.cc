#include "webrtc/sdp_offer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "media/initialise.h"

namespace vita {
namespace {

// As Chromium makes it, with two H.264 profiles, and a data channel on the same transport.
const char kOffer[] =
    "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 108\r\nc=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Xy+1\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
    "a=fingerprint:sha-256 "
    "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:"
    "99\r\n"
    "a=setup:actpass\r\na=mid:0\r\n"
    "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
    "a=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\na=rtpmap:102 H264/90000\r\na=rtcp-fb:102 nack\r\n"
    "a=rtcp-fb:102 nack pli\r\n"
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
    "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\na=rtpmap:108 H264/90000\r\n"
    "a=fmtp:108 packetization-mode=0;profile-level-id=42e01f\r\n"
    "a=candidate:1 1 udp 2113937151 192.168.1.5 54321 typ host\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Xy+1\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
    "a=fingerprint:sha-256 "
    "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:"
    "99\r\n"
    "a=setup:actpass\r\na=mid:1\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

std::string with(const std::string& from, const std::string& to) {
  std::string text(kOffer);
  size_t found = 0;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    found++;
  }
  EXPECT_GT(found, 0u) << from;
  return text;
}

class SdpOfferTest : public testing::Test {
 protected:
  void SetUp() override { initialise_media(); }
};

TEST_F(SdpOfferTest, TakesWhatTheAnswererUses) {
  const SdpOffer offer = read_sdp_offer(kOffer);
  EXPECT_EQ(offer.payload_type, 102);
  EXPECT_EQ(offer.profile_level_id, "42e01f");
  EXPECT_EQ(offer.retransmission_type, 103);
  EXPECT_EQ(offer.playout_delay_id, 3);
  EXPECT_EQ(offer.video_index, 0);
  EXPECT_EQ(offer.data_index, 1);
  EXPECT_TRUE(offer.fingerprint.starts_with("aa:bb:cc"));
  EXPECT_EQ(offer.text.find("VP8"), std::string::npos);
  EXPECT_NE(offer.text.find("192.168.1.5"), std::string::npos);
  // What was reduced reads the same again.
  EXPECT_EQ(read_sdp_offer(offer.text).text, offer.text);
}

TEST_F(SdpOfferTest, DoesWithoutWhatIsOptional) {
  const SdpOffer offer = read_sdp_offer(
      with("a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n", "a=rtpmap:103 x/90000\r\n"));
  EXPECT_EQ(offer.retransmission_type, -1);
  const SdpOffer plain = read_sdp_offer(
      with("a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n", ""));
  EXPECT_EQ(plain.playout_delay_id, 0);
}

struct Case {
  std::string sdp;
  ErrorCode code;
  std::string says;
};

std::vector<Case> bad_offers() {
  const auto bad = ErrorCode::invalid_argument, no = ErrorCode::unsupported;
  std::string many = kOffer;
  for (int k = 0; k < 70; k++) many += "a=candidate:1 1 udp 1 10.0.0.1 5000 typ host\r\n";
  std::string lines = std::string(kOffer).substr(0, std::string(kOffer).find("m=application"));
  for (int k = 2; k < 12; k++) lines += "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
  return {
      {"", bad, "empty"},
      {"hello", bad, "v=0"},
      {std::string("v=0\r\n\0\r\n", 8), bad, "control character"},
      {std::string(70'000, 'v'), bad, "65536"},
      {"v=0\r\nm=video\r\n", bad, ""},
      {"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", bad, "0 m-lines"},
      {lines, bad, "m-lines"},
      {many, bad, "more than 64 candidates"},
      {with("a=ice-ufrag:Xy+1\r\n", "a=ice-ufrag:X\r\n"), bad, "ice-ufrag"},
      {with("abcdefghijklmnopqrstuvwx", "short"), bad, "ice-pwd"},
      {with("sha-256 AA", "sha-1 AA"), bad, "sha-256"},
      {with("sha-256 AA", "sha-256 ZZ"), bad, "sha-256"},
      {with("setup:actpass", "setup:both"), bad, "actpass"},
      {with("a=mid:1", "a=mid:0"), bad, "mid"},
      {with("BUNDLE 0 1", "BUNDLE 0"), bad, "BUNDLE"},
      {with("a=rtcp-mux\r\n", ""), bad, "rtcp-mux"},
      {with("sctp-port:5000", "sctp-port:99999"), bad, "sctp-port"},
      {with("UDP/TLS/RTP/SAVPF", "RTP/AVP"), bad, "SAVPF"},
      {with("a=candidate:1 1 udp 2113937151", "a=candidate:rubbish"), bad, ""},
      {with("H264", "H265"), no, "H.264"},
      {with("packetization-mode=1", "packetization-mode=2"), no, "packetization-mode=1"},
      {with("42e01f", "640028"), no, "constrained baseline"},
      {with("a=recvonly", "a=sendonly"), no, "receives"},
      {std::string("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 1\r\n") +
           std::string(kOffer).substr(std::string(kOffer).find("m=application")),
       no, "no video"},
  };
}

TEST_F(SdpOfferTest, SaysWhatIsWrongWithBadOnes) {
  for (const Case& c : bad_offers()) {
    try {
      read_sdp_offer(c.sdp);
      ADD_FAILURE() << "taken: " << c.sdp.substr(0, 400);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), c.code) << error.what();
      EXPECT_NE(std::string(error.what()).find(c.says), std::string::npos)
          << error.what() << ", expected: " << c.says;
    }
  }
}

TEST_F(SdpOfferTest, SurvivesEveryTruncation) {
  const std::string whole(kOffer);
  for (size_t size = 0; size < whole.size(); size++) {
    try {
      read_sdp_offer(std::string_view(whole).substr(0, size));
    } catch (const Error&) {
      continue;
    }
  }
  SUCCEED();
}

TEST(IceCandidate, TakesCandidatesOnly) {
  const std::string host = "candidate:1 1 UDP 2015363327 127.0.0.1 9 typ host";
  EXPECT_EQ(read_ice_candidate(host), host);
  EXPECT_EQ(read_ice_candidate("a=" + host), host);
  for (const std::string bad :
       {"", "candidate:", "a=candidate:1 1 UDP", "candidate:1 1 UDP x 127.0.0.1 9 typ host",
        "candidate:1 1 UDP 1 127.0.0.1 99999 typ host", "candidate:1 1 UDP 1 127.0.0.1 9 typ moon",
        "candidate:1 1 UDP 1 127.0.0.1 9 typ host\r\na=evil:1"}) {
    EXPECT_THROW(read_ice_candidate(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace vita
