// One HTTP request and its answer.
#pragma once
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "server/gio_handles.h"
#include "server/tokens.h"

namespace vita {

using Json = nlohmann::ordered_json;

// Thrown by handlers: the answer to what cannot be done. Codes are those of docs/live.md.
struct HttpError : std::runtime_error {
  HttpError(int http_status, std::string error_code, const std::string& message,
            int retry_after_seconds = 0)
      : std::runtime_error(message),
        status(http_status),
        code(std::move(error_code)),
        retry_after_s(retry_after_seconds) {}
  int status;
  std::string code;
  int retry_after_s;  // 0: no such header
};

Json error_json(const HttpError& error);
// One line; bytes that are no UTF-8 are replaced.
std::string json_text(const Json& json);

// Held by the message of libsoup, and by whoever answers later. Loop thread only. An answer to a
// client that has gone is thrown away.
class HttpExchange : public std::enable_shared_from_this<HttpExchange> {
 public:
  explicit HttpExchange(SoupServerMessage* message);
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  std::string method() const;
  std::string path() const;
  // Empty if it is absent.
  std::string header(const char* name) const;
  std::string query(const std::string& name) const;
  // What `{name}` of the route stood for.
  const std::string& param(const std::string& name) const { return params_.at(name); }
  std::string_view body() const;
  std::string remote() const;
  bool has_key() const { return has_key_; }
  const std::optional<Grant>& grant() const { return grant_; }

  void set_header(const char* name, const std::string& value);
  void answer(int status, const Json& json);
  void answer_text(int status, const char* content_type, std::string_view text);
  void answer_bytes(int status, const char* content_type, GBytesOwner bytes);
  // The file as it is now. Throws HttpError 404 if it is not there.
  void answer_file(const std::string& path, const char* content_type);
  void answer_empty(int status);
  void answer_error(const HttpError& error);
  void set_error_headers(const HttpError& error);
  // Keeps the client waiting until one of the above is called. Called within the handler.
  void defer();
  // Makes the connection a WebSocket of the protocol `protocol`; `opened` gets its stream once the
  // answer has been sent. Throws HttpError 400 for what is no such request.
  void upgrade(const std::string& protocol, std::function<void(GOwner<GIOStream>)> opened);
  SoupServerMessage* message() const { return message_; }

 private:
  friend class HttpRouter;
  void answered();
  static void on_finished(SoupServerMessage*, gpointer self);
  static void on_upgraded(SoupServerMessage*, gpointer self);

  SoupServerMessage* message_;  // owns this object; once it is gone, nothing is answered
  GOwner<SoupServerMessage> deferred_;
  std::map<std::string, std::string> params_;
  bool has_key_ = false, gone_ = false;
  std::optional<Grant> grant_;
  std::function<void(GOwner<GIOStream>)> opened_;
};

using HttpExchangePtr = std::shared_ptr<HttpExchange>;

}  // namespace vita
