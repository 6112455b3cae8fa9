#include <utility>

#include "server/session_endpoints.h"

namespace vita {
namespace {

constexpr const char* kProtocol = "vitascope.v1";

// A WebSocket that is a control channel of a session while both live.
struct ControlSocket {
  std::shared_ptr<WebSocket> socket;
  std::shared_ptr<ControlChannel> channel;
};

void open_control(const MainLoop& loop, const std::shared_ptr<HostedSession>& session, Role role,
                  GOwner<GIOStream> stream) {
  if (!session->open()) return;  // ended while the answer was on its way
  const auto held = std::make_shared<ControlSocket>();
  const std::weak_ptr<HostedSession> weak = session;
  WebSocket::Callbacks callbacks;
  callbacks.message = [held, weak](WebSocketKind kind, std::string_view text) {
    const std::shared_ptr<HostedSession> alive = weak.lock();
    if (!alive || !alive->open() || !held->channel) return;
    if (kind != WebSocketKind::text) {
      return held->socket->close(kCloseUnsupported, "expected text frames");
    }
    const std::shared_ptr<ControlChannel> channel = held->channel;
    channel->receive(text);
  };
  callbacks.closed = [held, weak] {
    if (const auto alive = weak.lock(); alive && held->channel) {
      alive->remove_channel(held->channel->id());
    }
    held->channel.reset();
    held->socket.reset();
  };
  held->socket = WebSocket::open(loop, std::move(stream), {}, std::move(callbacks));
  const std::weak_ptr<WebSocket> socket = held->socket;
  ControlChannel::Wire wire;
  wire.send = [socket](const std::string& text) {
    const std::shared_ptr<WebSocket> open = socket.lock();
    return open && open->send(WebSocketKind::text, text);
  };
  wire.close = [socket](uint16_t code, const std::string& reason) {
    if (const std::shared_ptr<WebSocket> open = socket.lock()) open->close(code, reason);
  };
  try {
    held->channel = session->add_channel(role, std::move(wire));
  } catch (const HttpError& error) {
    held->socket->close(kClosePolicy, error.what());
  }
}

void open_video(const std::shared_ptr<HostedSession>& session, GOwner<GIOStream> stream) {
  if (session->open()) session->add_video_socket(std::move(stream));
}

}  // namespace

void add_socket_calls(HttpRouter& router, const SessionCalls& calls) {
  router.add({"GET", "/v1/sessions/{id}/control", Access::session,
              [calls](const HttpExchangePtr& exchange) {
                const auto session = calls.registry.find(exchange->param("id"));
                const Role role = role_of(*exchange);
                exchange->upgrade(kProtocol, [&loop = calls.loop, session, role](auto stream) {
                  open_control(loop, session, role, std::move(stream));
                });
              }});
  router.add(
      {"GET", "/v1/sessions/{id}/video", Access::session, [calls](const HttpExchangePtr& exchange) {
         const auto session = calls.registry.find(exchange->param("id"));
         session->check_viewers();
         exchange->upgrade(kProtocol,
                           [session](auto stream) { open_video(session, std::move(stream)); });
       }});
}

}  // namespace vita
