#include "webrtc/playout_delay.h"

#include <cstring>

namespace vita {
namespace {

constexpr gsize kBytes = 3;  // least and greatest delay, 12 bits each, in units of 10 ms

GstRTPHeaderExtensionFlags supported_flags(GstRTPHeaderExtension*) {
  return static_cast<GstRTPHeaderExtensionFlags>(GST_RTP_HEADER_EXTENSION_ONE_BYTE |
                                                 GST_RTP_HEADER_EXTENSION_TWO_BYTE);
}

gsize max_size(GstRTPHeaderExtension*, const GstBuffer*) { return kBytes; }

gssize write(GstRTPHeaderExtension*, const GstBuffer*, GstRTPHeaderExtensionFlags, GstBuffer*,
             guint8* data, gsize size) {
  if (size < kBytes) return -1;
  std::memset(data, 0, kBytes);
  return kBytes;
}

void initialise_class(gpointer klass, gpointer) {
  auto* extension = static_cast<GstRTPHeaderExtensionClass*>(klass);
  extension->get_supported_flags = supported_flags;
  extension->get_max_size = max_size;
  extension->write = write;
  gst_rtp_header_extension_class_set_uri(extension, kPlayoutDelayUri);
  gst_element_class_set_static_metadata(
      GST_ELEMENT_CLASS(klass), "Playout delay of none", GST_RTP_HDREXT_ELEMENT_CLASS,
      "Asks the receiver to show each picture at once", "Vitascope");
}

GType playout_delay_type() {
  static const GType type = g_type_register_static_simple(
      GST_TYPE_RTP_HEADER_EXTENSION, "VitaPlayoutDelay", sizeof(GstRTPHeaderExtensionClass),
      initialise_class, sizeof(GstRTPHeaderExtension), nullptr, static_cast<GTypeFlags>(0));
  return type;
}

}  // namespace

GstOwner<GstRTPHeaderExtension> make_playout_delay(int id) {
  auto* extension =
      GST_RTP_HEADER_EXTENSION(gst_object_ref_sink(g_object_new(playout_delay_type(), nullptr)));
  gst_rtp_header_extension_set_id(extension, static_cast<guint>(id));
  return GstOwner<GstRTPHeaderExtension>(extension);
}

}  // namespace vita
