#include "server/websocket.h"

#include <sys/socket.h>

#include <utility>

namespace vita {
namespace {

constexpr int64_t kPingUs = 10'000'000, kSilenceUs = 30'000'000, kCloseUs = 2'000'000;
constexpr size_t kControlFrames = 16;  // pongs and the like, beyond the limit for messages

void set_send_buffer(GIOStream* stream, int bytes) {
  GIOStream* base = stream;
  GOwner<GIOStream> inner;
  if (G_IS_TLS_CONNECTION(stream)) {
    g_object_get(stream, "base-io-stream", &base, nullptr);
    inner.reset(base);
  }
  if (!G_IS_SOCKET_CONNECTION(base)) return;
  GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(base));
  g_socket_set_option(socket, SOL_SOCKET, SO_SNDBUF, bytes, nullptr);
}

std::shared_ptr<WebSocket> take_self(gpointer data) {
  const std::unique_ptr<std::shared_ptr<WebSocket>> owner(
      static_cast<std::shared_ptr<WebSocket>*>(data));
  return std::move(*owner);
}

}  // namespace

WebSocket::WebSocket(const MainLoop& loop, GOwner<GIOStream> stream, const WebSocketLimits& limits,
                     Callbacks callbacks)
    : loop_(loop),
      stream_(std::move(stream)),
      limits_(limits),
      callbacks_(std::move(callbacks)),
      cancel_(g_cancellable_new()),
      reader_(limits.message_bytes),
      heard_us_(g_get_monotonic_time()),
      pinged_us_(heard_us_) {
  if (limits.send_buffer_bytes > 0) set_send_buffer(stream_.get(), limits.send_buffer_bytes);
}

WebSocket::~WebSocket() = default;

std::shared_ptr<WebSocket> WebSocket::open(const MainLoop& loop, GOwner<GIOStream> stream,
                                           const WebSocketLimits& limits, Callbacks callbacks) {
  std::shared_ptr<WebSocket> socket(
      new WebSocket(loop, std::move(stream), limits, std::move(callbacks)));
  const std::weak_ptr<WebSocket> weak = socket;
  socket->timer_ = loop.every(1, [weak] {
    const std::shared_ptr<WebSocket> self = weak.lock();
    return self && self->tick();
  });
  socket->read();
  return socket;
}

void WebSocket::read() {
  GInputStream* input = g_io_stream_get_input_stream(stream_.get());
  g_input_stream_read_async(input, buffer_, sizeof buffer_, G_PRIORITY_DEFAULT, cancel_.get(),
                            on_read, new std::shared_ptr<WebSocket>(shared_from_this()));
}

void WebSocket::on_read(GObject* source, GAsyncResult* result, gpointer data) {
  const std::shared_ptr<WebSocket> self = take_self(data);
  GError* error = nullptr;
  const gssize count = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &error);
  const GErrorOwner owner(error);
  self->received(count);
}

void WebSocket::received(gssize count) {
  if (gone_) return;
  if (count <= 0) return hang_up();
  heard_us_ = g_get_monotonic_time();
  reader_.feed({buffer_, static_cast<size_t>(count)});
  while (std::optional<WebSocketMessage> message = reader_.next()) {
    if (!handle(*message)) return;
  }
  if (reader_.failure() != 0) close(reader_.failure(), "");
  if (!gone_) read();
}

// False once the peer has said its last word.
bool WebSocket::handle(const WebSocketMessage& message) {
  switch (message.kind) {
    case WebSocketKind::ping:
      if (queue_.size() < limits_.queued_messages + kControlFrames && !closing_) {
        enqueue({websocket_header(WebSocketKind::pong, message.payload.size()) + message.payload,
                 {},
                 false});
      }
      return true;
    case WebSocketKind::pong: return true;
    case WebSocketKind::close:
      peer_closed_ = true;
      if (closing_) {
        hang_up();
      } else {
        close(kCloseNormal, "");
      }
      return false;
    default:
      if (!closing_ && callbacks_.message) callbacks_.message(message.kind, message.payload);
      return !gone_;
  }
}

bool WebSocket::send(WebSocketKind kind, std::string head, SharedBytes body) {
  const size_t size = head.size() + body.size;
  if (closing_ || queue_.size() >= limits_.queued_messages ||
      queued_bytes_ + size > limits_.queued_bytes) {
    return false;
  }
  enqueue({websocket_header(kind, size) + head, std::move(body), false});
  return true;
}

void WebSocket::enqueue(Outgoing message) {
  queued_bytes_ += message.size();
  queue_.push_back(std::move(message));
  write();
}

size_t WebSocket::drop_waiting() {
  const size_t dropped = queue_.size();
  queue_.clear();
  queued_bytes_ = 0;
  return dropped;
}

void WebSocket::write() {
  if (writing_ || gone_ || queue_.empty()) return;
  current_ = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= current_.size();
  writing_ = true;
  vectors_[0] = {current_.head.data(), current_.head.size()};
  vectors_[1] = {current_.body.data.get(), current_.body.size};
  GOutputStream* output = g_io_stream_get_output_stream(stream_.get());
  g_output_stream_writev_all_async(output, vectors_, current_.body.size > 0 ? 2 : 1,
                                   G_PRIORITY_DEFAULT, cancel_.get(), on_written,
                                   new std::shared_ptr<WebSocket>(shared_from_this()));
}

void WebSocket::on_written(GObject* source, GAsyncResult* result, gpointer data) {
  const std::shared_ptr<WebSocket> self = take_self(data);
  GError* error = nullptr;
  gsize written = 0;
  const bool done =
      g_output_stream_writev_all_finish(G_OUTPUT_STREAM(source), result, &written, &error);
  const GErrorOwner owner(error);
  self->wrote(done);
}

void WebSocket::wrote(bool succeeded) {
  writing_ = false;
  const bool last = current_.last;
  current_ = {};
  if (gone_) return;
  // After a close frame of ours the peer's is awaited: hanging up at once could destroy ours on its
  // way.
  if (!succeeded || (last && peer_closed_)) return hang_up();
  write();
}

void WebSocket::close(uint16_t code, std::string_view reason) {
  if (closing_) return;
  closing_ = true;
  close_us_ = g_get_monotonic_time();
  const std::string payload = close_payload(code, reason);
  enqueue({websocket_header(WebSocketKind::close, payload.size()) + payload, {}, true});
}

void WebSocket::forget_owner() {
  callbacks_ = {};
  close(kCloseGoingAway, "");
}

// Once a second.
bool WebSocket::tick() {
  const int64_t now_us = g_get_monotonic_time();
  if ((closing_ && now_us - close_us_ > kCloseUs) || now_us - heard_us_ > kSilenceUs) {
    hang_up();
    return false;
  }
  if (!closing_ && now_us - pinged_us_ > kPingUs) {
    pinged_us_ = now_us;
    enqueue({websocket_header(WebSocketKind::ping, 0), {}, false});
  }
  return !gone_;
}

void WebSocket::hang_up() {
  if (std::exchange(gone_, true)) return;
  closing_ = true;
  drop_waiting();
  g_cancellable_cancel(cancel_.get());
  // Not from within a call of the owner. The last reference to the stream closes the connection.
  loop_.post([self = shared_from_this()] {
    self->timer_.stop();
    self->stream_.reset();
    if (self->callbacks_.closed) self->callbacks_.closed();
    self->callbacks_ = {};
  });
}

}  // namespace vita
