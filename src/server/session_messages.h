// What the server says on a control connection: docs/live.md has the table.
#pragma once
#include <cstdint>
#include <string>

#include "server/http_exchange.h"
#include "server/live_room.h"
#include "server/tokens.h"
#include "vita/control.h"

namespace vita::messages {

// Adds "understood" and "ignored" to an object.
void add_understanding(Json& object, const Understanding& understanding);

std::string hello(const Json& session, Role role, int viewers, int64_t frame);
// `id` is the client's; left out if it is empty, here and below.
std::string receipt(const std::string& id, const Receipt& receipt, int64_t pts_us);
std::string understood(const std::string& id, const std::string& prompt,
                       const Understanding& understanding);
std::string first_frame(const std::string& id, int64_t frame, double ttff_ms);

struct SessionCounts {
  int viewers = 0;
  uint64_t dropped = 0;  // items that queues lost
  double fps = 0;
  bool recording = false;
};
std::string stats(const RoomReport& report, const SessionCounts& counts);
// The same figures for GET /v1/sessions/{id}.
Json stats_json(const RoomReport& report, const SessionCounts& counts);
std::string pong(double t);
std::string error(const std::string& id, const std::string& code, const std::string& message);
std::string bye(const std::string& reason);

}  // namespace vita::messages
