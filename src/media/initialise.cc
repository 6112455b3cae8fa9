#include "media/initialise.h"

#include <gst/gst.h>

#include <memory>
#include <string>

#include "core/error.h"
#include "media/gst_handles.h"

namespace vita {

void initialise_media() {
  GError* error = nullptr;
  if (gst_init_check(nullptr, nullptr, &error)) return;
  const std::unique_ptr<GError, GErrorRelease> owner(error);
  throw Error(ErrorCode::unsupported, std::string("GStreamer cannot start: ") +
                                          (error ? error->message : "no reason given"));
}

}  // namespace vita
