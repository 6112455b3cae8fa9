// GStreamer's reference-counted objects as movable owners.
#pragma once
#include <gst/gst.h>

#include <memory>

namespace vita {

struct GstObjectRelease {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
struct GstCapsRelease {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
struct GstBufferRelease {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
struct GErrorRelease {
  void operator()(GError* error) const { g_error_free(error); }
};
struct GFree {
  void operator()(gpointer memory) const { g_free(memory); }
};

template <class T>
using GstOwner = std::unique_ptr<T, GstObjectRelease>;
using GstCapsOwner = std::unique_ptr<GstCaps, GstCapsRelease>;
using GstBufferOwner = std::unique_ptr<GstBuffer, GstBufferRelease>;

}  // namespace vita
