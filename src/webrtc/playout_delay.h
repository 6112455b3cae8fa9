// The RTP header extension "playout-delay", set to none: show each picture as soon as it is
// decoded.
#pragma once
#include <gst/rtp/gstrtphdrext.h>

#include "media/gst_handles.h"

namespace vita {

constexpr const char* kPlayoutDelayUri =
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

// For a payloader's action signal "add-extension". `id` is the one of the offer, 1 to 14.
GstOwner<GstRTPHeaderExtension> make_playout_delay(int id);

}  // namespace vita
