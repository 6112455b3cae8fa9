#include "server/system_endpoints.h"

#include <utility>

#include "server/requests.h"
#include "vita/version.h"

namespace vita {
namespace {

constexpr int kRetryS = 2;

void answer_ready(const SystemCalls& calls, HttpExchange& exchange) {
  const bool ready = calls.registry.ready();
  const char* status = ready ? "ok" : calls.draining ? "draining" : "loading";
  exchange.answer(ready ? 200 : 503, {{"status", status}});
}

std::shared_ptr<const VideoModel> loaded_model(const SystemCalls& calls) {
  if (calls.model) return calls.model;
  throw HttpError(503, "busy", "the model is being loaded", kRetryS);
}

void answer_info(const SystemCalls& calls, HttpExchange& exchange) {
  const ServeOptions& o = calls.options;
  exchange.answer(
      200,
      {{"name", "vitascope"},
       {"version", kVersion},
       {"model", "world"},
       {"weights", loaded_model(calls)->weights_hash()},
       {"size", {{"multiple", 16}, {"min", "160x96"}, {"max", "1920x1088"}, {"usual", "1280x720"}}},
       {"fps", {{"min", 1}, {"max", 120}, {"usual", 24}}},
       {"codec", "h264"},
       {"limits",
        {{"sessions", o.max_sessions},
         {"viewers", o.max_viewers},
         {"idle_timeout_s", o.idle_timeout_s},
         {"session_s", o.max_session_s},
         {"token_s", o.token_lifetime_s},
         {"body_bytes", o.body_bytes_max},
         {"video_seconds", kVideoSecondsMax}}}});
}

// The text network takes some milliseconds, which pictures on the loop should not wait for.
void understand(const SystemCalls& calls, const HttpExchangePtr& exchange) {
  const std::string prompt = read_understand_request(exchange->body());
  std::function<void()> work = [&loop = calls.loop, model = loaded_model(calls), prompt, exchange] {
    Json json = Json::object();
    std::string failure;
    try {
      messages::add_understanding(json, model->understand(prompt));
    } catch (const std::exception& error) {
      failure = error.what();
    }
    loop.post([exchange, json, failure] {
      if (failure.empty()) return exchange->answer(200, json);
      exchange->answer_error({400, "bad_request", failure});
    });
  };
  if (!calls.thinker.try_post(std::move(work))) {
    throw HttpError(503, "busy", "too many prompts wait to be understood", kRetryS);
  }
  exchange->defer();
}

}  // namespace

void add_system_calls(HttpRouter& router, const SystemCalls& calls) {
  router.add({"GET", "/healthz", Access::anybody, [](const HttpExchangePtr& exchange) {
                exchange->answer(200, {{"status", "ok"}});
              }});
  router.add({"GET", "/readyz", Access::anybody,
              [calls](const HttpExchangePtr& exchange) { answer_ready(calls, *exchange); }});
  router.add({"GET", "/metrics", Access::key, [calls](const HttpExchangePtr& exchange) {
                exchange->answer_text(200, "text/plain; version=0.0.4; charset=utf-8",
                                      calls.metrics.text());
              }});
  router.add({"GET", "/v1/page-key", Access::anybody, [calls](const HttpExchangePtr& exchange) {
                calls.authentication.answer_page_key(*exchange);
              }});
  router.add({"GET", "/v1/info", Access::key_or_token,
              [calls](const HttpExchangePtr& exchange) { answer_info(calls, *exchange); }});
  router.add({"POST", "/v1/understand", Access::key_or_token,
              [calls](const HttpExchangePtr& exchange) { understand(calls, exchange); },
              "application/json"});
}

}  // namespace vita
