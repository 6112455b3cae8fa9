// Finds the handler of a request and keeps from it what it should not see.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_exchange.h"

namespace vita {

// Who may make a call.
enum class Access {
  anybody,
  key,           // the API key
  key_or_token,  // or any session's token
  session,       // or a token of the session that {id} names
  steer,         // or a steering one
};

struct Route {
  const char* method;
  std::string pattern;  // "/v1/sessions/{id}/whep/{peer}"
  Access access = Access::anybody;
  std::function<void(const HttpExchangePtr&)> handler;
  const char* content_type = "";  // of the body; empty: the call has no body
};

// What the server knows of who asks; see Authentication.
class HttpGate {
 public:
  virtual ~HttpGate() = default;
  // Before anything else of a request is looked at. Throws HttpError.
  virtual void check_request(HttpExchange& exchange) = 0;
  // Fills in has_key or grant. Throws HttpError 401 for a key or token that is none.
  virtual void identify(HttpExchange& exchange, bool& has_key, std::optional<Grant>& grant) = 0;
};

// Loop thread only. begin() is called when the headers have come and may answer already, so that
// nobody's body is read who may not send one; finish() when the request is whole. Errors that a
// handler throws become answers.
class HttpRouter {
 public:
  // `refused` counts the answers that libsoup does not know of, by status.
  HttpRouter(const MainLoop& loop, HttpGate& gate, size_t body_bytes_max,
             std::function<void(int status)> refused)
      : loop_(loop), gate_(gate), body_max_(body_bytes_max), refused_(std::move(refused)) {}

  void add(Route route);
  // For GET and HEAD of what no route names.
  void set_fallback(std::function<void(const HttpExchangePtr&)> handler);
  void begin(SoupServerMessage* message);
  void finish(SoupServerMessage* message);

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
  };
  const Entry* find(HttpExchange& exchange);
  void refuse(HttpExchange& exchange, const HttpError& error);
  void check_access(HttpExchange& exchange, const Route& route);
  void check_body(HttpExchange& exchange, const Route& route) const;

  const MainLoop& loop_;
  HttpGate& gate_;
  const size_t body_max_;
  const std::function<void(int)> refused_;
  std::vector<Entry> entries_;
  Route fallback_{"GET", "", Access::anybody, {}, ""};
};

}  // namespace vita
