#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

#include <memory>

#include "core/error.h"
#include "webrtc/promise.h"
#include "webrtc/webrtc_peer_impl.h"

namespace vita {
namespace {

struct DescriptionRelease {
  void operator()(GstWebRTCSessionDescription* d) const { gst_webrtc_session_description_free(d); }
};
using DescriptionOwner = std::unique_ptr<GstWebRTCSessionDescription, DescriptionRelease>;

DescriptionOwner parse_offer(const std::string& text) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(text.c_str(), &message) != GST_SDP_OK) {
    throw Error(ErrorCode::internal, "SDP offer: GStreamer does not read it back");
  }
  return DescriptionOwner(gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, message));
}

// Tells webrtcbin that we send and do not receive, and that it answers NACKs.
void configure_transceivers(GstElement* webrtc, bool has_retransmission) {
  GArray* all = nullptr;
  g_signal_emit_by_name(webrtc, "get-transceivers", &all);
  for (guint k = 0; all && k < all->len; k++) {
    auto* transceiver = g_array_index(all, GstWebRTCRTPTransceiver*, k);
    GstWebRTCRTPTransceiverDirection direction{};
    g_object_get(transceiver, "direction", &direction, nullptr);
    if (direction == GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE) continue;
    g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, "do-nack",
                 has_retransmission ? TRUE : FALSE, nullptr);
  }
  if (all) g_array_unref(all);
}

}  // namespace

void WebrtcPeer::Impl::negotiate() {
  const std::weak_ptr<Impl> weak = weak_from_this();
  const DescriptionOwner offer = parse_offer(offer_.text);
  GstPromise* promise = make_promise([weak](const GstStructure* reply) {
    const auto self = weak.lock();
    if (!self) return;
    if (const char* error = promise_error(reply)) {
      self->close(std::string("the offer was refused: ") + error);
    } else {
      self->make_answer();
    }
  });
  g_signal_emit_by_name(pipeline_.webrtc(), "set-remote-description", offer.get(), promise);
}

void WebrtcPeer::Impl::make_answer() {
  configure_transceivers(pipeline_.webrtc(), offer_.retransmission_type >= 0);
  const std::weak_ptr<Impl> weak = weak_from_this();
  GstPromise* promise = make_promise([weak](const GstStructure* reply) {
    if (const auto self = weak.lock()) self->set_answer(reply);
  });
  g_signal_emit_by_name(pipeline_.webrtc(), "create-answer", nullptr, promise);
}

void WebrtcPeer::Impl::set_answer(const GstStructure* reply) {
  GstWebRTCSessionDescription* raw = nullptr;
  if (reply) {
    gst_structure_get(reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  }
  const DescriptionOwner answer(raw);
  if (!answer) {
    const char* error = promise_error(reply);
    close(std::string("no answer could be made: ") + (error ? error : "no reason given"));
    return;
  }
  const std::weak_ptr<Impl> weak = weak_from_this();
  GstPromise* promise = make_promise([weak](const GstStructure* done) {
    const auto self = weak.lock();
    const char* error = promise_error(done);
    if (self && error) self->close(std::string("the answer was refused: ") + error);
  });
  g_signal_emit_by_name(pipeline_.webrtc(), "set-local-description", answer.get(), promise);
}

void WebrtcPeer::Impl::note_gathering() {
  GstWebRTCICEGatheringState state{};
  g_object_get(pipeline_.webrtc(), "ice-gathering-state", &state, nullptr);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) deliver_answer();
}

void WebrtcPeer::Impl::deliver_answer() {
  GstWebRTCSessionDescription* raw = nullptr;
  g_object_get(pipeline_.webrtc(), "local-description", &raw, nullptr);
  const DescriptionOwner answer(raw);
  if (!answer || answered_.exchange(true)) return;
  const std::unique_ptr<gchar, GFree> text(gst_sdp_message_as_text(answer->sdp));
  invoke(callbacks_.answered, std::string(text.get()));
}

}  // namespace vita
