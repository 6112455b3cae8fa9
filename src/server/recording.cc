#include "server/recording.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

const char* state_name(RecordingState state) {
  switch (state) {
    case RecordingState::waiting: return "empty";
    case RecordingState::recording: return "recording";
    case RecordingState::full: return "full";
    case RecordingState::failed: return "failed";
    default: return "finished";
  }
}

Json status_json(const RecordingStatus& status) {
  Json json = {{"state", state_name(status.state)},
               {"frames", status.frames},
               {"dropped", status.dropped},
               {"bytes", status.bytes},
               {"seconds", status.seconds}};
  if (!status.error.empty()) json["error"] = status.error;
  return json;
}

std::string name_of(const std::string& folder, const std::string& session, int number) {
  return (fs::path(folder) / (session + "-" + std::to_string(number) + ".mp4")).string();
}

}  // namespace

Recording::Recording(const Services& services, std::string folder, std::string session)
    : services_(services), folder_(std::move(folder)), session_(std::move(session)) {}

Recording::~Recording() { *alive_ = false; }

Json Recording::start(LiveRoom& room) {
  if (writer_) throw HttpError(409, "conflict", "a recording runs already");
  std::error_code error;
  fs::create_directories(folder_, error);
  FragmentWriterOptions options;
  options.path = name_of(folder_, session_, last_ + 1);
  FragmentWriterCallbacks callbacks;
  const MainLoop& loop = services_.loop;
  callbacks.key_needed = [&loop, &room, alive = std::weak_ptr<bool>(alive_)] {
    loop.post([&room, alive] {
      if (const auto held = alive.lock(); held && *held) room.request_key();
    });
  };
  writer_ = std::make_shared<FragmentWriter>(options, std::move(callbacks));
  last_++;
  room.set_recorder(writer_);
  room.request_key();
  services_.metrics.add("vitascope_recordings");
  services_.log.write(LogLevel::info, "recording started",
                      {{"session", session_}, {"path", options.path}});
  return {{"state", "recording"}, {"number", last_}};
}

// finish() takes as long as the disk does.
void Recording::finish_on_worker(std::shared_ptr<FragmentWriter> writer,
                                 std::function<void(const RecordingStatus&)> done) {
  services_.metrics.add("vitascope_recordings", -1);
  std::function<void()> work = [services = services_, writer = std::move(writer),
                                session = session_, done = std::move(done)] {
    const RecordingStatus status = writer->finish();
    services.log.write(LogLevel::info, "recording finished",
                       {{"session", session},
                        {"state", state_name(status.state)},
                        {"frames", status.frames},
                        {"error", status.error}});
    services.loop.post([status, done] { done(status); });
  };
  if (!services_.worker.try_post(std::move(work))) work();  // a full queue must not lose it
}

void Recording::stop(LiveRoom& room, std::function<void(const Json&)> done) {
  if (!writer_) throw HttpError(409, "conflict", "no recording runs");
  room.set_recorder(nullptr);
  finish_on_worker(
      std::exchange(writer_, nullptr),
      [done = std::move(done)](const RecordingStatus& status) { done(status_json(status)); });
}

void Recording::finish(LiveRoom& room, std::function<void()> done) {
  if (!writer_) return done();
  room.set_recorder(nullptr);
  finish_on_worker(std::exchange(writer_, nullptr),
                   [done = std::move(done)](const RecordingStatus&) { done(); });
}

void recover_left_recordings(const std::string& folder, Log& log) {
  try {
    for (const RecoveredRecording& recording : recover_recordings(folder)) {
      log.write(LogLevel::warning, "recording recovered",
                {{"path", recording.path}, {"bytes", recording.bytes}});
    }
  } catch (const Error& error) {
    log.write(LogLevel::warning, "recordings not recovered", {{"error", error.what()}});
  }
}

std::string latest_recording(const std::string& folder, const std::string& session) {
  std::error_code error;
  std::string latest;
  for (int number = 1; fs::exists(name_of(folder, session, number), error); number++) {
    latest = name_of(folder, session, number);
  }
  return latest;
}

}  // namespace vita
