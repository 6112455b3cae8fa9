// Records encoded pictures into an MP4 file that can be played whenever the recording breaks off.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "media/access_unit.h"

namespace vita {

struct FragmentWriterOptions {
  std::string path;                      // the final name; grows as `<path>.part`
  int64_t max_bytes = int64_t{4} << 30;  // ends by itself beyond that
  double max_seconds = 3600;             // of presentation time
  double fragment_seconds = 1;           // a break-off costs at most so much of the end
};

enum class RecordingState {
  waiting,  // for the first key frame
  recording,
  finished,  // finish() was called
  full,      // a limit was reached; the file is whole
  failed,    // what was written until then was kept, see `error`
};

struct RecordingStatus {
  RecordingState state = RecordingState::waiting;
  int64_t frames = 0;   // written
  int64_t dropped = 0;  // by the queue, up to the key frame after
  int64_t bytes = 0;    // of pictures
  double seconds = 0;   // of presentation time
  std::string error;
};

// Both run on some thread of the writer or of push(), must not block, and may not destroy the
// writer.
struct FragmentWriterCallbacks {
  std::function<void()> key_needed;  // at the start and after drops; may be asked more than once
  std::function<void(const RecordingStatus&)> ended;  // once, when it is full or has failed
};

// Owns a GStreamer pipeline with a thread of its own. At most 120 pictures or 16 MiB wait for the
// disk; beyond that everything is dropped and counted up to the next key frame. One thread pushes;
// the rest may be called from any thread. A fault of the disk ends the recording and nothing else.
class FragmentWriter {
 public:
  // Throws Error{io} for a place that cannot be written, Error{unsupported} for a missing part of
  // GStreamer.
  FragmentWriter(const FragmentWriterOptions& options, FragmentWriterCallbacks callbacks);
  // As finish(), without its errors.
  ~FragmentWriter();

  // Shares the unit's bytes and queues them; never waits. False if it was dropped or the recording
  // has ended.
  bool push(const AccessUnit& unit);
  // Writes what is queued, completes the file and gives it its name; may take as long as the disk
  // does. Again or after an end it only reports. No frame at all: no file.
  RecordingStatus finish();
  RecordingStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

struct RecoveredRecording {
  std::string path;   // as it is called now; empty if nothing could be played and it was removed
  int64_t bytes = 0;  // kept
};

// Looks after the `*.mp4.part` files that a killed process left in `folder`, at start-up and before
// any FragmentWriter writes there: each is cut after its last complete fragment and gets its final
// name (with "-2", "-3" and so on if that is taken); without a complete fragment it is removed. A
// folder that does not exist has none. Throws Error{io} if a file cannot be changed.
std::vector<RecoveredRecording> recover_recordings(const std::string& folder);

}  // namespace vita
