// Accepts connections and watches their time, before and beside libsoup, which has no time-outs.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/gio_handles.h"
#include "server/metrics.h"
#include "server/serve_options.h"

namespace vita {

// Loop thread only. A connection gets `request_timeout_s` for its TLS handshake and its request.
// Beyond the limits of connections, in all
// and of one address, new ones are closed at once and counted.
class Connections {
 public:
  using Accepted =
      std::function<void(GIOStream* stream, GSocketAddress* local, GSocketAddress* remote)>;

  // Throws Error{io} for an address that cannot be listened on, Error{invalid_argument} for TLS
  // files that cannot be used.
  Connections(const MainLoop& loop, const ServeOptions& options, Metrics& metrics,
              Accepted accepted);
  ~Connections();

  int port() const { return port_; }
  // No new ones from now on.
  void stop_accepting();
  // `remote` is the address object that was given to `accepted`. The connection is closed in
  // `seconds` unless another call comes before; 0: it may take its time.
  void set_deadline(GSocketAddress* remote, double seconds);
  static std::string address_text(GSocketAddress* remote);

 private:
  struct Connection {
    uint64_t id = 0;
    Connections* table = nullptr;
    GSocketConnection* base = nullptr;  // not owned: libsoup or a WebSocket holds it
    GOwner<GSocket> socket;
    std::string address;
    int64_t deadline_us = 0;  // 0: none
    bool encrypted = false, unanswered = true;
  };

  void listen(const std::string& host, int port);
  void load_certificate(const std::string& cert, const std::string& key);
  void accept_next();
  void add(GOwner<GSocketConnection> plain);
  void start_tls(const Connection& connection);
  void hand_over(GIOStream* stream, const Connection& connection);
  bool admit(const std::string& address);
  void close_expired();
  static void on_accept(GObject* source, GAsyncResult* result, gpointer self);
  static void on_handshake(GObject* source, GAsyncResult* result, gpointer connection);
  static void on_gone(gpointer connection, GObject*);

  const MainLoop& loop_;
  const ServeOptions& options_;
  Metrics& metrics_;
  Accepted accepted_;
  GOwner<GSocketListener> listener_;
  GOwner<GCancellable> cancel_;
  GOwner<GTlsCertificate> certificate_;
  int port_ = 0;
  uint64_t last_id_ = 0;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
  MainLoop::Timer timer_;
};

}  // namespace vita
