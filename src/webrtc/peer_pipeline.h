// The elements of a peer: from access units to webrtcbin.
#pragma once
#include <gst/gst.h>

#include <functional>

#include "media/access_unit.h"
#include "media/gst_handles.h"
#include "webrtc/sdp_offer.h"

namespace vita {

struct WebrtcPeerOptions;

// Owns its elements; whoever drops the last reference must have called stop() before. Any thread
// may call push(), level() and webrtc(); start() and stop() each once.
class PeerPipeline {
 public:
  // `key_requested` runs on a thread of GStreamer, for each PLI and FIR, until stop() returns.
  // Throws Error{unsupported} for a missing part of GStreamer.
  PeerPipeline(const SdpOffer& offer, const WebrtcPeerOptions& options,
               std::function<void()> key_requested);

  GstElement* element() const { return pipeline_.get(); }
  GstElement* webrtc() const { return webrtc_.get(); }
  uint32_t ssrc() const { return ssrc_; }
  // Errors of elements go there. Throws Error{internal} when GStreamer does not start.
  void start(std::function<void(const std::string&)> failed);
  // Shares the unit's bytes. The queue is not limited here: see level().
  void push(const AccessUnit& unit);
  // Units that wait.
  size_t level() const;
  // Blocks until all threads of the pipeline have left it. Not from one of them.
  void stop();

 private:
  void configure_ice(const WebrtcPeerOptions& options);
  GstCapsOwner rtp_caps(const SdpOffer& offer) const;

  uint32_t ssrc_;
  GstOwner<GstElement> pipeline_, source_, webrtc_;
};

}  // namespace vita
