#include "webrtc/peer_stats.h"

#include <gst/webrtc/webrtc.h>

#include <algorithm>

#include "webrtc/webrtc_peer.h"

namespace vita {
namespace {

// A field of whatever number type this version of GStreamer chose.
void read_number(const GstStructure* from, const char* name, int64_t& to) {
  const GValue* value = gst_structure_get_value(from, name);
  GValue number = G_VALUE_INIT;
  g_value_init(&number, G_TYPE_INT64);
  if (value && g_value_transform(value, &number)) to = g_value_get_int64(&number);
  g_value_unset(&number);
}

struct Reading {
  WebrtcPeerStats* stats;
  double fraction_lost = -1, round_trip_s = 0;
};

gboolean read_part(GQuark, const GValue* value, gpointer data) {
  if (!GST_VALUE_HOLDS_STRUCTURE(value)) return TRUE;
  auto& reading = *static_cast<Reading*>(data);
  const GstStructure* part = gst_value_get_structure(value);
  GstWebRTCStatsType type{};
  if (!gst_structure_get(part, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, nullptr)) return TRUE;
  if (type == GST_WEBRTC_STATS_OUTBOUND_RTP) {
    read_number(part, "packets-sent", reading.stats->packets_sent);
    read_number(part, "bytes-sent", reading.stats->bytes_sent);
    read_number(part, "nack-count", reading.stats->nacks);
  } else if (type == GST_WEBRTC_STATS_REMOTE_INBOUND_RTP) {
    read_number(part, "packets-lost", reading.stats->packets_lost);
    gst_structure_get_double(part, "fraction-lost", &reading.fraction_lost);
    gst_structure_get_double(part, "round-trip-time", &reading.round_trip_s);
  }
  return TRUE;
}

}  // namespace

void read_peer_stats(const GstStructure* reply, WebrtcPeerStats& stats) {
  Reading reading{&stats};
  gst_structure_foreach(reply, read_part, &reading);
  stats.reported = reading.fraction_lost >= 0;
  if (!stats.reported) return;
  stats.loss = std::min(reading.fraction_lost, 1.0);
  if (reading.round_trip_s > 0) stats.rtt_ms = reading.round_trip_s * 1e3;
}

}  // namespace vita
