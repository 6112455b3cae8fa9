#include "webrtc/peer_pipeline.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <string>
#include <utility>

#include "core/error.h"
#include "media/initialise.h"
#include "media/pipeline.h"
#include "webrtc/playout_delay.h"
#include "webrtc/webrtc_peer.h"

namespace vita {
namespace {

constexpr guint kPacketBytes = 1200;  // fits every path without fragments

using KeyRequested = std::function<void()>;

GstPadProbeReturn on_upstream_event(GstPad*, GstPadProbeInfo* info, gpointer data) {
  if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info))) {
    (*static_cast<KeyRequested*>(data))();
  }
  return GST_PAD_PROBE_OK;
}

// Pictures carry their session's times, not this pipeline's: nothing may wait for its clock.
void on_deep_element(GstBin*, GstBin*, GstElement* element, gpointer) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "sync"))
    g_object_set(element, "sync", FALSE, nullptr);
}

void destroy_function(gpointer data) { delete static_cast<KeyRequested*>(data); }
void destroy_data(gpointer data) { delete static_cast<std::shared_ptr<const uint8_t>*>(data); }

GstElement* reference(GstElement* element) { return GST_ELEMENT(gst_object_ref(element)); }

uint32_t random_ssrc() {
  uint32_t ssrc = 0;
  while (ssrc == 0) ssrc = g_random_int();
  return ssrc;
}

void link(GstElement* from, GstElement* to) {
  if (!gst_element_link(from, to)) {
    throw Error(ErrorCode::internal, "GStreamer's elements of a WebRTC peer do not link");
  }
}

}  // namespace

PeerPipeline::PeerPipeline(const SdpOffer& offer, const WebrtcPeerOptions& options,
                           KeyRequested key_requested)
    : ssrc_(random_ssrc()) {
  initialise_media();
  pipeline_ = make_pipeline();
  GstBin* bin = GST_BIN(pipeline_.get());
  g_signal_connect(bin, "deep-element-added", G_CALLBACK(on_deep_element), nullptr);
  source_.reset(reference(add_element(bin, "appsrc", "gstreamer1.0-plugins-base")));
  GstElement* payloader = add_element(bin, "rtph264pay", "gstreamer1.0-plugins-good");
  GstElement* filter = add_element(bin, "capsfilter", "gstreamer1.0-plugins-base");
  webrtc_.reset(reference(add_element(bin, "webrtcbin", "gstreamer1.0-plugins-bad")));
  const GstCapsOwner units(gst_caps_new_simple("video/x-h264", "stream-format", G_TYPE_STRING,
                                               "byte-stream", "alignment", G_TYPE_STRING, "au",
                                               nullptr));
  g_object_set(source_.get(), "caps", units.get(), "format", GST_FORMAT_TIME, "is-live", TRUE,
               "max-bytes", guint64{0}, nullptr);
  g_object_set(payloader, "pt", static_cast<guint>(offer.payload_type), "ssrc", ssrc_, "mtu",
               kPacketBytes, "timestamp-offset", guint{0}, "config-interval", -1, nullptr);
  gst_util_set_object_arg(G_OBJECT(payloader), "aggregate-mode", "zero-latency");
  if (offer.playout_delay_id > 0) {
    const auto extension = make_playout_delay(offer.playout_delay_id);
    g_signal_emit_by_name(payloader, "add-extension", extension.get());
  }
  g_object_set(filter, "caps", rtp_caps(offer).get(), nullptr);
  g_object_set(webrtc_.get(), "latency", guint{20}, nullptr);
  gst_util_set_object_arg(G_OBJECT(webrtc_.get()), "bundle-policy", "max-bundle");
  configure_ice(options);
  link(source_.get(), payloader);
  link(payloader, filter);
  link(filter, webrtc_.get());
  const GstOwner<GstPad> pad(gst_element_get_static_pad(source_.get(), "src"));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event,
                    new KeyRequested(std::move(key_requested)), destroy_function);
}

GstCapsOwner PeerPipeline::rtp_caps(const SdpOffer& offer) const {
  GstCapsOwner caps(gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "video",
                                        "encoding-name", G_TYPE_STRING, "H264", "clock-rate",
                                        G_TYPE_INT, 90000, "payload", G_TYPE_INT,
                                        offer.payload_type, "ssrc", G_TYPE_UINT, ssrc_, nullptr));
  if (offer.playout_delay_id > 0) {
    const std::string field = "extmap-" + std::to_string(offer.playout_delay_id);
    gst_caps_set_simple(caps.get(), field.c_str(), G_TYPE_STRING, kPlayoutDelayUri, nullptr);
  }
  return caps;
}

// UPnP would hold the answer up for 200 ms, TCP candidates are of no use to browsers; with checks
// as keep-alives the agent notices a viewer that vanished.
void PeerPipeline::configure_ice(const WebrtcPeerOptions& options) {
  GObject *ice = nullptr, *agent = nullptr;
  g_object_get(webrtc_.get(), "ice-agent", &ice, nullptr);
  if (!ice) throw Error(ErrorCode::unsupported, "WebRTC: no ICE; install gstreamer1.0-nice");
  if (options.min_port > 0) {
    g_object_set(ice, "min-rtp-port", static_cast<guint>(options.min_port), "max-rtp-port",
                 static_cast<guint>(options.max_port), nullptr);
  }
  g_object_get(ice, "agent", &agent, nullptr);
  g_object_set(agent, "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", TRUE, nullptr);
  g_object_unref(agent);
  g_object_unref(ice);
  if (!options.stun_server.empty()) {
    g_object_set(webrtc_.get(), "stun-server", options.stun_server.c_str(), nullptr);
  }
}

void PeerPipeline::start(std::function<void(const std::string&)> failed) {
  watch_bus(pipeline_.get(), {std::move(failed), {}});
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    throw Error(ErrorCode::internal, "GStreamer does not start a WebRTC peer");
  }
}

void PeerPipeline::push(const AccessUnit& unit) {
  auto* keep = new std::shared_ptr<const uint8_t>(unit.data);
  GstBuffer* buffer =
      gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, const_cast<uint8_t*>(unit.data.get()),
                                  unit.size, 0, unit.size, keep, destroy_data);
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(unit.pts_us) * 1000;
  if (!unit.key) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_app_src_push_buffer(GST_APP_SRC(source_.get()), buffer);
}

size_t PeerPipeline::level() const {
  return gst_app_src_get_current_level_buffers(GST_APP_SRC(source_.get()));
}

void PeerPipeline::stop() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

}  // namespace vita
