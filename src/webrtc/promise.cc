#include "webrtc/promise.h"

#include <utility>

namespace vita {
namespace {

template <class T>
void destroy(gpointer object) {
  delete static_cast<T*>(object);
}

template <class T>
void destroy_closure(gpointer object, GClosure*) {
  delete static_cast<T*>(object);
}

using Done = std::function<void(const GstStructure*)>;
using Handler = std::function<void(gpointer)>;
using PlainHandler = std::function<void()>;

void on_change(GstPromise* promise, gpointer data) {
  const bool replied = gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED;
  (*static_cast<Done*>(data))(replied ? gst_promise_get_reply(promise) : nullptr);
  gst_promise_unref(promise);
}

void on_signal(gpointer, gpointer argument, gpointer data) {
  (*static_cast<Handler*>(data))(argument);
}

void on_plain_signal(gpointer, gpointer data) { (*static_cast<PlainHandler*>(data))(); }

}  // namespace

GstPromise* make_promise(Done done) {
  return gst_promise_new_with_change_func(on_change, new Done(std::move(done)), destroy<Done>);
}

const char* promise_error(const GstStructure* reply) {
  if (!reply || !gst_structure_has_field_typed(reply, "error", G_TYPE_ERROR)) return nullptr;
  const auto* error =
      static_cast<const GError*>(g_value_get_boxed(gst_structure_get_value(reply, "error")));
  return error ? error->message : "no reason given";
}

void connect_signal(gpointer object, const char* signal, Handler handler) {
  g_signal_connect_data(object, signal, G_CALLBACK(on_signal), new Handler(std::move(handler)),
                        destroy_closure<Handler>, static_cast<GConnectFlags>(0));
}

void connect_signal(gpointer object, const char* signal, PlainHandler handler) {
  g_signal_connect_data(object, signal, G_CALLBACK(on_plain_signal),
                        new PlainHandler(std::move(handler)), destroy_closure<PlainHandler>,
                        static_cast<GConnectFlags>(0));
}

}  // namespace vita
