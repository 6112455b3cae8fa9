// The log of a session: all that is needed to make its frames again. JSON lines; docs/session.md
// has the table.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "stream/step_observer.h"

namespace vita {

struct SessionLogHeader {
  std::string weights;  // VideoModel::weights_hash()
  std::string prompt;   // of the first world
  uint64_t seed = 0;
  int width = 0, height = 0;
  double fps = 0;
  int workers = 1;  // the number shows in the bits of pictures
};

// `count` frames that were begun one after the other in one tier: index and step grow by one.
struct LoggedRun {
  int64_t frame = 0, step = 0, count = 0;
  Tier tier = Tier::full;
  bool dropped = false;  // the world moved on through them, but nobody saw them
};

// The world was opened anew.
struct LoggedWorld {
  std::string prompt;
  uint64_t seed = 0;
};

struct LoggedSession {
  SessionLogHeader header;
  std::vector<std::variant<LoggedRun, LoggedWorld, Control>> entries;  // in their order
  bool cut = false;  // the session went on, the log did not
};

// Writes down what it observes, `bytes_max` of text at most; what comes after that is left out, and
// the end line says so. Runs of frames cost nothing: an hour without controls is one line.
class SessionLog : public StepObserver {
 public:
  static constexpr size_t kBytesMax = 8 << 20;
  explicit SessionLog(const SessionLogHeader& header, size_t bytes_max = kBytesMax);

  void begun(int64_t frame, int64_t step, Tier tier) override;
  void controlled(int64_t frame, const Control& control) override;
  void opened(int64_t frame, const std::string& prompt, uint64_t seed) override;
  void dropped(int64_t count) override;

  // The whole log up to the latest frame that was begun, with its end line. From any thread.
  std::string text() const;

 private:
  void close_run();
  bool add(const std::string& line);

  const size_t bytes_max_;
  mutable std::mutex mutex_;
  std::string text_;
  std::vector<Control> waiting_;  // for the frame that shows them
  LoggedRun run_;                 // not in the text yet
  int64_t last_ = -1;             // frame of the text
  bool cut_ = false;
};

// Strict. Both throw Error (not_found, io, corrupt) with a message that names the log, the line,
// what was found and what was expected.
LoggedSession read_session_log(const std::string& path);
LoggedSession parse_session_log(std::string_view text, const std::string& name);

}  // namespace vita
