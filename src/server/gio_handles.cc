#include "server/gio_handles.h"

namespace vita {
namespace {

using Work = std::function<void()>;
using Repeated = std::function<bool()>;

}  // namespace

MainLoop::MainLoop()
    : context_(g_main_context_new()), loop_(g_main_loop_new(context_.get(), FALSE)) {
  g_main_context_push_thread_default(context_.get());
}

MainLoop::~MainLoop() { g_main_context_pop_thread_default(context_.get()); }

void MainLoop::post(std::function<void()> work) const {
  GSource* source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(
      source,
      [](gpointer data) -> gboolean {
        (*static_cast<Work*>(data))();
        return G_SOURCE_REMOVE;
      },
      new Work(std::move(work)), [](gpointer data) { delete static_cast<Work*>(data); });
  g_source_attach(source, context_.get());
  g_source_unref(source);
}

MainLoop::Timer MainLoop::every(double seconds, std::function<bool()> work) const {
  GSource* source = g_timeout_source_new(static_cast<guint>(seconds * 1000));
  g_source_set_callback(
      source,
      [](gpointer data) -> gboolean {
        return (*static_cast<Repeated*>(data))() ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
      },
      new Repeated(std::move(work)), [](gpointer data) { delete static_cast<Repeated*>(data); });
  g_source_attach(source, context_.get());
  return Timer(source);
}

}  // namespace vita
