#include "webrtc/sdp_offer.h"

#include <gst/sdp/sdp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "core/error.h"
#include "webrtc/playout_delay.h"

namespace vita {
namespace {

constexpr guint kMaxMedia = 8, kMaxCandidates = 64;

struct MessageRelease {
  void operator()(GstSDPMessage* message) const { gst_sdp_message_free(message); }
};
using MessageOwner = std::unique_ptr<GstSDPMessage, MessageRelease>;

[[noreturn]] void refuse(const std::string& text) {
  throw Error(ErrorCode::invalid_argument, "SDP offer: " + text);
}

[[noreturn]] void cannot_serve(const std::string& text) {
  throw Error(ErrorCode::unsupported, "SDP offer: " + text);
}

bool has_only(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) || extra.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The number that `text` begins with, which then loses it and one blank; -1 without.
int take_number(std::string_view& text) {
  int value = -1;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || value < 0) return -1;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return value;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Attributes of one m-line, and of the session for what both may have.
class Media {
 public:
  Media(const GstSDPMessage* message, const GstSDPMedia* media)
      : message_(message), media_(media) {}

  std::string_view kind() const { return text(gst_sdp_media_get_media(media_)); }
  std::string_view protocol() const { return text(gst_sdp_media_get_proto(media_)); }
  bool rejected() const { return gst_sdp_media_get_port(media_) == 0; }
  std::optional<std::string_view> own(const char* name, guint nth = 0) const {
    const gchar* value = gst_sdp_media_get_attribute_val_n(media_, name, nth);
    return value ? std::optional<std::string_view>(value) : std::nullopt;
  }
  std::string_view either(const char* name) const {
    if (const auto value = own(name)) return *value;
    return text(gst_sdp_message_get_attribute_val(message_, name));
  }
  std::vector<int> formats() const {
    std::vector<int> types;
    for (guint k = 0; k < gst_sdp_media_formats_len(media_); k++) {
      std::string_view format = text(gst_sdp_media_get_format(media_, k));
      const int type = take_number(format);
      if (type >= 0 && type <= 127 && format.empty()) types.push_back(type);
    }
    return types;
  }
  // What follows the payload type in the attribute, "H264/90000" for instance.
  std::string_view of_format(const char* name, int type) const {
    for (guint k = 0; const auto value = own(name, k); k++) {
      std::string_view rest = *value;
      if (take_number(rest) == type) return rest;
    }
    return {};
  }

 private:
  static std::string_view text(const gchar* value) { return value ? value : std::string_view(); }

  const GstSDPMessage* message_;
  const GstSDPMedia* media_;
};

// The value of a name in "a=1;b=2"; empty without.
std::string parameter(std::string_view fmtp, std::string_view wanted) {
  for (std::string_view part : split(fmtp, ';')) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || lower(part.substr(0, equals)) != wanted) continue;
    return lower(part.substr(equals + 1));
  }
  return "";
}

// Constrained baseline is profile_idc 0x42 with constraint_set1.
bool is_constrained_baseline(const std::string& profile) {
  if (profile.size() != 6 || !profile.starts_with("42")) return false;
  int constraints = 0;
  const char* digits = profile.data() + 2;
  const auto [end, fault] = std::from_chars(digits, digits + 2, constraints, 16);
  return fault == std::errc() && end == digits + 2 && (constraints & 0x40) != 0 &&
         has_only(profile, "");
}

bool find_codec(const Media& video, SdpOffer& offer) {
  for (const int type : video.formats()) {
    if (!lower(video.of_format("rtpmap", type)).starts_with("h264/90000")) continue;
    const std::string_view fmtp = video.of_format("fmtp", type);
    const std::string profile = parameter(fmtp, "profile-level-id");
    if (parameter(fmtp, "packetization-mode") != "1" || !is_constrained_baseline(profile)) continue;
    offer.payload_type = type;
    offer.profile_level_id = profile;
    return true;
  }
  return false;
}

void find_retransmission(const Media& video, SdpOffer& offer) {
  for (const int type : video.formats()) {
    if (!lower(video.of_format("rtpmap", type)).starts_with("rtx/90000")) continue;
    if (parameter(video.of_format("fmtp", type), "apt") != std::to_string(offer.payload_type)) {
      continue;
    }
    offer.retransmission_type = type;
    return;
  }
}

void find_playout_delay(const Media& video, SdpOffer& offer) {
  for (guint k = 0; const auto value = video.own("extmap", k); k++) {
    std::string_view rest = *value;
    const int id = take_number(rest);
    if (id < 1 || id > 14 || rest != kPlayoutDelayUri) continue;
    offer.playout_delay_id = id;
    return;
  }
}

std::string_view direction(const Media& media) {
  for (const char* name : {"recvonly", "sendonly", "inactive"}) {
    if (media.own(name)) return name;
  }
  return "sendrecv";
}

void check_transport(const Media& media) {
  const std::string_view ufrag = media.either("ice-ufrag"), pwd = media.either("ice-pwd");
  if (ufrag.size() < 4 || ufrag.size() > 256 || !has_only(ufrag, "+/")) {
    refuse("expected an ice-ufrag of 4 to 256 letters and digits");
  }
  if (pwd.size() < 22 || pwd.size() > 256 || !has_only(pwd, "+/")) {
    refuse("expected an ice-pwd of 22 to 256 letters and digits");
  }
  const std::string print = lower(media.either("fingerprint"));
  constexpr size_t kHashed = 8 + 32 * 3 - 1;  // "sha-256 " and 32 pairs of digits with colons
  const auto is_digit = [](unsigned char c) { return std::isxdigit(c) || c == ':'; };
  if (!print.starts_with("sha-256 ") || print.size() != kHashed ||
      !std::all_of(print.begin() + 8, print.end(), is_digit)) {
    refuse("expected a fingerprint of the kind sha-256");
  }
  const std::string setup = lower(media.either("setup"));
  if (setup != "actpass" && setup != "active" && setup != "passive") {
    refuse("found a=setup:" + setup.substr(0, 16) + ", expected actpass, active or passive");
  }
  const std::string_view mid = media.own("mid").value_or("");
  if (mid.empty() || mid.size() > 32 || !has_only(mid, "-_.")) {
    refuse("expected an a=mid of 1 to 32 letters and digits in each m-line");
  }
}

// Media other than the first must ride on the same transport.
void check_bundle(const GstSDPMessage* message, const std::vector<Media>& all) {
  const gchar* group = gst_sdp_message_get_attribute_val(message, "group");
  const std::vector<std::string_view> mids = split(group ? group : "", ' ');
  for (size_t k = 0; k < all.size(); k++) {
    const std::string_view mid = *all[k].own("mid");
    if (mids.front() != "BUNDLE" || std::find(mids.begin(), mids.end(), mid) == mids.end()) {
      refuse("expected all media in one a=group:BUNDLE, mid " + std::string(mid) + " is not");
    }
    for (size_t before = 0; before < k; before++) {
      if (*all[before].own("mid") == mid) refuse("found mid " + std::string(mid) + " twice");
    }
  }
}

class Reducer {
 public:
  Reducer(const std::vector<Media>& media, const SdpOffer& offer) : media_(media), offer_(offer) {}

  std::string text() {
    line("v=0");
    line("o=- 1 1 IN IP4 127.0.0.1");
    line("s=-");
    line("t=0 0");
    std::string group = "a=group:BUNDLE";
    for (const Media& media : media_) group += " " + std::string(*media.own("mid"));
    line(group);
    for (size_t k = 0; k < media_.size(); k++) {
      const int index = static_cast<int>(k);
      if (index == offer_.video_index) {
        video(media_[k]);
      } else if (index == offer_.data_index) {
        data(media_[k]);
      } else {
        unused(media_[k]);
      }
    }
    return text_;
  }

 private:
  void line(std::string_view text) { text_.append(text).append("\r\n"); }

  void transport(const Media& media) {
    line("c=IN IP4 0.0.0.0");
    for (const char* name : {"ice-ufrag", "ice-pwd", "fingerprint", "setup"}) {
      line("a=" + std::string(name) + ":" + std::string(media.either(name)));
    }
    line("a=ice-options:trickle");
    line("a=mid:" + std::string(*media.own("mid")));
  }

  void candidates(const Media& media) {
    guint count = 0;
    for (guint k = 0; const auto value = media.own("candidate", k); k++) {
      const std::string candidate = read_ice_candidate("candidate:" + std::string(*value));
      if (++count > kMaxCandidates) refuse("found more than 64 candidates");
      if (lower(candidate).find(" udp ") != std::string::npos) line("a=" + candidate);
    }
  }

  void video(const Media& media) {
    const std::string type = std::to_string(offer_.payload_type);
    const std::string rtx = std::to_string(offer_.retransmission_type);
    const bool has_rtx = offer_.retransmission_type >= 0;
    line("m=video 9 UDP/TLS/RTP/SAVPF " + type + (has_rtx ? " " + rtx : ""));
    transport(media);
    line("a=recvonly");
    line("a=rtcp-mux");
    if (offer_.playout_delay_id > 0) {
      line("a=extmap:" + std::to_string(offer_.playout_delay_id) + " " + kPlayoutDelayUri);
    }
    line("a=rtpmap:" + type + " H264/90000");
    line("a=fmtp:" + type + " level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" +
         offer_.profile_level_id);
    for (const char* feedback : {"nack", "nack pli", "ccm fir"}) {
      if (offers_feedback(media, feedback)) line("a=rtcp-fb:" + type + " " + feedback);
    }
    if (has_rtx) {
      line("a=rtpmap:" + rtx + " rtx/90000");
      line("a=fmtp:" + rtx + " apt=" + type);
    }
    candidates(media);
  }

  bool offers_feedback(const Media& media, std::string_view wanted) const {
    for (guint k = 0; const auto value = media.own("rtcp-fb", k); k++) {
      std::string_view rest = *value;
      const bool for_all = rest.starts_with("* ");
      if (for_all) rest.remove_prefix(2);
      if ((for_all || take_number(rest) == offer_.payload_type) && rest == wanted) return true;
    }
    return false;
  }

  void data(const Media& media) {
    line("m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
    transport(media);
    std::string_view port = media.own("sctp-port").value_or("5000");
    const int number = take_number(port);
    if (number < 1 || number > 65535) refuse("expected an sctp-port from 1 to 65535");
    line("a=sctp-port:" + std::to_string(number));
    line("a=max-message-size:262144");
    candidates(media);
  }

  void unused(const Media& media) {
    const std::vector<int> types = media.formats();
    const std::string_view codec = types.empty() ? "" : media.of_format("rtpmap", types.front());
    if (codec.empty() || codec.size() > 64 || !has_only(codec, "/-_.")) {
      refuse("expected an rtpmap for the first format of each audio or video");
    }
    const std::string type = std::to_string(types.front());
    line("m=" + std::string(media.kind()) + " 9 UDP/TLS/RTP/SAVPF " + type);
    transport(media);
    line("a=inactive");
    line("a=rtcp-mux");
    line("a=rtpmap:" + type + " " + std::string(codec));
  }

  const std::vector<Media>& media_;
  const SdpOffer& offer_;
  std::string text_;
};

MessageOwner parse(std::string_view sdp) {
  if (sdp.empty()) refuse("it is empty");
  if (sdp.size() > kMaxSdpBytes) {
    refuse("found " + std::to_string(sdp.size()) + " bytes, expected at most 65536");
  }
  const auto is_control = [](unsigned char c) { return c < 32 && c != '\r' && c != '\n'; };
  if (std::any_of(sdp.begin(), sdp.end(), is_control)) refuse("found a control character");
  if (!sdp.starts_with("v=0\r") && !sdp.starts_with("v=0\n"))
    refuse("expected v=0 at its beginning");
  GstSDPMessage* raw = nullptr;
  gst_sdp_message_new(&raw);
  MessageOwner message(raw);
  const std::string text(sdp);  // the parser wants a zero behind it
  const auto* bytes = reinterpret_cast<const guint8*>(text.c_str());
  if (gst_sdp_message_parse_buffer(bytes, static_cast<guint>(text.size()), raw) != GST_SDP_OK) {
    refuse("it is not well formed");
  }
  return message;
}

// What each m-line is for; the first that can serve is taken.
void assign(const std::vector<Media>& all, SdpOffer& offer) {
  offer.video_index = -1;
  bool has_video = false, sends_only = false;
  for (size_t k = 0; k < all.size(); k++) {
    const Media& media = all[k];
    const int index = static_cast<int>(k);
    if (media.rejected() && !media.own("bundle-only")) refuse("found an m-line with the port 0");
    check_transport(media);
    if (media.kind() == "application") {
      if (offer.data_index >= 0) refuse("found two m-lines for data channels, expected one");
      if (media.protocol() != "UDP/DTLS/SCTP") refuse("expected a data channel over UDP/DTLS/SCTP");
      offer.data_index = index;
      continue;
    }
    if (media.kind() != "audio" && media.kind() != "video") {
      refuse("found an m-line of another kind than audio, video and application");
    }
    if (media.protocol() != "UDP/TLS/RTP/SAVPF") refuse("expected media over UDP/TLS/RTP/SAVPF");
    if (!media.own("rtcp-mux")) refuse("expected a=rtcp-mux");
    if (media.kind() == "audio" || offer.video_index >= 0) continue;
    has_video = true;
    const bool receives = direction(media) == "recvonly" || direction(media) == "sendrecv";
    sends_only = sends_only || !receives;
    if (receives && find_codec(media, offer)) offer.video_index = index;
  }
  if (!has_video) cannot_serve("offers no video");
  if (offer.video_index >= 0) return;
  if (sends_only) cannot_serve("offers no video that it receives");
  cannot_serve("offers no H.264 constrained baseline with packetization-mode=1");
}

}  // namespace

SdpOffer read_sdp_offer(std::string_view sdp) {
  const MessageOwner message = parse(sdp);
  const guint count = gst_sdp_message_medias_len(message.get());
  if (count == 0 || count > kMaxMedia) {
    refuse("found " + std::to_string(count) + " m-lines, expected 1 to 8");
  }
  std::vector<Media> all;
  for (guint k = 0; k < count; k++) {
    all.emplace_back(message.get(), gst_sdp_message_get_media(message.get(), k));
  }
  SdpOffer offer;
  assign(all, offer);
  check_bundle(message.get(), all);
  const Media& video = all[static_cast<size_t>(offer.video_index)];
  find_retransmission(video, offer);
  find_playout_delay(video, offer);
  offer.fingerprint = lower(video.either("fingerprint")).substr(8);
  offer.text = Reducer(all, offer).text();
  return offer;
}

}  // namespace vita
