// The calls about the server itself.
#pragma once
#include <memory>

#include "server/authentication.h"
#include "server/background_worker.h"
#include "server/http_router.h"
#include "server/session_registry.h"

namespace vita {

struct SystemCalls {
  const MainLoop& loop;
  const ServeOptions& options;
  SessionRegistry& registry;
  const Authentication& authentication;
  const Metrics& metrics;
  BackgroundWorker& thinker;
  const std::shared_ptr<const VideoModel>& model;  // null until it is loaded
  const bool& draining;
};

void add_system_calls(HttpRouter& router, const SystemCalls& calls);

}  // namespace vita
