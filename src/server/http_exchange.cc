#include "server/http_exchange.h"

#include <utility>

namespace vita {
namespace {

std::string text_or_empty(const char* text) { return text ? text : ""; }

}  // namespace

// The message owns this object, so the handler is never called after it has gone.
HttpExchange::HttpExchange(SoupServerMessage* message) : message_(message) {
  g_signal_connect(message, "finished", G_CALLBACK(on_finished), this);
}

void HttpExchange::on_finished(SoupServerMessage*, gpointer data) {
  static_cast<HttpExchange*>(data)->gone_ = true;
}

std::string HttpExchange::method() const { return soup_server_message_get_method(message_); }

std::string HttpExchange::path() const {
  return g_uri_get_path(soup_server_message_get_uri(message_));
}

std::string HttpExchange::header(const char* name) const {
  return text_or_empty(
      soup_message_headers_get_list(soup_server_message_get_request_headers(message_), name));
}

std::string HttpExchange::query(const std::string& name) const {
  const char* text = g_uri_get_query(soup_server_message_get_uri(message_));
  if (!text) return {};
  GHashTable* values = g_uri_parse_params(text, -1, "&", G_URI_PARAMS_NONE, nullptr);
  if (!values) return {};
  std::string value =
      text_or_empty(static_cast<const char*>(g_hash_table_lookup(values, name.c_str())));
  g_hash_table_unref(values);
  return value;
}

std::string_view HttpExchange::body() const {
  const SoupMessageBody* body = soup_server_message_get_request_body(message_);
  if (!body->data) return {};
  return {reinterpret_cast<const char*>(body->data), static_cast<size_t>(body->length)};
}

std::string HttpExchange::remote() const {
  return text_or_empty(soup_server_message_get_remote_host(message_));
}

void HttpExchange::set_header(const char* name, const std::string& value) {
  soup_message_headers_replace(soup_server_message_get_response_headers(message_), name,
                               value.c_str());
}

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void HttpExchange::answer(int status, const Json& json) {
  set_header("Cache-Control", "no-store");
  answer_text(status, "application/json", json_text(json));
}

void HttpExchange::answer_text(int status, const char* content_type, std::string_view text) {
  answer_bytes(status, content_type, GBytesOwner(g_bytes_new(text.data(), text.size())));
}

void HttpExchange::answer_bytes(int status, const char* content_type, GBytesOwner bytes) {
  if (gone_) return deferred_.reset();
  set_header("Content-Type", content_type);
  set_header("X-Content-Type-Options", "nosniff");
  soup_server_message_set_status(message_, static_cast<guint>(status), nullptr);
  SoupMessageBody* body = soup_server_message_get_response_body(message_);
  soup_message_body_truncate(body);  // what libsoup may have put there about a refused WebSocket
  soup_message_body_append_bytes(body, bytes.get());
  answered();
}

// Mapped: a long recording is not copied into memory for each who downloads it.
void HttpExchange::answer_file(const std::string& path, const char* content_type) {
  GError* error = nullptr;
  GMappedFile* file = g_mapped_file_new(path.c_str(), FALSE, &error);
  const GErrorOwner owner(error);
  if (!file) throw HttpError(404, "not_found", "the file is not there");
  GBytesOwner bytes(g_mapped_file_get_bytes(file));
  g_mapped_file_unref(file);
  answer_bytes(200, content_type, std::move(bytes));
}

void HttpExchange::answer_empty(int status) {
  if (gone_) return deferred_.reset();
  soup_server_message_set_status(message_, static_cast<guint>(status), nullptr);
  answered();
}

Json error_json(const HttpError& error) {
  return {{"error", {{"code", error.code}, {"message", error.what()}}}};
}

void HttpExchange::set_error_headers(const HttpError& error) {
  if (error.retry_after_s > 0) set_header("Retry-After", std::to_string(error.retry_after_s));
  if (error.status == 401) set_header("WWW-Authenticate", "Bearer");
}

void HttpExchange::answer_error(const HttpError& error) {
  if (gone_) return deferred_.reset();
  set_error_headers(error);
  answer(error.status, error_json(error));
}

void HttpExchange::defer() {
  deferred_ = share_object(message_);
  soup_server_message_pause(message_);
}

// libsoup 3.2 does not notice when a client closes a connection between two requests, if it has not
// accepted the connection itself: so each connection has one request.
void HttpExchange::answered() {
  set_header("Connection", "close");
  const GOwner<SoupServerMessage> held = std::move(deferred_);
  if (held) soup_server_message_unpause(message_);
}

void HttpExchange::upgrade(const std::string& protocol,
                           std::function<void(GOwner<GIOStream>)> opened) {
  std::string name = protocol;
  char* protocols[] = {name.data(), nullptr};
  GList* extensions = nullptr;
  const bool agreed =
      soup_websocket_server_process_handshake(message_, nullptr, protocols, nullptr, &extensions);
  g_list_free_full(extensions, g_object_unref);
  if (!agreed) {
    throw HttpError(400, "bad_request",
                    "expected a WebSocket's opening with the subprotocol " + protocol);
  }
  opened_ = std::move(opened);
  g_signal_connect(message_, "wrote-informational", G_CALLBACK(on_upgraded), this);
}

void HttpExchange::on_upgraded(SoupServerMessage* message, gpointer data) {
  const HttpExchangePtr self = static_cast<HttpExchange*>(data)->shared_from_this();
  if (soup_server_message_get_status(message) != SOUP_STATUS_SWITCHING_PROTOCOLS) return;
  GOwner<GIOStream> stream(soup_server_message_steal_connection(message));
  if (self->opened_) std::exchange(self->opened_, nullptr)(std::move(stream));
}

}  // namespace vita
