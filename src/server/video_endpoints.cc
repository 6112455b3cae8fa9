#include "server/video_endpoints.h"

#include <charconv>
#include <filesystem>
#include <system_error>

#include "server/authentication.h"
#include "server/random_bytes.h"

namespace vita {
namespace {

constexpr size_t kIdBytes = 12;
constexpr int kRetryS = 30, kLimitMax = 100;

std::string plain(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

Json video_json(const VideoJob& job) {
  Json json = {
      {"id", job.id},
      {"object", "video"},
      {"created_at", job.created_s},
      {"status", status_name(job.status)},
      {"model", "world"},
      {"progress", job.progress},
      {"prompt", job.request.prompt},
      {"seconds", plain(job.request.seconds)},
      {"size", std::to_string(job.request.width) + "x" + std::to_string(job.request.height)},
      {"fps", job.request.fps},
      {"seed", job.request.seed}};
  if (job.status == VideoStatus::failed) {
    json["error"] = {{"code", job.error_code}, {"message", job.error_message}};
  }
  return json;
}

VideoJob find(const VideoCalls& calls, const HttpExchange& exchange) {
  std::optional<VideoJob> job = calls.store.find(exchange.param("id"));
  if (job) return *std::move(job);
  throw HttpError(404, "not_found", "there is no video " + exchange.param("id"));
}

void create(const VideoCalls& calls, HttpExchange& exchange) {
  if (calls.draining) throw HttpError(503, "draining", "the server is about to stop", kRetryS);
  VideoJob job;
  job.request = read_video_request(exchange.body());
  job.id = "video_" + random_hex(kIdBytes);
  job.created_s = unix_time_s();
  if (!calls.store.add(job)) {
    calls.metrics.add("vitascope_rejected_total", 1, "video_limit");
    throw HttpError(429, "too_many_requests", "too many videos wait, or are kept", kRetryS);
  }
  calls.metrics.set("vitascope_videos_queued", calls.store.queued());
  if (calls.worker) calls.worker->wake();
  exchange.answer(200, video_json(job));
}

VideoPage read_page(const HttpExchange& exchange) {
  VideoPage page;
  const std::string limit = exchange.query("limit"), order = exchange.query("order");
  page.after = exchange.query("after");
  if (!limit.empty()) {
    const auto [end, error] =
        std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
    if (error != std::errc() || end != limit.data() + limit.size() || page.limit < 1 ||
        page.limit > kLimitMax) {
      throw HttpError(400, "bad_request", "limit: expected 1 to " + std::to_string(kLimitMax));
    }
  }
  if (!order.empty() && order != "asc" && order != "desc") {
    throw HttpError(400, "bad_request", "order: expected asc or desc");
  }
  page.newest_first = order != "asc";
  return page;
}

void list(const VideoCalls& calls, HttpExchange& exchange) {
  bool more = false;
  const std::vector<VideoJob> jobs = calls.store.list(read_page(exchange), more);
  Json data = Json::array();
  for (const VideoJob& job : jobs) data.push_back(video_json(job));
  Json json = {{"object", "list"}, {"data", std::move(data)}, {"has_more", more}};
  if (!jobs.empty()) {
    json["first_id"] = jobs.front().id;
    json["last_id"] = jobs.back().id;
  }
  exchange.answer(200, json);
}

std::string path_of(const VideoCalls& calls, const VideoJob& job) {
  return calls.worker ? calls.worker->path_of(job.id) : std::string();
}

void download(const VideoCalls& calls, HttpExchange& exchange) {
  const VideoJob job = find(calls, exchange);
  if (job.status != VideoStatus::completed) {
    throw HttpError(404, "not_found",
                    std::string("the video is ") + status_name(job.status) + ", not completed");
  }
  exchange.set_header("Content-Disposition", "attachment; filename=\"" + job.id + ".mp4\"");
  exchange.answer_file(path_of(calls, job), "video/mp4");
}

void remove(const VideoCalls& calls, HttpExchange& exchange) {
  const VideoJob job = find(calls, exchange);
  calls.store.remove(job.id);
  if (calls.worker) calls.worker->cancel(job.id);
  std::error_code ignored;
  std::filesystem::remove(path_of(calls, job), ignored);
  exchange.answer(200, {{"id", job.id}, {"object", "video.deleted"}, {"deleted", true}});
}

}  // namespace

void add_video_calls(HttpRouter& router, const VideoCalls& calls) {
  router.add({"POST", "/v1/videos", Access::key,
              [calls](const HttpExchangePtr& exchange) { create(calls, *exchange); },
              "application/json"});
  router.add({"GET", "/v1/videos", Access::key,
              [calls](const HttpExchangePtr& exchange) { list(calls, *exchange); }});
  router.add({"GET", "/v1/videos/{id}", Access::key, [calls](const HttpExchangePtr& exchange) {
                exchange->answer(200, video_json(find(calls, *exchange)));
              }});
  router.add({"GET", "/v1/videos/{id}/content", Access::key,
              [calls](const HttpExchangePtr& exchange) { download(calls, *exchange); }});
  router.add({"DELETE", "/v1/videos/{id}", Access::key,
              [calls](const HttpExchangePtr& exchange) { remove(calls, *exchange); }});
}

}  // namespace vita
