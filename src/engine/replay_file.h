// One job: the log of a session becomes its video again.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "engine/open_model.h"
#include "vita/frame.h"

namespace vita {

struct ReplayRequest {
  std::string log_path;
  std::string output_path;  // empty: no file
  std::string model_dir;
  int bitrate_kbps = 0;  // 0: by the size
  bool hash = false;     // of all frames; costs a few milliseconds for each
};

struct ReplayReport {
  int64_t frames = 0, last_frame = -1;
  int width = 0, height = 0;
  bool cut = false;  // the log ends before its session did
  bool interrupted = false;
  std::string frames_sha256;  // see FramesHash; empty unless it was wanted
};

// Over every frame's index and its I420 bytes, rows without gaps: SHA-256 of lines
// "<index> <SHA-256 of the frame>\n".
class FramesHash {
 public:
  void add(const Frame& frame);
  std::string hex() const;

 private:
  std::string lines_, packed_;
};

// With as many threads as the session had. Throws Error for a log that cannot be used: then nothing
// is left under the output's name. `interrupted` is asked after each frame: true ends it, with a
// whole file.
ReplayReport replay_file(const ReplayRequest& request, const ModelOpener& open,
                         const std::function<bool()>& interrupted);

}  // namespace vita
