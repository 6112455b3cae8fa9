#include "stream/session_log.h"

#include <utility>

#include "stream/control_json.h"

namespace vita {
namespace {

using Line = nlohmann::ordered_json;

int64_t last_of(const LoggedRun& run) { return run.frame + run.count - 1; }

std::string line_of(const Line& json) { return json.dump() + "\n"; }

std::string run_line(const LoggedRun& run) {
  const strict_json::json tier = control_json(TierControl{run.tier});
  return line_of({{"frame", run.frame},
                  {"step", run.step},
                  {"frames", run.count},
                  {"tier", tier.at("value").get<std::string>()}});
}

std::string header_line(const SessionLogHeader& h) {
  return line_of({{"vitascope_log", 1},
                  {"weights", h.weights},
                  {"prompt", h.prompt},
                  {"seed", h.seed},
                  {"width", h.width},
                  {"height", h.height},
                  {"fps", h.fps},
                  {"workers", h.workers}});
}

}  // namespace

SessionLog::SessionLog(const SessionLogHeader& header, size_t bytes_max)
    : bytes_max_(bytes_max), text_(header_line(header)) {}

void SessionLog::begun(int64_t frame, int64_t step, Tier tier) {
  const std::lock_guard lock(mutex_);
  if (cut_) return;
  const bool goes_on = waiting_.empty() && run_.count > 0 && frame == run_.frame + run_.count &&
                       step == run_.step + run_.count && tier == run_.tier;
  if (!goes_on) {
    close_run();
    for (const Control& control : waiting_) {
      const Line json = control_json(control);
      add(line_of({{"frame", frame}, {"step", step}, {"control", json}}));
    }
    waiting_.clear();
    run_ = {frame, step, 0, tier};
  }
  if (!cut_) run_.count++;
}

void SessionLog::controlled(int64_t, const Control& control) {
  const std::lock_guard lock(mutex_);
  if (!cut_) waiting_.push_back(control);
}

void SessionLog::opened(int64_t frame, const std::string& prompt, uint64_t seed) {
  const std::lock_guard lock(mutex_);
  close_run();
  add(line_of({{"frame", frame}, {"world", {{"prompt", prompt}, {"seed", seed}}}}));
}

void SessionLog::dropped(int64_t count) {
  const std::lock_guard lock(mutex_);
  close_run();
  add(line_of({{"dropped", count}}));
}

void SessionLog::close_run() {
  if (run_.count > 0 && add(run_line(run_))) last_ = last_of(run_);
  run_ = {};
}

// Nothing follows a line that did not fit, even if it would: the order is what counts.
bool SessionLog::add(const std::string& line) {
  cut_ = cut_ || text_.size() + line.size() > bytes_max_;
  if (!cut_) text_ += line;
  return !cut_;
}

std::string SessionLog::text() const {
  const std::lock_guard lock(mutex_);
  std::string text = text_;
  if (run_.count > 0) text += run_line(run_);
  const int64_t last = run_.count > 0 ? last_of(run_) : last_;
  return text + line_of({{"end", last}, {"cut", cut_}});
}

}  // namespace vita
