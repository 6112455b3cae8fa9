#include "server/connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <string_view>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

constexpr const char* kIdKey = "vita-connection";
constexpr std::string_view kTimeOut =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json\r\n"
    "Content-Length: 67\r\n\r\n"
    R"({"error":{"code":"timeout","message":"the request took too long"}})"
    "\n";

std::string reason_of(GError* error) {
  const GErrorOwner owner(error);
  return error ? error->message : "no reason given";
}

bool was_cancelled(GError* error) {
  return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

}  // namespace

Connections::Connections(const MainLoop& loop, const ServeOptions& options, Metrics& metrics,
                         Accepted accepted)
    : loop_(loop),
      options_(options),
      metrics_(metrics),
      accepted_(std::move(accepted)),
      listener_(g_socket_listener_new()),
      cancel_(g_cancellable_new()) {
  if (!options.tls_cert.empty()) load_certificate(options.tls_cert, options.tls_key);
  listen(options.host, options.port);
  timer_ = loop.every(0.5, [this] {
    close_expired();
    return true;
  });
  accept_next();
}

Connections::~Connections() {
  stop_accepting();
  for (auto& [id, connection] : connections_) {
    if (connection->base) {
      g_object_weak_unref(G_OBJECT(connection->base), on_gone, connection.get());
    }
  }
}

void Connections::stop_accepting() {
  g_cancellable_cancel(cancel_.get());
  g_socket_listener_close(listener_.get());
}

void Connections::load_certificate(const std::string& cert, const std::string& key) {
  GError* error = nullptr;
  certificate_.reset(g_tls_certificate_new_from_files(cert.c_str(), key.c_str(), &error));
  if (certificate_) return;
  throw Error(ErrorCode::invalid_argument,
              "--tls-cert " + cert + " and --tls-key " + key + ": " + reason_of(error));
}

void Connections::listen(const std::string& host, int port) {
  const std::string name = host == "localhost" ? "127.0.0.1" : host;
  const GOwner<GInetAddress> address(g_inet_address_new_from_string(name.c_str()));
  if (!address) {
    throw Error(ErrorCode::invalid_argument,
                "--host \"" + host +
                    "\": expected the number of an address of this machine, for "
                    "instance 127.0.0.1, 0.0.0.0 or ::");
  }
  const GOwner<GSocketAddress> wanted(
      g_inet_socket_address_new(address.get(), static_cast<guint16>(port)));
  GSocketAddress* effective = nullptr;
  GError* error = nullptr;
  if (!g_socket_listener_add_address(listener_.get(), wanted.get(), G_SOCKET_TYPE_STREAM,
                                     G_SOCKET_PROTOCOL_TCP, nullptr, &effective, &error)) {
    throw Error(ErrorCode::io, "cannot listen on " + host + " port " + std::to_string(port) + ": " +
                                   reason_of(error) + "; choose another with --port");
  }
  const GOwner<GSocketAddress> bound(effective);
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(effective));
}

void Connections::accept_next() {
  g_socket_listener_accept_async(listener_.get(), cancel_.get(), on_accept, this);
}

void Connections::on_accept(GObject* source, GAsyncResult* result, gpointer data) {
  GError* error = nullptr;
  GOwner<GSocketConnection> plain(
      g_socket_listener_accept_finish(G_SOCKET_LISTENER(source), result, nullptr, &error));
  const GErrorOwner owner(error);
  if (was_cancelled(error)) return;  // the table may be gone
  auto* self = static_cast<Connections*>(data);
  if (g_cancellable_is_cancelled(self->cancel_.get())) return;
  if (plain) self->add(std::move(plain));
  self->accept_next();
}

bool Connections::admit(const std::string& address) {
  int of_address = 0;
  for (const auto& [id, connection] : connections_) of_address += connection->address == address;
  const bool room = connections_.size() < static_cast<size_t>(options_.max_connections) &&
                    of_address < options_.max_connections_per_address;
  if (!room) metrics_.add("vitascope_rejected_total", 1, "connection_limit");
  return room;
}

std::string Connections::address_text(GSocketAddress* remote) {
  if (!remote || !G_IS_INET_SOCKET_ADDRESS(remote)) return "unknown";
  GInetAddress* address = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote));
  const GCharOwner text(g_inet_address_to_string(address));
  return text.get();
}

void Connections::add(GOwner<GSocketConnection> plain) {
  const GOwner<GSocketAddress> remote(g_socket_connection_get_remote_address(plain.get(), nullptr));
  if (!remote) return;  // gone already
  auto connection = std::make_unique<Connection>();
  connection->address = address_text(remote.get());
  if (!admit(connection->address)) return;
  connection->id = ++last_id_;
  connection->table = this;
  connection->base = plain.get();
  connection->socket = share_object(g_socket_connection_get_socket(plain.get()));
  connection->encrypted = certificate_ != nullptr;
  connection->deadline_us =
      g_get_monotonic_time() + static_cast<int64_t>(options_.request_timeout_s * 1e6);
  g_socket_set_option(connection->socket.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
  g_object_weak_ref(G_OBJECT(plain.get()), on_gone, connection.get());
  const Connection& held = *(connections_[connection->id] = std::move(connection));
  metrics_.set("vitascope_connections", static_cast<double>(connections_.size()));
  if (certificate_) {
    start_tls(held);
  } else {
    hand_over(G_IO_STREAM(plain.get()), held);
  }
}

void Connections::start_tls(const Connection& connection) {
  GError* error = nullptr;
  GIOStream* stream =
      g_tls_server_connection_new(G_IO_STREAM(connection.base), certificate_.get(), &error);
  const GErrorOwner owner(error);
  if (!stream) return;
  const GOwner<GIOStream> held(stream);  // the handshake holds another reference
  g_tls_connection_handshake_async(G_TLS_CONNECTION(stream), G_PRIORITY_DEFAULT, cancel_.get(),
                                   on_handshake,
                                   const_cast<void*>(static_cast<const void*>(&connection)));
}

void Connections::on_handshake(GObject* source, GAsyncResult* result, gpointer data) {
  GError* error = nullptr;
  const bool done = g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &error);
  const GErrorOwner owner(error);
  if (!done) return;  // the last reference goes, and with it the connection
  const auto* connection = static_cast<const Connection*>(data);
  connection->table->hand_over(G_IO_STREAM(source), *connection);
}

void Connections::hand_over(GIOStream* stream, const Connection& connection) {
  const GOwner<GSocketAddress> local(
      g_socket_connection_get_local_address(connection.base, nullptr));
  const GOwner<GSocketAddress> remote(
      g_socket_connection_get_remote_address(connection.base, nullptr));
  if (!local || !remote) return;
  g_object_set_data(G_OBJECT(remote.get()), kIdKey,
                    reinterpret_cast<gpointer>(static_cast<uintptr_t>(connection.id)));
  accepted_(stream, local.get(), remote.get());
}

void Connections::set_deadline(GSocketAddress* remote, double seconds) {
  if (!remote) return;
  const auto id = static_cast<uint64_t>(
      reinterpret_cast<uintptr_t>(g_object_get_data(G_OBJECT(remote), kIdKey)));
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  found->second->unanswered = false;
  found->second->deadline_us =
      seconds > 0 ? g_get_monotonic_time() + static_cast<int64_t>(seconds * 1e6) : 0;
}

// Shutting the socket down ends libsoup's reading and writing with an error, and with it the
// connection.
void Connections::close_expired() {
  const int64_t now_us = g_get_monotonic_time();
  for (auto& [id, connection] : connections_) {
    if (connection->deadline_us == 0 || connection->deadline_us > now_us) continue;
    connection->deadline_us = 0;
    GSocket* socket = connection->socket.get();
    if (connection->unanswered && !connection->encrypted) {
      g_socket_send_with_blocking(socket, kTimeOut.data(), kTimeOut.size(), FALSE, nullptr,
                                  nullptr);
    }
    g_socket_shutdown(socket, TRUE, TRUE, nullptr);
    metrics_.add("vitascope_rejected_total", 1, "timeout");
  }
}

void Connections::on_gone(gpointer data, GObject*) {
  auto* connection = static_cast<Connection*>(data);
  Connections* table = connection->table;
  table->connections_.erase(connection->id);
  table->metrics_.set("vitascope_connections", static_cast<double>(table->connections_.size()));
}

}  // namespace vita
