// POST /v1/videos and below: docs/live.md.
#pragma once
#include <memory>

#include "server/http_router.h"
#include "server/video_store.h"
#include "server/video_worker.h"

namespace vita {

struct VideoCalls {
  VideoStore& store;
  const std::unique_ptr<VideoWorker>& worker;  // null until the model is loaded
  Metrics& metrics;
  const bool& draining;
};

void add_video_calls(HttpRouter& router, const VideoCalls& calls);

}  // namespace vita
