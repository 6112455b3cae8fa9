#include "stream/live_session.h"

#include <utility>

#include "core/understood.h"
#include "stream/prompt.h"

namespace vita {

LiveSession::LiveSession(std::shared_ptr<const VideoModel> model, const LiveOptions& options,
                         Clock& clock)
    : model_(std::move(model)) {
  check_prompt(options.prompt);
  std::unique_ptr<VideoState> state = model_->open(
      {options.prompt, options.seed, options.width, options.height, options.fps, options.workers});
  understanding_ = state->understanding();
  check_understood(understanding_);
  log_ = std::make_unique<SessionLog>(SessionLogHeader{model_->weights_hash(), options.prompt,
                                                       options.seed, options.width, options.height,
                                                       options.fps, options.workers});
  PipelineOptions driven;
  driven.width = options.width;
  driven.height = options.height;
  driven.fps = options.fps;
  driven.workers = options.workers;
  driven.paced = true;
  driven.paused = options.paused;
  driven.tier_spread = options.tier_spread;
  driven.worlds = {model_.get(), options.prompt, options.seed};
  driven.observer = log_.get();
  pipeline_ = std::make_unique<Pipeline>(std::move(state), std::move(driven), clock);
}

}  // namespace vita
