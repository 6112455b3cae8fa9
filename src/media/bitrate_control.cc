#include "media/bitrate_control.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"

namespace vita {
namespace {

constexpr double kHeavyLoss = 0.10, kSomeLoss = 0.02;  // below the second, the path is clean
constexpr double kHeavyFactor = 0.7, kSomeFactor = 0.9;
constexpr double kStepShare = 0.05;  // of the ceiling, each clean report
// A round trip so far beyond the least one means that a queue fills.
constexpr double kQueueMs = 100, kQueueFactor = 2;
// The least round trip seen is forgotten slowly: paths change.
constexpr double kLeastDrift = 1.01;

}  // namespace

BitrateControl::BitrateControl(const BitrateLimits& limits) : limits_(limits) {
  const bool ordered = 0 < limits.floor_kbps && limits.floor_kbps <= limits.start_kbps &&
                       limits.start_kbps <= limits.ceiling_kbps;
  if (!ordered) {
    throw Error(ErrorCode::invalid_argument,
                "bit rate: found floor " + std::to_string(limits.floor_kbps) + ", start " +
                    std::to_string(limits.start_kbps) + " and ceiling " +
                    std::to_string(limits.ceiling_kbps) + " kbit/s, expected them in this order");
  }
}

void BitrateControl::adapt(Path& path, const PathSample& sample, int64_t now_us) const {
  bool queueing = false;
  if (sample.rtt_ms > 0) {
    const bool first = path.least_rtt_ms <= 0;
    path.least_rtt_ms =
        first ? sample.rtt_ms : std::min(path.least_rtt_ms * kLeastDrift, sample.rtt_ms);
    queueing = sample.rtt_ms > path.least_rtt_ms * kQueueFactor &&
               sample.rtt_ms > path.least_rtt_ms + kQueueMs;
  }
  double factor = 1;
  if (sample.loss > kHeavyLoss) {
    factor = kHeavyFactor;
  } else if (sample.loss > kSomeLoss || queueing) {
    factor = kSomeFactor;
  }
  if (factor < 1) {
    path.kbps *= factor;
    path.lowered = true;
    path.lowered_us = now_us;
  } else if (!path.lowered || now_us - path.lowered_us >= limits_.hold_us) {
    path.kbps += kStepShare * limits_.ceiling_kbps;
  }
  path.kbps = std::clamp<double>(path.kbps, limits_.floor_kbps, limits_.ceiling_kbps);
}

int BitrateControl::update(int64_t viewer, const PathSample& sample, int64_t now_us) {
  if (!std::isfinite(sample.loss) || !std::isfinite(sample.rtt_ms)) return target_kbps(now_us);
  auto [at, is_new] = paths_.try_emplace(viewer);
  if (is_new) at->second.kbps = limits_.start_kbps;
  at->second.seen_us = now_us;
  adapt(at->second, {std::clamp(sample.loss, 0.0, 1.0), std::max(sample.rtt_ms, 0.0)}, now_us);
  return target_kbps(now_us);
}

void BitrateControl::remove(int64_t viewer) { paths_.erase(viewer); }

int BitrateControl::target_kbps(int64_t now_us) {
  std::erase_if(
      paths_, [&](const auto& entry) { return now_us - entry.second.seen_us > limits_.stale_us; });
  if (paths_.empty()) return limits_.start_kbps;
  std::vector<double> all;
  for (const auto& [viewer, path] : paths_) all.push_back(path.kbps);
  std::sort(all.begin(), all.end());
  const double median = all[all.size() / 2];
  return static_cast<int>(std::lround(std::max(all.front(), median / 2)));
}

int BitrateControl::viewer_kbps(int64_t viewer) const {
  const auto at = paths_.find(viewer);
  return at == paths_.end() ? limits_.start_kbps : static_cast<int>(std::lround(at->second.kbps));
}

}  // namespace vita
