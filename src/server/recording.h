// The recordings of one session.
#pragma once
#include <memory>
#include <string>

#include "core/log.h"
#include "media/fragment_writer.h"
#include "server/background_worker.h"
#include "server/http_exchange.h"
#include "server/live_room.h"
#include "server/metrics.h"

namespace vita {

// Loop thread only. Files are `<folder>/<session>-<n>.mp4`; the latest one that is finished can be
// downloaded.
class Recording {
 public:
  struct Services {
    const MainLoop& loop;
    BackgroundWorker& worker;
    Metrics& metrics;
    Log& log;
  };

  Recording(const Services& services, std::string folder, std::string session);
  ~Recording();

  const std::string& folder() const { return folder_; }
  bool running() const { return writer_ != nullptr; }
  // Throws HttpError 409 if one runs, Error{io} for a folder that cannot be written.
  Json start(LiveRoom& room);
  // `done` gets what was written, on the loop's thread, once the file is whole. Throws HttpError
  // 409 if none runs.
  void stop(LiveRoom& room, std::function<void(const Json&)> done);
  // The same when the session ends: without a word. `done` in any case.
  void finish(LiveRoom& room, std::function<void()> done);

 private:
  void finish_on_worker(std::shared_ptr<FragmentWriter> writer,
                        std::function<void(const RecordingStatus&)> done);

  const Services services_;
  const std::string folder_, session_;
  std::shared_ptr<FragmentWriter> writer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  int last_ = 0;
};

// Completes what a killed server left there, before any session records. A folder that cannot be
// changed is a warning in the log.
void recover_left_recordings(const std::string& folder, Log& log);

// The latest finished recording of a session; empty if there is none.
std::string latest_recording(const std::string& folder, const std::string& session);

}  // namespace vita
