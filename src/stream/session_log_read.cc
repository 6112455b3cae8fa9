// The strict reader of session logs.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "core/error.h"
#include "stream/check_control.h"
#include "stream/control_json.h"
#include "stream/prompt.h"
#include "stream/session_log.h"
#include "stream/text_file.h"

namespace vita {
namespace {

using strict_json::excerpt;
using strict_json::json;
using strict_json::Place;

constexpr int kDepthMax = 4;
constexpr int64_t kCountMax = int64_t{1} << 53;
constexpr size_t kBytesMax = SessionLog::kBytesMax + (64 << 10);  // the last run and the end
constexpr int kSideMax = 8192, kWorkersMax = 256;
constexpr double kFpsMax = 1000;

uint64_t read_seed(const json& object, const Place& place) {
  const json& value = strict_json::member(object, "seed", place);
  if (value.is_number_unsigned()) return value.get<uint64_t>();
  place.refuse("\"seed\" is " + excerpt(value) + ", expected a whole number from 0 to 2^64 - 1");
}

std::string read_prompt(const json& object, const Place& place) {
  std::string prompt = strict_json::string(object, "prompt", place);
  try {
    check_prompt(prompt);
  } catch (const Error& e) {
    place.refuse(e.what());
  }
  return prompt;
}

int read_count(const json& object, const char* key, int high, const Place& place) {
  return static_cast<int>(strict_json::integer(object, key, 1, high, place));
}

SessionLogHeader read_header(const json& line, const Place& place) {
  constexpr const char* kKeys[] = {"vitascope_log", "weights", "prompt", "seed",
                                   "width",         "height",  "fps",    "workers"};
  if (!line.is_object() || !line.contains("vitascope_log")) {
    place.refuse("found " + excerpt(line) + ", expected a header with \"vitascope_log\"");
  }
  const json& version = line.at("vitascope_log");
  if (version != 1) place.refuse("\"vitascope_log\" is " + excerpt(version) + ", expected 1");
  strict_json::check_object(line, kKeys, place);
  SessionLogHeader h;
  h.weights = strict_json::string(line, "weights", place);
  h.prompt = read_prompt(line, place);
  h.seed = read_seed(line, place);
  h.width = read_count(line, "width", kSideMax, place);
  h.height = read_count(line, "height", kSideMax, place);
  h.fps = strict_json::number(line, "fps", std::numeric_limits<double>::min(), kFpsMax, place);
  h.workers = read_count(line, "workers", kWorkersMax, place);
  return h;
}

// Reads line after line and keeps what they must agree on.
class Reader {
 public:
  explicit Reader(LoggedSession& log) : log_(log) {}

  // True after the end line.
  bool read(const json& line, const Place& place) {
    if (!line.is_object()) place.refuse("found " + excerpt(line) + ", expected an object");
    if (line.contains("frames")) {
      read_run(line, place);
    } else if (line.contains("control")) {
      read_controlled(line, place);
    } else if (line.contains("world")) {
      read_world(line, place);
    } else if (line.contains("dropped")) {
      read_dropped(line, place);
    } else if (line.contains("end")) {
      read_end(line, place);
      return true;
    } else {
      place.refuse("found " + excerpt(line) +
                   ", expected a line with one of frames, control, world, dropped, end");
    }
    return false;
  }

 private:
  void read_run(const json& line, const Place& place) {
    constexpr const char* kKeys[] = {"frame", "step", "frames", "tier"};
    strict_json::check_object(line, kKeys, place);
    LoggedRun run;
    run.frame = strict_json::integer(line, "frame", 0, kCountMax, place);
    run.step = strict_json::integer(line, "step", next_step_, kCountMax, place);
    run.count = strict_json::integer(line, "frames", 1, kCountMax, place);
    if (shown_at_ && (run.frame != shown_at_->first || run.step != shown_at_->second)) {
      place.refuse("found frame " + std::to_string(run.frame) + " at step " +
                   std::to_string(run.step) + ", expected frame " +
                   std::to_string(shown_at_->first) + " at step " +
                   std::to_string(shown_at_->second) + " of the control before it");
    }
    const auto named = std::get<TierControl>(read_control(
        {{"type", "tier"}, {"value", strict_json::string(line, "tier", place)}}, {}, place));
    if (named.tier == Tier::automatic) {
      place.refuse("\"tier\" is \"auto\", expected one of full, three_quarters, half");
    }
    run.tier = named.tier;
    shown_at_.reset();
    next_step_ = run.step + run.count;
    last_ = run.frame + run.count - 1;
    log_.entries.emplace_back(run);
  }

  void read_controlled(const json& line, const Place& place) {
    constexpr const char* kKeys[] = {"frame", "step", "control"};
    strict_json::check_object(line, kKeys, place);
    shown_at_ = {strict_json::integer(line, "frame", 0, kCountMax, place),
                 strict_json::integer(line, "step", 0, kCountMax, place)};
    Control control = read_control(line.at("control"), {}, place.in("\"control\""));
    if (std::holds_alternative<PauseControl>(control) ||
        std::holds_alternative<ResetControl>(control) ||
        std::holds_alternative<TierControl>(control)) {
      place.refuse("found " + excerpt(line.at("control")) +
                   ", expected a control of the world: prompt, move, look, autopilot, camera or "
                   "event");
    }
    log_.entries.emplace_back(std::move(control));
  }

  void read_world(const json& line, const Place& place) {
    constexpr const char* kKeys[] = {"frame", "world"};
    constexpr const char* kWorldKeys[] = {"prompt", "seed"};
    strict_json::check_object(line, kKeys, place);
    strict_json::integer(line, "frame", 0, kCountMax, place);
    const json& world = line.at("world");
    const Place inside = place.in("\"world\"");
    strict_json::check_object(world, kWorldKeys, inside);
    log_.entries.emplace_back(LoggedWorld{read_prompt(world, inside), read_seed(world, inside)});
    next_step_ = 0;
    // A drop never reaches into the world before.
    floor_ = log_.entries.size();
  }

  // Parts the latest frames from those before them. Each drop looks at what came after the one
  // before, so that all of them together look at each line once.
  void read_dropped(const json& line, const Place& place) {
    constexpr const char* kKeys[] = {"dropped"};
    strict_json::check_object(line, kKeys, place);
    const int64_t count = strict_json::integer(line, "dropped", 1, kCountMax, place);
    int64_t left = count;
    for (size_t k = log_.entries.size(); k > floor_ && left > 0; k--) {
      auto* run = std::get_if<LoggedRun>(&log_.entries[k - 1]);
      if (run == nullptr) continue;
      const int64_t kept = std::max<int64_t>(0, run->count - left);
      left -= run->count - kept;
      LoggedRun gone = *run;
      gone.frame += kept;
      gone.step += kept;
      gone.count -= kept;
      gone.dropped = true;
      if (kept == 0) {
        *run = gone;
      } else {
        run->count = kept;
        log_.entries.insert(log_.entries.begin() + static_cast<ptrdiff_t>(k), gone);
      }
    }
    if (left > 0) {
      place.refuse("found " + std::to_string(count) + " dropped frames, but only " +
                   std::to_string(count - left) + " were begun since the last drop");
    }
    floor_ = log_.entries.size();
  }

  void read_end(const json& line, const Place& place) {
    constexpr const char* kKeys[] = {"end", "cut"};
    strict_json::check_object(line, kKeys, place);
    const int64_t last = strict_json::integer(line, "end", -1, kCountMax, place);
    if (last != last_) {
      place.refuse("\"end\" is " + std::to_string(last) + ", expected " + std::to_string(last_) +
                   ", the last frame of the lines before");
    }
    log_.cut = strict_json::boolean(line, "cut", place);
    if (shown_at_ && !log_.cut) {
      place.refuse("found the end, expected the frame that shows the control before it");
    }
  }

  LoggedSession& log_;
  std::optional<std::pair<int64_t, int64_t>> shown_at_;  // what the next run must begin with
  int64_t next_step_ = 0, last_ = -1;
  size_t floor_ = 0;  // entries that a drop may still change
};

}  // namespace

LoggedSession parse_session_log(std::string_view text, const std::string& name) {
  const Place whole{ErrorCode::corrupt, "session log " + name};
  if (text.size() > kBytesMax) {
    whole.refuse("found more than the " + std::to_string(kBytesMax) + " bytes allowed");
  }
  LoggedSession log;
  Reader reader(log);
  int64_t number = 0;
  bool ended = false;
  while (!text.empty()) {
    const Place place = whole.in("line " + std::to_string(++number));
    const size_t length = std::min(text.find('\n'), text.size());
    if (ended) place.refuse("found more text, expected nothing after the end line");
    const json line = strict_json::parse(text.substr(0, length), kDepthMax, place);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (number == 1) {
      log.header = read_header(line, place);
    } else {
      ended = reader.read(line, place);
    }
  }
  if (ended) return log;
  whole.in("line " + std::to_string(number + 1))
      .refuse(std::string("found the end of the file, expected ") +
              (number == 0 ? "a header with \"vitascope_log\"" : "an end line"));
}

LoggedSession read_session_log(const std::string& path) {
  return parse_session_log(read_text_file(path, "session log " + path, kBytesMax), path);
}

}  // namespace vita
