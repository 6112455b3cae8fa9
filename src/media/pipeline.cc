#include "media/pipeline.h"

#include <gst/app/gstappsrc.h>

#include <cstring>
#include <memory>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

template <class T>
void destroy(gpointer object) {
  delete static_cast<T*>(object);
}

GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer data) {
  const auto& handlers = *static_cast<BusHandlers*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) handlers.failed(error_text(message));
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS && handlers.ended) handlers.ended();
  gst_message_unref(message);
  return GST_BUS_DROP;
}

using Next = std::function<GstBufferOwner()>;

void on_need_data(GstAppSrc* source, guint, gpointer data) {
  GstBufferOwner buffer = (*static_cast<Next*>(data))();
  if (buffer) {
    gst_app_src_push_buffer(source, buffer.release());
  } else {
    gst_app_src_end_of_stream(source);
  }
}

}  // namespace

GstOwner<GstElement> make_pipeline() {
  return GstOwner<GstElement>(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
}

GstElement* add_element(GstBin* bin, const char* factory, const char* package) {
  GstElement* element = gst_element_factory_make(factory, nullptr);
  if (!element) {
    throw Error(ErrorCode::unsupported, std::string("GStreamer has no element ") + factory +
                                            "; install the package " + package);
  }
  gst_bin_add(bin, element);
  return element;
}

std::string error_text(GstMessage* message) {
  GError* raw_error = nullptr;
  gchar* raw_details = nullptr;
  gst_message_parse_error(message, &raw_error, &raw_details);
  const std::unique_ptr<GError, GErrorRelease> error(raw_error);
  const std::unique_ptr<gchar, GFree> details(raw_details);
  if (g_error_matches(raw_error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT)) {
    return "the disk is full";
  }
  std::string text = raw_error->message;
  const char* last_line = raw_details ? std::strrchr(raw_details, '\n') : nullptr;
  if (last_line) text += std::string(" (") + (last_line + 1) + ")";
  return text;
}

void watch_bus(GstElement* pipeline, BusHandlers handlers) {
  const GstOwner<GstBus> bus(gst_pipeline_get_bus(GST_PIPELINE(pipeline)));
  gst_bus_set_sync_handler(bus.get(), on_message, new BusHandlers(std::move(handlers)),
                           destroy<BusHandlers>);
}

GstElement* add_pull_source(GstBin* bin, const GstCaps* caps, Next next) {
  GstElement* source = add_element(bin, "appsrc", "gstreamer1.0-plugins-base");
  g_object_set(source, "caps", caps, "format", GST_FORMAT_TIME, "max-bytes", guint64{0}, nullptr);
  GstAppSrcCallbacks callbacks{};
  callbacks.need_data = on_need_data;
  gst_app_src_set_callbacks(GST_APP_SRC(source), &callbacks, new Next(std::move(next)),
                            destroy<Next>);
  return source;
}

}  // namespace vita
