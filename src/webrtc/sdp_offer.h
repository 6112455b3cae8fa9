// Reads a browser's SDP offer, strictly, and keeps of it only what the answerer uses.
#pragma once
#include <string>
#include <string_view>

namespace vita {

struct SdpOffer {
  int payload_type = 0;          // of H.264, constrained baseline, packetization mode 1
  std::string profile_level_id;  // of that, six hexadecimal digits
  int retransmission_type = -1;  // payload type of its RTX; -1: not offered
  int playout_delay_id = 0;      // of the header extension; 0: not offered
  std::string fingerprint;       // SHA-256 of the browser's certificate, "ab:cd:…" in lower case
  int video_index = 0;           // which m-line
  int data_index = -1;           // m-line of the data channel; -1: none
  std::string text;  // the offer again, reduced to the above: what webrtcbin gets to see
};

constexpr size_t kMaxSdpBytes = 64 * 1024;

// Throws Error{invalid_argument} for what is no valid offer, Error{unsupported} for a valid one
// that we cannot serve; the message says what was found and what was expected, in words for the
// client. Needs initialise_media().
SdpOffer read_sdp_offer(std::string_view sdp);

// One line of trickled ICE, "candidate:…" with or without "a=" before it. Throws
// Error{invalid_argument} for anything else.
std::string read_ice_candidate(std::string_view line);

}  // namespace vita
