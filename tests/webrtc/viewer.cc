#include "webrtc/viewer.h"

#include <gst/app/gstappsink.h>
#include <gst/rtp/rtp.h>
#include <gst/sdp/sdp.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

#include <chrono>
#include <cstring>

#include "media/initialise.h"
#include "webrtc/promise.h"

namespace vita {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

GstElement* add(GstBin* bin, const char* kind) {
  GstElement* element = gst_element_factory_make(kind, nullptr);
  gst_bin_add(bin, element);
  return element;
}

AccessUnit copy_of(GstBuffer* buffer) {
  GstMapInfo map{};
  gst_buffer_map(buffer, &map, GST_MAP_READ);
  const std::shared_ptr<uint8_t[]> bytes(new uint8_t[map.size]);
  std::memcpy(bytes.get(), map.data, map.size);
  AccessUnit unit;
  unit.data = std::shared_ptr<const uint8_t>(bytes, bytes.get());
  unit.size = map.size;
  unit.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_buffer_unmap(buffer, &map);
  return unit;
}

}  // namespace

Viewer::Viewer() {
  initialise_media();
  pipeline_.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new("viewer"))));
  webrtc_ = add(GST_BIN(pipeline_.get()), "webrtcbin");
  gst_util_set_object_arg(G_OBJECT(webrtc_), "bundle-policy", "max-bundle");
  g_signal_connect(webrtc_, "pad-added", G_CALLBACK(on_pad), this);
  connect_signal(webrtc_, "notify::ice-gathering-state", [this](gpointer) {
    GstWebRTCICEGatheringState state{};
    g_object_get(webrtc_, "ice-gathering-state", &state, nullptr);
    const std::lock_guard lock(mutex_);
    gathered_ = state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
    changed_.notify_all();
  });
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  const GstCapsOwner caps(
      gst_caps_from_string("application/x-rtp,media=video,encoding-name=H264,payload=102,"
                           "clock-rate=90000,packetization-mode=(string)1,"
                           "profile-level-id=(string)42e01f,rtcp-fb-nack=true,"
                           "rtcp-fb-nack-pli=true"));
  GstWebRTCRTPTransceiver* transceiver = nullptr;
  g_signal_emit_by_name(webrtc_, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                        caps.get(), &transceiver);
  gst_object_unref(transceiver);
  GObject* channel = nullptr;
  g_signal_emit_by_name(webrtc_, "create-data-channel", "control", nullptr, &channel);
  channel_.reset(channel);
  connect_signal(channel, "on-open", [this] { note([](Seen& s) { s.channel_open = true; }); });
  connect_signal(channel, "on-message-string", [this](gpointer text) {
    const std::string message(static_cast<const char*>(text));
    note([&](Seen& s) { s.messages.push_back(message); });
  });
}

Viewer::~Viewer() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

void Viewer::note(const std::function<void(Seen&)>& change) {
  const std::lock_guard lock(mutex_);
  change(seen_);
  changed_.notify_all();
}

std::string Viewer::offer() {
  GstPromise* made = make_promise([this](const GstStructure* reply) {
    GstWebRTCSessionDescription* offer = nullptr;
    gst_structure_get(reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, nullptr);
    g_signal_emit_by_name(webrtc_, "set-local-description", offer, nullptr);
    gst_webrtc_session_description_free(offer);
  });
  g_signal_emit_by_name(webrtc_, "create-offer", nullptr, made);
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [this] { return gathered_; })) return {};
  }
  GstWebRTCSessionDescription* local = nullptr;
  g_object_get(webrtc_, "local-description", &local, nullptr);
  gchar* text = gst_sdp_message_as_text(local->sdp);
  std::string sdp(text);
  g_free(text);
  gst_webrtc_session_description_free(local);
  return sdp;
}

void Viewer::answer(const std::string& sdp) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(sdp.c_str(), &message);
  auto* answer = gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, message);
  g_signal_emit_by_name(webrtc_, "set-remote-description", answer, nullptr);
  gst_webrtc_session_description_free(answer);
}

void Viewer::send_message(const std::string& text) {
  g_signal_emit_by_name(channel_.get(), "send-string", text.c_str());
}

void Viewer::ask_for_key() {
  GstIterator* pads = gst_element_iterate_src_pads(webrtc_);
  const auto ask = [](const GValue* item, gpointer) {
    auto* event = gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0);
    gst_pad_send_event(GST_PAD(g_value_get_object(item)), event);
  };
  gst_iterator_foreach(pads, ask, nullptr);
  gst_iterator_free(pads);
}

// From the RTP packets of a pad to whole pictures.
void Viewer::on_pad(GstElement*, GstPad* pad, gpointer data) {
  auto* self = static_cast<Viewer*>(data);
  const auto probe = [](GstPad*, GstPadProbeInfo* info, gpointer viewer) -> GstPadProbeReturn {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (!gst_rtp_buffer_map(GST_PAD_PROBE_INFO_BUFFER(info), GST_MAP_READ, &rtp))
      return GST_PAD_PROBE_OK;
    const bool last = gst_rtp_buffer_get_marker(&rtp);
    const uint32_t time = gst_rtp_buffer_get_timestamp(&rtp);
    gst_rtp_buffer_unmap(&rtp);
    if (last) static_cast<Viewer*>(viewer)->note([&](Seen& s) { s.rtp_times.push_back(time); });
    return GST_PAD_PROBE_OK;
  };
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, probe, self, nullptr);
  GstBin* bin = GST_BIN(self->pipeline_.get());
  GstElement *depay = add(bin, "rtph264depay"), *parse = add(bin, "h264parse"),
             *sink = add(bin, "appsink");
  const GstCapsOwner units(
      gst_caps_from_string("video/x-h264,stream-format=byte-stream,alignment=au"));
  g_object_set(sink, "caps", units.get(), "emit-signals", TRUE, "sync", FALSE, nullptr);
  g_signal_connect(sink, "new-sample", G_CALLBACK(on_unit), self);
  gst_element_link_many(depay, parse, sink, nullptr);
  for (GstElement* element : {sink, parse, depay}) gst_element_sync_state_with_parent(element);
  const GstOwner<GstPad> into(gst_element_get_static_pad(depay, "sink"));
  gst_pad_link(pad, into.get());
}

GstFlowReturn Viewer::on_unit(GstElement* sink, gpointer self) {
  GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(sink));
  if (!sample) return GST_FLOW_EOS;
  const AccessUnit unit = copy_of(gst_sample_get_buffer(sample));
  gst_sample_unref(sample);
  static_cast<Viewer*>(self)->note([&](Seen& s) { s.units.push_back(unit); });
  return GST_FLOW_OK;
}

bool Viewer::wait(const std::function<bool(const Seen&)>& enough) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return enough(seen_); });
}

Viewer::Seen Viewer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

}  // namespace vita
