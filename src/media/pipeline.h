// Small parts that every pipeline of ours is built from.
#pragma once
#include <gst/gst.h>

#include <functional>
#include <string>

#include "media/gst_handles.h"

namespace vita {

GstOwner<GstElement> make_pipeline();

// Makes an element and gives it to the bin. Throws Error{unsupported} that names `package` when
// GStreamer has no such element.
GstElement* add_element(GstBin* bin, const char* factory, const char* package);

// What a bus message of type error says, in one line.
std::string error_text(GstMessage* message);

// Calls `failed` with the text of each error and `ended` at the end of the stream, on whatever
// thread it happens; both must outlive the pipeline's running.
struct BusHandlers {
  std::function<void(const std::string&)> failed;
  std::function<void()> ended;
};
void watch_bus(GstElement* pipeline, BusHandlers handlers);

// An appsrc, at time format, whose streaming thread asks `next` for one buffer after the other.
// `next` may wait, but must return (nothing: the stream ends) before anybody stops the pipeline.
GstElement* add_pull_source(GstBin* bin, const GstCaps* caps, std::function<GstBufferOwner()> next);

}  // namespace vita
