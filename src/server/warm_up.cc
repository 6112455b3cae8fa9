#include "server/warm_up.h"

#include <future>

#include "core/thread_time.h"
#include "stream/live_session.h"
#include "webrtc/webrtc_peer.h"

namespace vita {
namespace {

double ms_since(int64_t start_us) { return static_cast<double>(monotonic_us() - start_us) * 1e-3; }

void make_a_picture(const std::shared_ptr<const VideoModel>& model, int threads) {
  SteadyClock clock;
  LiveOptions options;
  options.prompt = "snowy mountains at dusk with pines";
  options.workers = threads;
  options.paused = true;
  LiveSession session(model, options, clock);
  session.next();
  session.stop();
}

}  // namespace

WarmModel warm_up(const WarmUpRequest& request, const ModelOpener& open, EncoderStock& encoders) {
  WarmModel warm;
  warm.threads = checked_threads(request.threads);
  const int64_t start_us = monotonic_us();
  auto webrtc = std::async(std::launch::async, [] { warm_up_webrtc(); });
  warm.model =
      open(request.model_dir.empty() ? default_model_dir() : request.model_dir, warm.threads);
  warm.load_ms = ms_since(start_us);
  make_a_picture(warm.model, warm.threads);
  encoders.fill();
  webrtc.get();
  warm.warm_up_ms = ms_since(start_us) - warm.load_ms;
  return warm;
}

}  // namespace vita
