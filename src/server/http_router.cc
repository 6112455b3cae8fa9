#include "server/http_router.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "server/early_refusal.h"

namespace vita {
namespace {

constexpr const char* kExchangeKey = "vita-exchange";
constexpr size_t kParamCharsMax = 128;

struct Attached {
  HttpExchangePtr exchange;
  const Route* route = nullptr;
  size_t body_bytes = 0, body_max = 0;
};

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return false;
  for (size_t k = 0; k < pattern.size(); k++) {
    const bool open = pattern[k].front() == '{';
    if (open ? path[k].empty() || path[k].size() > kParamCharsMax : pattern[k] != path[k]) {
      return false;
    }
  }
  return true;
}

HttpError as_http_error(const Error& error) {
  switch (error.code()) {
    case ErrorCode::invalid_argument:
    case ErrorCode::corrupt:
    case ErrorCode::unsupported: return {400, "bad_request", error.what()};
    case ErrorCode::not_found: return {404, "not_found", error.what()};
    default: return {500, "internal", error.what()};
  }
}

// What `work` throws, as an answer.
template <class Work>
std::optional<HttpError> caught(Work work) {
  try {
    work();
  } catch (const HttpError& error) {
    return error;
  } catch (const Error& error) {
    return as_http_error(error);
  } catch (const std::exception& error) {
    return HttpError(500, "internal", error.what());
  }
  return std::nullopt;
}

bool has_body(SoupServerMessage* message) {
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
  return soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CHUNKED ||
         soup_message_headers_get_content_length(headers) > 0;
}

// A body that was announced in chunks and grows too long is no longer kept.
void on_chunk(SoupServerMessage* message, GBytes* chunk, gpointer data) {
  auto* attached = static_cast<Attached*>(data);
  attached->body_bytes += g_bytes_get_size(chunk);
  if (attached->body_bytes > attached->body_max) {
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
  }
}

}  // namespace

void HttpRouter::add(Route route) {
  std::vector<std::string> segments = split(route.pattern);
  entries_.push_back({std::move(route), std::move(segments)});
}

void HttpRouter::set_fallback(std::function<void(const HttpExchangePtr&)> handler) {
  fallback_.handler = std::move(handler);
}

const HttpRouter::Entry* HttpRouter::find(HttpExchange& exchange) {
  const std::vector<std::string> path = split(exchange.path());
  const std::string method = exchange.method();
  std::string allowed;
  for (const Entry& entry : entries_) {
    if (!matches(entry.segments, path)) continue;
    if (method != entry.route.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(entry.route.method);
      continue;
    }
    for (size_t k = 0; k < path.size(); k++) {
      const std::string& name = entry.segments[k];
      if (name.front() == '{') exchange.params_[name.substr(1, name.size() - 2)] = path[k];
    }
    return &entry;
  }
  if (!allowed.empty() || (method != "GET" && method != "HEAD")) {
    exchange.set_header("Allow", allowed.empty() ? "GET, HEAD" : allowed);
    throw HttpError(
        405, "method_not_allowed",
        "found " + method + ", expected " + (allowed.empty() ? "GET or HEAD" : allowed));
  }
  return nullptr;
}

void HttpRouter::check_access(HttpExchange& exchange, const Route& route) {
  if (route.access == Access::anybody) return;
  gate_.identify(exchange, exchange.has_key_, exchange.grant_);
  if (exchange.has_key_) return;
  const std::optional<Grant>& grant = exchange.grant_;
  if (!grant) throw HttpError(401, "unauthorized", "expected Authorization: Bearer with a key");
  if (route.access == Access::key) {
    throw HttpError(403, "forbidden", "this call needs the API key, not a session's token");
  }
  if (route.access == Access::key_or_token) return;
  if (grant->session != exchange.param("id")) {
    throw HttpError(403, "forbidden", "the token is not of this session");
  }
  if (route.access == Access::steer && grant->role != Role::steer) {
    throw HttpError(403, "forbidden", "the token may watch and not steer");
  }
}

void HttpRouter::check_body(HttpExchange& exchange, const Route& route) const {
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(exchange.message());
  const bool chunked = soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CHUNKED;
  const auto length =
      static_cast<uint64_t>(std::max<goffset>(0, soup_message_headers_get_content_length(headers)));
  if (length > body_max_) {
    throw HttpError(413, "too_large",
                    "the body has " + std::to_string(length) + " bytes, expected at most " +
                        std::to_string(body_max_));
  }
  if (*route.content_type == 0 || (length == 0 && !chunked)) return;
  const char* type = soup_message_headers_get_content_type(headers, nullptr);
  if (type && std::string_view(type) == route.content_type) return;
  throw HttpError(415, "unsupported_media_type",
                  std::string("found a body of type \"") + (type ? type : "") + "\", expected " +
                      route.content_type);
}

void HttpRouter::begin(SoupServerMessage* message) {
  const auto exchange = std::make_shared<HttpExchange>(message);
  auto* attached = new Attached{exchange, nullptr, 0, body_max_};
  g_object_set_data_full(G_OBJECT(message), kExchangeKey, attached,
                         [](gpointer data) { delete static_cast<Attached*>(data); });
  const std::optional<HttpError> error = caught([&] {
    gate_.check_request(*exchange);
    if (soup_server_message_get_status(message) != 0) return;
    const Entry* entry = find(*exchange);
    const Route& route = entry ? entry->route : fallback_;
    check_access(*exchange, route);
    check_body(*exchange, route);
    attached->route = &route;
    g_signal_connect(message, "got-chunk", G_CALLBACK(on_chunk), attached);
  });
  if (error) refuse(*exchange, *error);
}

void HttpRouter::refuse(HttpExchange& exchange, const HttpError& error) {
  if (!has_body(exchange.message())) return exchange.answer_error(error);
  exchange.set_error_headers(error);
  refuse_early(loop_, exchange.message(), error.status, json_text(error_json(error)));
  refused_(error.status);
}

void HttpRouter::finish(SoupServerMessage* message) {
  auto* attached = static_cast<Attached*>(g_object_get_data(G_OBJECT(message), kExchangeKey));
  if (!attached || !attached->route) return;
  const HttpExchangePtr exchange = attached->exchange;
  const std::optional<HttpError> error = caught([&] {
    if (attached->body_bytes > body_max_) {
      throw HttpError(413, "too_large",
                      "the body has more than " + std::to_string(body_max_) + " bytes");
    }
    attached->route->handler(exchange);
  });
  if (error) exchange->answer_error(*error);
}

}  // namespace vita
