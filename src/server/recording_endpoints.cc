#include <filesystem>

#include "server/session_endpoints.h"

namespace vita {
namespace {

void download(const SessionCalls& calls, HttpExchange& exchange) {
  const auto session = calls.registry.find(exchange.param("id"));
  const std::string path = latest_recording(session->recording().folder(), session->id());
  if (path.empty()) throw HttpError(404, "not_found", "the session has no finished recording");
  const std::string name = std::filesystem::path(path).filename().string();
  exchange.set_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
  exchange.answer_file(path, "video/mp4");
}

}  // namespace

void add_recording_calls(HttpRouter& router, const SessionCalls& calls) {
  const char* pattern = "/v1/sessions/{id}/recording";
  router.add({"POST", pattern, Access::steer,
              [calls](const HttpExchangePtr& exchange) {
                const auto session = calls.registry.find(exchange->param("id"));
                exchange->answer(201, session->start_recording());
              },
              "application/json"});
  router.add({"DELETE", pattern, Access::steer, [calls](const HttpExchangePtr& exchange) {
                const auto session = calls.registry.find(exchange->param("id"));
                session->stop_recording(
                    [exchange](const Json& status) { exchange->answer(200, status); });
                exchange->defer();
              }});
  router.add({"GET", pattern, Access::steer,
              [calls](const HttpExchangePtr& exchange) { download(calls, *exchange); }});
}

}  // namespace vita
