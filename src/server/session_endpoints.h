// The calls of docs/live.md about sessions, their viewers and their recordings.
#pragma once
#include <string>

#include "server/authentication.h"
#include "server/http_router.h"
#include "server/session_registry.h"

namespace vita {

// What the calls use; all of it outlives the router.
struct SessionCalls {
  const MainLoop& loop;
  const ServeOptions& options;
  SessionRegistry& registry;
  Tokens& tokens;
  Metrics& metrics;
};

void add_session_calls(HttpRouter& router, const SessionCalls& calls);
void add_socket_calls(HttpRouter& router, const SessionCalls& calls);
void add_whep_calls(HttpRouter& router, const SessionCalls& calls);
void add_recording_calls(HttpRouter& router, const SessionCalls& calls);

// The grant of a request that the router let in: the API key may steer.
Role role_of(const HttpExchange& exchange);

}  // namespace vita
