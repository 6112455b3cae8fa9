// Video jobs, kept in a file.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/requests.h"

struct sqlite3;

namespace vita {

enum class VideoStatus { queued, in_progress, completed, failed };
const char* status_name(VideoStatus status);

struct VideoJob {
  std::string id;
  int64_t created_s = 0;  // seconds of the Unix clock
  VideoStatus status = VideoStatus::queued;
  int progress = 0;  // 0 to 100
  VideoRequest request;
  std::string error_code, error_message;  // of a failed one
};

struct VideoPage {
  int limit = 20;
  std::string after;  // id of the last one that is known; empty: from the start
  bool newest_first = true;
};

// Any thread may call any method. What add() and the like have returned survives the process.
// Methods throw Error{io} when the file cannot be read or written.
class VideoStore {
 public:
  static constexpr int kQueuedMax = 100, kJobsMax = 10000;

  // Jobs that ran when the process ended are queued again. Throws Error{io} also if another process
  // has the file open.
  explicit VideoStore(const std::string& path);
  ~VideoStore();
  VideoStore(const VideoStore&) = delete;
  VideoStore& operator=(const VideoStore&) = delete;

  // False if kQueuedMax jobs wait or kJobsMax are kept.
  bool add(const VideoJob& job);
  std::optional<VideoJob> find(const std::string& id);
  // `more` says whether others follow.
  std::vector<VideoJob> list(const VideoPage& page, bool& more);
  // The oldest that is queued; it is in progress from now on.
  std::optional<VideoJob> begin_next();
  void set_progress(const std::string& id, int progress);
  void complete(const std::string& id);
  void fail(const std::string& id, const std::string& code, const std::string& message);
  void requeue(const std::string& id);
  // False if there is none.
  bool remove(const std::string& id);
  int queued();
  // How many were running when the process before this one ended.
  int restarted() const { return restarted_; }

 private:
  class Statement;
  int count(const char* sql);
  void set_status(const std::string& id, VideoStatus status, int progress);

  const std::string path_;
  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  int restarted_ = 0;
};

}  // namespace vita
