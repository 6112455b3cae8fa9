#include "server/early_refusal.h"

#include <memory>
#include <utility>

namespace vita {
namespace {

std::string answer_text(SoupServerMessage* message, int status, const std::string& json) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " +
                     soup_status_get_phrase(static_cast<guint>(status)) + "\r\n";
  SoupMessageHeadersIter iterator;
  soup_message_headers_iter_init(&iterator, soup_server_message_get_response_headers(message));
  const char *name = nullptr, *value = nullptr;
  while (soup_message_headers_iter_next(&iterator, &name, &value)) {
    text += std::string(name) + ": " + value + "\r\n";
  }
  return text +
         "Content-Type: application/json\r\nConnection: close\r\nCache-Control: no-store\r\n"
         "Content-Length: " +
         std::to_string(json.size()) + "\r\n\r\n" + json;
}

// Holds itself until the client has gone. Hanging up at once could destroy the answer on its way.
class LastWord : public std::enable_shared_from_this<LastWord> {
 public:
  LastWord(GOwner<GIOStream> stream, std::string text)
      : stream_(std::move(stream)), text_(std::move(text)) {}

  void write() {
    g_output_stream_write_all_async(
        g_io_stream_get_output_stream(stream_.get()), text_.data(), text_.size(),
        G_PRIORITY_DEFAULT, nullptr,
        [](GObject* source, GAsyncResult* result, gpointer data) {
          const Held self = take(data);
          const bool written =
              g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, nullptr, nullptr);
          if (!written) return;
          self->end_writing();
          self->read();
        },
        give());
  }

 private:
  using Held = std::shared_ptr<LastWord>;
  gpointer give() { return new Held(shared_from_this()); }
  static Held take(gpointer data) {
    const std::unique_ptr<Held> held(static_cast<Held*>(data));
    return *held;
  }

  // The client sees the end of the answer and that nothing follows.
  void end_writing() {
    if (!G_IS_SOCKET_CONNECTION(stream_.get())) return;
    GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream_.get()));
    g_socket_shutdown(socket, FALSE, TRUE, nullptr);
  }

  void read() {
    g_input_stream_read_async(
        g_io_stream_get_input_stream(stream_.get()), ignored_, sizeof ignored_, G_PRIORITY_LOW,
        nullptr,
        [](GObject* source, GAsyncResult* result, gpointer data) {
          const Held self = take(data);
          if (g_input_stream_read_finish(G_INPUT_STREAM(source), result, nullptr) > 0) self->read();
        },
        give());
  }

  const GOwner<GIOStream> stream_;
  const std::string text_;
  char ignored_[16 * 1024];
};

}  // namespace

// Not at once: libsoup is in the middle of reading.
void refuse_early(const MainLoop& loop, SoupServerMessage* message, int status,
                  const std::string& json) {
  soup_server_message_pause(message);
  const std::string text = answer_text(message, status, json);
  const std::shared_ptr<SoupServerMessage> held(
      static_cast<SoupServerMessage*>(g_object_ref(message)), GObjectRelease());
  loop.post([held, text] {
    GOwner<GIOStream> stream(soup_server_message_steal_connection(held.get()));
    if (stream) std::make_shared<LastWord>(std::move(stream), text)->write();
  });
}

}  // namespace vita
