// One live session: a world that people watch and steer while it is made.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "core/video_model.h"
#include "stream/clock.h"
#include "stream/pipeline.h"
#include "stream/session_log.h"

namespace vita {

struct LiveOptions {
  std::string prompt;
  uint64_t seed = 0;
  int width = 1280, height = 720;
  double fps = 24;
  int workers = 1;      // painting threads
  bool paused = false;  // makes one picture and waits
  // 0..1, unlike that of other sessions on this machine: see TierGovernor::Options.
  double tier_spread = 0;
};

// Paced: a frame each 1 / fps seconds of the clock. A ResetControl puts a new world into the
// session; frames count on. All methods may be called from any thread, but next() from one at a
// time; the model and the clock outlive nothing here but are kept or outlive it, respectively.
//
//   LiveSession session(model, {.prompt = "snowy mountains at dusk", .workers = 2}, clock);
//   session.post(EventControl{EventName::time, 22.0});
//   while (const Frame* frame = session.next()) send(*frame);   // stop() from elsewhere ends it
class LiveSession {
 public:
  // Throws Error{invalid_argument} for a prompt that cannot be used or of which nothing is
  // understood, and for a size or rate that the model cannot serve.
  LiveSession(std::shared_ptr<const VideoModel> model, const LiveOptions& options, Clock& clock);

  // What was taken from the first prompt; receipts tell of the later ones.
  const Understanding& understanding() const { return understanding_; }
  // Throws Error{invalid_argument} for a control that makes no sense. Returns the id that its
  // receipt will carry. Pause, resume and tier are answered at once, a reset ends a pause.
  uint64_t post(const Control& control) { return pipeline_->post(control); }
  // The oldest unread receipt, if any: look after each frame and after each post().
  std::optional<Receipt> next_receipt() { return pipeline_->next_receipt(); }
  // Waits for the next frame, which holds until the next call. Null after stop(); throws what went
  // wrong inside.
  const Frame* next() { return pipeline_->next(); }
  void stop() { pipeline_->stop(); }

  PipelineStats stats() { return pipeline_->stats(); }
  PaceCounters pace() { return pipeline_->pace(); }
  // As of the frame that was handed out last.
  WorldStatus status() { return pipeline_->status(); }
  bool paused() { return pipeline_->paused(); }
  Tier tier() { return pipeline_->tier(); }  // of the frame that was handed out last
  // All that it takes to make the frames so far again: see SessionLog and Replay.
  std::string log() const { return log_->text(); }

 private:
  std::shared_ptr<const VideoModel> model_;
  Understanding understanding_;
  std::unique_ptr<SessionLog> log_;
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace vita
