// Who asks, from where, and how often.
#pragma once
#include <string>

#include "core/log.h"
#include "server/http_router.h"
#include "server/metrics.h"
#include "server/rate_limit.h"
#include "server/serve_options.h"
#include "server/tokens.h"

namespace vita {

// Loop thread only. Without a configured API key there is a random one, which is told to the page
// of this machine alone: requests must then name a loopback host, so that no page of elsewhere gets
// in under a name of its own that leads here.
class Authentication : public HttpGate {
 public:
  Authentication(const ServeOptions& options, Metrics& metrics, Log& log);

  Tokens& tokens() { return tokens_; }
  void check_request(HttpExchange& exchange) override;
  void identify(HttpExchange& exchange, bool& has_key, std::optional<Grant>& grant) override;
  // GET /v1/page-key. Throws HttpError 404 when a key is configured, 403 for a page of elsewhere.
  void answer_page_key(HttpExchange& exchange) const;

 private:
  void check_host(const HttpExchange& exchange) const;
  void answer_cross_origin(HttpExchange& exchange) const;

  const ServeOptions& options_;
  Metrics& metrics_;
  Log& log_;
  const bool own_key_;  // made here
  const std::string key_;
  Tokens tokens_;
  AddressLimit requests_;
};

// The host of a Host header without its port: "[::1]:8080" gives "::1".
std::string host_name(const std::string& header);

// Seconds of the Unix clock.
int64_t unix_time_s();

}  // namespace vita
