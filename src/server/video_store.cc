#include "server/video_store.h"

#include <sqlite3.h>

#include <array>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

constexpr std::array kNames = {"queued", "in_progress", "completed", "failed"};
constexpr const char* kColumns =
    "id, created, status, progress, prompt, seconds, width, height, fps, seed, error_code, "
    "error_message";

// One writer only: a second server with the same folder is told at once.
constexpr const char* kSetUp =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS videos ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,"
    " status INTEGER NOT NULL, progress INTEGER NOT NULL, prompt TEXT NOT NULL,"
    " seconds REAL NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, fps REAL NOT NULL,"
    " seed INTEGER NOT NULL, error_code TEXT NOT NULL, error_message TEXT NOT NULL);"
    "UPDATE videos SET status = 0, progress = 0 WHERE status = 1;";

}  // namespace

const char* status_name(VideoStatus status) { return kNames[static_cast<size_t>(status)]; }

// A prepared statement. Parameters are numbered from 1, columns from 0.
class VideoStore::Statement {
 public:
  Statement(VideoStore& store, const std::string& sql) : store_(store) {
    check(sqlite3_prepare_v2(store.database_, sql.c_str(), -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, const std::string& text) {
    check(sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()),
                            SQLITE_TRANSIENT));
    return *this;
  }
  Statement& bind(int at, int64_t value) {
    check(sqlite3_bind_int64(statement_, at, value));
    return *this;
  }
  Statement& bind(int at, int value) { return bind(at, static_cast<int64_t>(value)); }
  Statement& bind(int at, double value) {
    check(sqlite3_bind_double(statement_, at, value));
    return *this;
  }
  // True while there is a row.
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) check(result);
    return false;
  }
  int64_t integer(int column) { return sqlite3_column_int64(statement_, column); }
  double number(int column) { return sqlite3_column_double(statement_, column); }
  std::string text(int column) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes ? bytes : "";
  }
  VideoJob job() {
    VideoJob job;
    job.id = text(0);
    job.created_s = integer(1);
    job.status = static_cast<VideoStatus>(integer(2));
    job.progress = static_cast<int>(integer(3));
    job.request = {text(4),
                   number(5),
                   static_cast<int>(integer(6)),
                   static_cast<int>(integer(7)),
                   number(8),
                   static_cast<uint64_t>(integer(9))};
    job.error_code = text(10);
    job.error_message = text(11);
    return job;
  }

 private:
  void check(int result) const {
    if (result == SQLITE_OK) return;
    throw Error(ErrorCode::io, store_.path_ + ": " + sqlite3_errmsg(store_.database_));
  }

  VideoStore& store_;
  sqlite3_stmt* statement_ = nullptr;
};

VideoStore::VideoStore(const std::string& path) : path_(path) {
  std::string failure;
  if (sqlite3_open(path.c_str(), &database_) == SQLITE_OK) {
    if (sqlite3_exec(database_, kSetUp, nullptr, nullptr, nullptr) == SQLITE_OK) {
      restarted_ = sqlite3_changes(database_);  // of the last statement, the UPDATE
      return;
    }
  }
  failure = sqlite3_errcode(database_) == SQLITE_BUSY
                ? "another server uses this folder; give each its own with --data"
                : sqlite3_errmsg(database_);
  sqlite3_close(database_);
  throw Error(ErrorCode::io, path + ": " + failure);
}

VideoStore::~VideoStore() { sqlite3_close(database_); }

int VideoStore::count(const char* sql) {
  Statement statement(*this, sql);
  return statement.step() ? static_cast<int>(statement.integer(0)) : 0;
}

bool VideoStore::add(const VideoJob& job) {
  const std::lock_guard lock(mutex_);
  if (count("SELECT count(*) FROM videos WHERE status = 0") >= kQueuedMax ||
      count("SELECT count(*) FROM videos") >= kJobsMax) {
    return false;
  }
  Statement statement(*this, std::string("INSERT INTO videos (") + kColumns +
                                 ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)");
  const VideoRequest& request = job.request;
  statement.bind(1, job.id)
      .bind(2, job.created_s)
      .bind(3, static_cast<int>(job.status))
      .bind(4, job.progress)
      .bind(5, request.prompt)
      .bind(6, request.seconds)
      .bind(7, request.width)
      .bind(8, request.height)
      .bind(9, request.fps)
      .bind(10, static_cast<int64_t>(request.seed))
      .bind(11, job.error_code)
      .bind(12, job.error_message);
  statement.step();
  return true;
}

std::optional<VideoJob> VideoStore::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Statement statement(*this, std::string("SELECT ") + kColumns + " FROM videos WHERE id = ?1");
  if (!statement.bind(1, id).step()) return std::nullopt;
  return statement.job();
}

std::vector<VideoJob> VideoStore::list(const VideoPage& page, bool& more) {
  const std::lock_guard lock(mutex_);
  const std::string beyond = page.newest_first ? "<" : ">";
  const std::string order = page.newest_first ? "DESC" : "ASC";
  Statement statement(*this, std::string("SELECT ") + kColumns +
                                 " FROM videos WHERE ?1 = '' OR number " + beyond +
                                 " (SELECT number FROM videos WHERE id = ?1) ORDER BY number " +
                                 order + " LIMIT ?2");
  statement.bind(1, page.after).bind(2, page.limit + 1);
  std::vector<VideoJob> jobs;
  while (statement.step()) jobs.push_back(statement.job());
  more = jobs.size() > static_cast<size_t>(page.limit);
  if (more) jobs.pop_back();
  return jobs;
}

std::optional<VideoJob> VideoStore::begin_next() {
  const std::lock_guard lock(mutex_);
  std::optional<VideoJob> job;
  {
    Statement statement(*this, std::string("SELECT ") + kColumns +
                                   " FROM videos WHERE status = 0 ORDER BY number LIMIT 1");
    if (!statement.step()) return std::nullopt;
    job = statement.job();
  }
  set_status(job->id, VideoStatus::in_progress, 0);
  return job;
}

void VideoStore::set_status(const std::string& id, VideoStatus status, int progress) {
  Statement statement(*this, "UPDATE videos SET status = ?2, progress = ?3 WHERE id = ?1");
  statement.bind(1, id).bind(2, static_cast<int>(status)).bind(3, progress).step();
}

void VideoStore::set_progress(const std::string& id, int progress) {
  const std::lock_guard lock(mutex_);
  set_status(id, VideoStatus::in_progress, progress);
}

void VideoStore::complete(const std::string& id) {
  const std::lock_guard lock(mutex_);
  set_status(id, VideoStatus::completed, 100);
}

void VideoStore::requeue(const std::string& id) {
  const std::lock_guard lock(mutex_);
  set_status(id, VideoStatus::queued, 0);
}

void VideoStore::fail(const std::string& id, const std::string& code, const std::string& message) {
  const std::lock_guard lock(mutex_);
  Statement statement(
      *this, "UPDATE videos SET status = 3, error_code = ?2, error_message = ?3 WHERE id = ?1");
  statement.bind(1, id).bind(2, code).bind(3, message).step();
}

bool VideoStore::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Statement statement(*this, "DELETE FROM videos WHERE id = ?1");
  statement.bind(1, id).step();
  return sqlite3_changes(database_) > 0;
}

int VideoStore::queued() {
  const std::lock_guard lock(mutex_);
  return count("SELECT count(*) FROM videos WHERE status = 0");
}

}  // namespace vita
