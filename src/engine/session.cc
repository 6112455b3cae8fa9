#include "vita/session.h"

#include <utility>

#include "core/error.h"
#include "engine/picture_size.h"
#include "engine/session_impl.h"
#include "stream/prompt.h"

namespace vita {

Session::Impl::Impl(std::shared_ptr<const VideoModel> model, const SessionOptions& options,
                    int workers)
    : model_(std::move(model)) {
  check_prompt(options.prompt);
  check_picture_size(options.width, options.height);
  check_frame_rate(options.fps);
  if (options.frames < 0) {
    throw Error(ErrorCode::invalid_argument,
                "found " + std::to_string(options.frames) + " frames, expected 0 (no end) or more");
  }
  std::unique_ptr<VideoState> state = model_->open(
      {options.prompt, options.seed, options.width, options.height, options.fps, workers});
  understanding_ = state->understanding();
  PipelineOptions driven;
  driven.width = options.width;
  driven.height = options.height;
  driven.fps = options.fps;
  driven.workers = workers;
  driven.frames = options.frames;
  driven.paced = options.paced;
  driven.tier = options.tier;
  pipeline_ = std::make_unique<Pipeline>(std::move(state), std::move(driven), clock_);
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

uint64_t Session::control(const Control& control) { return impl_->pipeline().post(control); }
std::optional<Receipt> Session::next_receipt() { return impl_->pipeline().next_receipt(); }
const Frame* Session::next_frame() { return impl_->pipeline().next(); }
void Session::stop() { impl_->pipeline().stop(); }
const Understanding& Session::understanding() const { return impl_->understanding(); }
PaceCounters Session::pace() const { return impl_->pipeline().pace(); }

}  // namespace vita
