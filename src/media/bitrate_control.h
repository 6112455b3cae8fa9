// Chooses a bit rate from what the viewers report of their networks.
#pragma once
#include <cstdint>
#include <map>

namespace vita {

struct BitrateLimits {
  int floor_kbps = 300, ceiling_kbps = 6000, start_kbps = 3000;
  int64_t hold_us = 3'000'000;    // after a decrease, no increase for so long
  int64_t stale_us = 10'000'000;  // a viewer that is silent for longer no longer counts
};

// What one viewer's network was like since its last report.
struct PathSample {
  double loss = 0;    // share of packets lost, 0 to 1
  double rtt_ms = 0;  // round trip; 0: unknown
};

// One encoder feeds all viewers, so there is one rate. Each viewer has its own target: it falls by
// a share when packets are lost or when the round trip grows well beyond the least one seen (a
// queue fills somewhere), and grows by a fixed step while the path is clean. The rate is the lowest
// of the targets, but at least half of their median: one hopeless network does not spoil it for the
// others. Not locked: its owner guards it. Reads no clock: `now_us` is the caller's, any epoch.
class BitrateControl {
 public:
  explicit BitrateControl(const BitrateLimits& limits);

  // Takes a report (values out of range are brought into it, ones that are no number ignored) and
  // returns the new rate.
  int update(int64_t viewer, const PathSample& sample, int64_t now_us);
  // The viewer has gone.
  void remove(int64_t viewer);
  // The rate without the viewers that have become silent, in kbit/s.
  int target_kbps(int64_t now_us);
  // What this viewer alone would get; the start rate if it is unknown.
  int viewer_kbps(int64_t viewer) const;

 private:
  struct Path {
    double kbps = 0;
    double least_rtt_ms = 0;
    int64_t seen_us = 0, lowered_us = 0;
    bool lowered = false;
  };
  void adapt(Path& path, const PathSample& sample, int64_t now_us) const;

  BitrateLimits limits_;
  std::map<int64_t, Path> paths_;
};

}  // namespace vita
