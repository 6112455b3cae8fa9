#include "server/authentication.h"

#include <ctime>
#include <string_view>

#include "server/random_bytes.h"

namespace vita {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr std::string_view kBearer = "Bearer ", kBearerProtocol = "bearer.";

// A browser's WebSocket cannot send Authorization, so it offers its token as a subprotocol.
std::string offered_token(const std::string& protocols) {
  size_t at = 0;
  while (at < protocols.size()) {
    const size_t end = std::min(protocols.find(',', at), protocols.size());
    std::string_view name = std::string_view(protocols).substr(at, end - at);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name.starts_with(kBearerProtocol)) return std::string(name.substr(kBearerProtocol.size()));
    at = end + 1;
  }
  return {};
}

std::string presented(const HttpExchange& exchange) {
  const std::string header = exchange.header("Authorization");
  if (header.size() > kBearer.size() &&
      g_ascii_strncasecmp(header.c_str(), kBearer.data(), kBearer.size()) == 0) {
    return header.substr(kBearer.size());
  }
  return offered_token(exchange.header("Sec-WebSocket-Protocol"));
}

}  // namespace

int64_t unix_time_s() { return static_cast<int64_t>(std::time(nullptr)); }

std::string host_name(const std::string& header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

Authentication::Authentication(const ServeOptions& options, Metrics& metrics, Log& log)
    : options_(options),
      metrics_(metrics),
      log_(log),
      own_key_(options.api_key.empty()),
      key_(own_key_ ? random_hex(kKeyBytes) : options.api_key),
      tokens_(options.token_lifetime_s),
      requests_(options.requests_per_second, options.request_burst) {}

void Authentication::check_host(const HttpExchange& exchange) const {
  if (!own_key_) return;
  const std::string name = host_name(exchange.header("Host"));
  if (is_loopback(name)) return;
  throw HttpError(403, "forbidden",
                  "found the host \"" + name.substr(0, 100) +
                      "\", expected localhost: without an "
                      "API key only this machine may ask");
}

void Authentication::answer_cross_origin(HttpExchange& exchange) const {
  const std::string& origin = options_.cors_origin;
  if (origin.empty() || exchange.header("Origin") != origin) return;
  exchange.set_header("Access-Control-Allow-Origin", origin);
  exchange.set_header("Access-Control-Expose-Headers", "Location, Retry-After");
  exchange.set_header("Vary", "Origin");
  if (exchange.method() != "OPTIONS") return;
  exchange.set_header("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE");
  exchange.set_header("Access-Control-Allow-Headers", "Authorization, Content-Type");
  exchange.set_header("Access-Control-Max-Age", "600");
  exchange.answer_empty(204);
}

void Authentication::check_request(HttpExchange& exchange) {
  if (!requests_.take(exchange.remote(), g_get_monotonic_time())) {
    metrics_.add("vitascope_rejected_total", 1, "rate_limit");
    throw HttpError(429, "too_many_requests", "this address asks too often", 1);
  }
  check_host(exchange);
  answer_cross_origin(exchange);
}

void Authentication::identify(HttpExchange& exchange, bool& has_key, std::optional<Grant>& grant) {
  const std::string secret = presented(exchange);
  if (secret.empty()) {
    metrics_.add("vitascope_rejected_total", 1, "unauthorized");
    throw HttpError(401, "unauthorized",
                    "found no key, expected Authorization: Bearer with the API key or a token");
  }
  has_key = same_secret(secret, key_);
  if (!has_key) grant = tokens_.find(secret, unix_time_s());
  if (has_key || grant) return;
  metrics_.add("vitascope_rejected_total", 1, "unauthorized");
  log_.write(LogLevel::warning, "unauthorized", {{"remote", exchange.remote()}});
  throw HttpError(401, "unauthorized",
                  "the key is none: expected the API key, or a token that has not expired");
}

void Authentication::answer_page_key(HttpExchange& exchange) const {
  if (!own_key_) throw HttpError(404, "not_found", "this server has an API key of its own");
  const std::string site = exchange.header("Sec-Fetch-Site");
  const std::string origin = exchange.header("Origin");
  const std::string host = exchange.header("Host");
  const bool same_site = site.empty() || site == "same-origin" || site == "none";
  const bool same_origin =
      origin.empty() || origin == "http://" + host || origin == "https://" + host;
  if (!same_site || !same_origin) {
    throw HttpError(403, "forbidden", "the key is for the page of this server only");
  }
  exchange.answer(200, {{"key", key_}});
}

}  // namespace vita
