#include "server/session_endpoints.h"

#include <utility>

#include "server/requests.h"

namespace vita {
namespace {

IssuedToken issue(const SessionCalls& calls, const std::string& session, Role role) {
  std::optional<IssuedToken> issued = calls.tokens.issue(session, role, unix_time_s());
  if (issued) return *issued;
  calls.metrics.add("vitascope_rejected_total", 1, "token_limit");
  throw HttpError(429, "too_many_requests", "the session has too many tokens", 60);
}

void add_token(Json& json, const IssuedToken& issued, Role role) {
  json["token"] = issued.token;
  json["expires_at"] = issued.expires_s;
  json["role"] = role_name(role);
}

void create(const SessionCalls& calls, const HttpExchangePtr& exchange) {
  const int64_t received_us = g_get_monotonic_time();
  const LiveOptions live = read_session_request(exchange->body());
  const auto opened = [calls, exchange](HostedSession& session) {
    Json json = session.description();
    add_token(json, issue(calls, session.id(), Role::steer), Role::steer);
    exchange->set_header("Location", "/v1/sessions/" + session.id());
    exchange->answer(201, json);
  };
  const auto refused = [exchange](const HttpError& error) { exchange->answer_error(error); };
  calls.registry.create(live, received_us, opened, refused);
  exchange->defer();
}

void list(const SessionCalls& calls, HttpExchange& exchange) {
  Json sessions = Json::array();
  for (const std::shared_ptr<HostedSession>& session : calls.registry.all()) {
    if (session->open()) sessions.push_back(session->state());
  }
  exchange.answer(200, {{"sessions", std::move(sessions)}});
}

void add_viewer_token(const SessionCalls& calls, HttpExchange& exchange) {
  const auto session = calls.registry.find(exchange.param("id"));
  const IssuedToken issued = issue(calls, session->id(), Role::watch);
  Json json = Json::object();
  add_token(json, issued, Role::watch);
  // Behind the '#', which browsers keep to themselves: no server's log sees the token.
  json["watch_url"] = "/player#session=" + session->id() + "&token=" + issued.token;
  exchange.answer(201, json);
}

void renew_token(const SessionCalls& calls, HttpExchange& exchange) {
  const auto session = calls.registry.find(exchange.param("id"));
  const Role role = role_of(exchange);
  Json json = Json::object();
  add_token(json, issue(calls, session->id(), role), role);
  exchange.answer(200, json);
}

}  // namespace

Role role_of(const HttpExchange& exchange) {
  return exchange.has_key() ? Role::steer : exchange.grant()->role;
}

void add_session_calls(HttpRouter& router, const SessionCalls& calls) {
  const char* json = "application/json";
  router.add({"POST", "/v1/sessions", Access::key,
              [calls](const HttpExchangePtr& exchange) { create(calls, exchange); }, json});
  router.add({"GET", "/v1/sessions", Access::key,
              [calls](const HttpExchangePtr& exchange) { list(calls, *exchange); }});
  router.add(
      {"GET", "/v1/sessions/{id}", Access::session, [calls](const HttpExchangePtr& exchange) {
         exchange->answer(200, calls.registry.find(exchange->param("id"))->state());
       }});
  router.add(
      {"GET", "/v1/sessions/{id}/log", Access::steer, [calls](const HttpExchangePtr& exchange) {
         exchange->set_header("Cache-Control", "no-store");
         exchange->answer_text(200, "application/jsonl",
                               calls.registry.find(exchange->param("id"))->log());
       }});
  router.add(
      {"DELETE", "/v1/sessions/{id}", Access::steer, [calls](const HttpExchangePtr& exchange) {
         calls.registry.find(exchange->param("id"))->end("deleted");
         exchange->answer_empty(204);
       }});
  router.add({"POST", "/v1/sessions/{id}/viewers", Access::steer,
              [calls](const HttpExchangePtr& exchange) { add_viewer_token(calls, *exchange); },
              json});
  router.add({"POST", "/v1/sessions/{id}/token", Access::session,
              [calls](const HttpExchangePtr& exchange) { renew_token(calls, *exchange); }, json});
}

}  // namespace vita
