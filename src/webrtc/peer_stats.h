// Reads webrtcbin's statistics.
#pragma once
#include <gst/gst.h>

namespace vita {

struct WebrtcPeerStats;

// Puts into `stats` what a reply to "get-stats" says of our stream; what it does not say stays as
// it was.
void read_peer_stats(const GstStructure* reply, WebrtcPeerStats& stats);

}  // namespace vita
