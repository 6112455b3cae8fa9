// Makes the frames of a logged session again.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "core/video_model.h"
#include "stream/session_log.h"
#include "vita/frame.h"

namespace vita {

// Goes through the log step by step on its caller's thread, those frames included that were
// dropped: the world moved through them. What it hands out are the frames that the session handed
// out or, at its end, would have, bit for bit if the model has header.workers threads.
class Replay {
 public:
  // Throws Error{invalid_argument} for a log of other weights than the model's and for what the
  // model cannot serve. The model must outlive it.
  Replay(const VideoModel& model, LoggedSession log);

  // Null at the end. The frame holds until the next call.
  const Frame* next();
  const Understanding& understanding() const { return state_->understanding(); }

 private:
  void open(const LoggedWorld& world);
  bool step(const LoggedRun& run);

  const VideoModel& model_;
  const LoggedSession log_;
  std::unique_ptr<VideoState> state_;
  std::vector<uint8_t> memory_;
  FrameView view_;
  Frame frame_;
  size_t entry_ = 0;    // that is played
  int64_t in_run_ = 0;  // frames of it that were begun
};

}  // namespace vita
