#include "webrtc/sdp_offer.h"

#include <string_view>

#include "core/error.h"
#include "fuzz/targets.h"
#include "media/initialise.h"

namespace vita::fuzz {

// What is accepted must read the same again, since that is what webrtcbin gets to see. Each line is
// taken for a trickled candidate, too.
void read_sdp(std::span<const std::byte> input) {
  initialise_media();
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  try {
    read_ice_candidate(text.substr(0, text.find('\n')));
  } catch (const Error&) {
  }
  SdpOffer offer;
  try {
    offer = read_sdp_offer(text);
  } catch (const Error&) {
    return;
  }
  if (read_sdp_offer(offer.text).text != offer.text)
    throw Error(ErrorCode::internal, "the reduced offer does not read the same again");
}

}  // namespace vita::fuzz
