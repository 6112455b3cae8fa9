// GStreamer's promises and signals as calls of std::function.
#pragma once
#include <gst/gst.h>

#include <functional>

namespace vita {

// For a call that takes a promise and owns it. `done` is called once, on a thread of the answerer:
// with its reply, which may be null, or with null when it was interrupted.
GstPromise* make_promise(std::function<void(const GstStructure* reply)> done);

// What a reply says went wrong; null if nothing.
const char* promise_error(const GstStructure* reply);

// Connects a signal to a function that takes nothing but its first argument beyond the object, a
// pointer; the function lives as long as the connection.
void connect_signal(gpointer object, const char* signal, std::function<void(gpointer)> handler);
// The same for signals without arguments.
void connect_signal(gpointer object, const char* signal, std::function<void()> handler);

}  // namespace vita
