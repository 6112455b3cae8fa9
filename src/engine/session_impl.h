// A public session over a pipeline.
#pragma once
#include <memory>

#include "core/video_model.h"
#include "stream/pipeline.h"
#include "vita/session.h"

namespace vita {

class Session::Impl {
 public:
  // `model` must be open; it is kept as long as the session.
  Impl(std::shared_ptr<const VideoModel> model, const SessionOptions& options, int workers);

  Pipeline& pipeline() { return *pipeline_; }
  const Understanding& understanding() const { return understanding_; }

 private:
  std::shared_ptr<const VideoModel> model_;
  SteadyClock clock_;
  Understanding understanding_;
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace vita
