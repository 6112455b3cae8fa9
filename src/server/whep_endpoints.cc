#include <algorithm>
#include <cstdlib>

#include "server/session_endpoints.h"

namespace vita {
namespace {

constexpr size_t kLinesMax = 256;

// The candidates of a fragment belong to the m-line before them; one of them tells its place.
void trickle(WebrtcPeer& peer, std::string_view fragment) {
  int mline = 0, seen = -1;
  size_t lines = 0;
  while (!fragment.empty() && lines++ < kLinesMax) {
    const size_t end = std::min(fragment.find('\n'), fragment.size());
    std::string_view line = fragment.substr(0, end);
    fragment.remove_prefix(std::min(end + 1, fragment.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.starts_with("m=")) mline = ++seen;
    if (!line.starts_with("a=candidate:")) continue;
    if (!peer.add_candidate(mline, line)) {
      throw HttpError(400, "bad_request", "found a candidate that is none, or too many of them");
    }
  }
}

}  // namespace

void add_whep_calls(HttpRouter& router, const SessionCalls& calls) {
  router.add({"POST", "/v1/sessions/{id}/whep", Access::session,
              [calls](const HttpExchangePtr& exchange) {
                if (exchange->body().empty()) {
                  throw HttpError(400, "bad_request", "found no body, expected an SDP offer");
                }
                calls.registry.find(exchange->param("id"))->add_peer(role_of(*exchange), exchange);
              },
              "application/sdp"});
  router.add({"PATCH", "/v1/sessions/{id}/whep/{peer}", Access::session,
              [calls](const HttpExchangePtr& exchange) {
                const auto session = calls.registry.find(exchange->param("id"));
                trickle(*session->peer(exchange->param("peer")), exchange->body());
                exchange->answer_empty(204);
              },
              "application/trickle-ice-sdpfrag"});
  router.add({"DELETE", "/v1/sessions/{id}/whep/{peer}", Access::session,
              [calls](const HttpExchangePtr& exchange) {
                const auto session = calls.registry.find(exchange->param("id"));
                session->peer(exchange->param("peer"))->close();
                exchange->answer_empty(204);
              }});
}

}  // namespace vita
