// Reads webrtcbin's statistics.
#pragma once
#include <gst/gst.h>

#include <cstdint>

namespace vita {

struct WebrtcPeerStats;

// Puts into `stats` what a reply to "get-stats" says of our stream; what it does not say stays.
// `last_loss_packets` and so on are kept from call to call, so that the loss is one of lately.
class PeerStatsReader {
 public:
  void read(const GstStructure* reply, WebrtcPeerStats& stats);

 private:
  int64_t last_lost_ = 0, last_sent_ = 0;
  double last_report_ = 0;
};

}  // namespace vita
