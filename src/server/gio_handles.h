// GLib's and libsoup's reference-counted objects as movable owners, and work for the main loop.
#pragma once
#include <gio/gio.h>
#include <libsoup/soup.h>

#include <functional>
#include <memory>
#include <utility>

namespace vita {

struct GObjectRelease {
  void operator()(gpointer object) const { g_object_unref(object); }
};
struct GErrorFree {
  void operator()(GError* error) const { g_error_free(error); }
};
struct GBytesRelease {
  void operator()(GBytes* bytes) const { g_bytes_unref(bytes); }
};
struct GCharFree {
  void operator()(char* text) const { g_free(text); }
};
struct GContextRelease {
  void operator()(GMainContext* context) const { g_main_context_unref(context); }
};
struct GLoopRelease {
  void operator()(GMainLoop* loop) const { g_main_loop_unref(loop); }
};

template <class T>
using GOwner = std::unique_ptr<T, GObjectRelease>;
using GErrorOwner = std::unique_ptr<GError, GErrorFree>;
using GBytesOwner = std::unique_ptr<GBytes, GBytesRelease>;
using GCharOwner = std::unique_ptr<char, GCharFree>;
using GContextOwner = std::unique_ptr<GMainContext, GContextRelease>;
using GLoopOwner = std::unique_ptr<GMainLoop, GLoopRelease>;

template <class T>
GOwner<T> share_object(T* object) {
  return GOwner<T>(static_cast<T*>(g_object_ref(object)));
}

// The one thread that does the network's work, seen by all others. Lives as long as the server.
class MainLoop {
 public:
  // The context becomes the calling thread's default one: the caller is the loop's thread.
  MainLoop();
  ~MainLoop();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  void run() { g_main_loop_run(loop_.get()); }
  void quit() { g_main_loop_quit(loop_.get()); }
  GMainContext* context() const { return context_.get(); }

  // Any thread: `work` runs on the loop's thread, in the order of the posts. What it throws ends
  // the process: it must not.
  void post(std::function<void()> work) const;
  // Loop thread: every `seconds`, until the returned guard goes or `work` returns false.
  class Timer;
  [[nodiscard]] Timer every(double seconds, std::function<bool()> work) const;

 private:
  GContextOwner context_;
  GLoopOwner loop_;
};

class MainLoop::Timer {
 public:
  Timer() = default;
  explicit Timer(GSource* source) : source_(source) {}
  Timer(Timer&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
  Timer& operator=(Timer&& other) noexcept {
    std::swap(source_, other.source_);
    return *this;
  }
  ~Timer() { stop(); }
  void stop() {
    GSource* source = std::exchange(source_, nullptr);
    if (!source) return;
    g_source_destroy(source);
    g_source_unref(source);
  }

 private:
  GSource* source_ = nullptr;
};

}  // namespace vita
