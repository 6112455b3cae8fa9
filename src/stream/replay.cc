#include "stream/replay.h"

#include <utility>

#include "core/error.h"

namespace vita {

Replay::Replay(const VideoModel& model, LoggedSession log) : model_(model), log_(std::move(log)) {
  const SessionLogHeader& h = log_.header;
  if (h.weights != model.weights_hash()) {
    throw Error(ErrorCode::invalid_argument, "session log: found weights " + h.weights +
                                                 ", expected those of the model, " +
                                                 model.weights_hash());
  }
  open({h.prompt, h.seed});
  const size_t luma = static_cast<size_t>(h.width) * static_cast<size_t>(h.height);
  memory_.resize(luma + luma / 2);
  uint8_t* y = memory_.data();
  uint8_t* u = y + luma;
  uint8_t* v = u + luma / 4;
  view_ = {y, u, v, h.width, h.height, h.width, h.width / 2};
  frame_ = {0, 0, y, u, v, h.width, h.height, h.width, h.width / 2};
}

void Replay::open(const LoggedWorld& world) {
  const SessionLogHeader& h = log_.header;
  state_.reset();
  state_ = model_.open({world.prompt, world.seed, h.width, h.height, h.fps, h.workers});
}

// Whether a frame came of it.
bool Replay::step(const LoggedRun& run) {
  const int64_t k = in_run_++;
  const double fps = log_.header.fps;
  // One frame at a time: all of the model's threads paint it.
  const int ticket = state_->advance({static_cast<double>(run.step + k) / fps, run.tier, true});
  if (run.dropped) {
    state_->drop(ticket);
    return false;
  }
  state_->paint(ticket, 0, view_);
  frame_.index = run.frame + k;
  frame_.time_s = static_cast<double>(frame_.index) / fps;
  return true;
}

const Frame* Replay::next() {
  for (; entry_ < log_.entries.size(); entry_++, in_run_ = 0) {
    const auto& entry = log_.entries[entry_];
    if (const auto* control = std::get_if<Control>(&entry)) {
      state_->control(*control);
    } else if (const auto* world = std::get_if<LoggedWorld>(&entry)) {
      open(*world);
    } else {
      const auto& run = std::get<LoggedRun>(entry);
      while (in_run_ < run.count) {
        if (step(run)) return &frame_;
      }
    }
  }
  return nullptr;
}

}  // namespace vita
