#include <cmath>
#include <stdexcept>
#include <string_view>

#include "core/error.h"
#include "fuzz/targets.h"
#include "server/requests.h"

namespace vita::fuzz {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

void check_size(int width, int height) {
  require(width >= 160 && width <= 1920 && height >= 96 && height <= 1088, "a size is in range");
}

// What is refused, is refused as an argument: the client's fault.
template <class Read, class Check>
void feed(Read read, Check check) {
  try {
    check(read());
  } catch (const Error& error) {
    require(error.code() == ErrorCode::invalid_argument, "a body is refused as an argument");
  }
}

}  // namespace

void read_bodies(std::span<const std::byte> input) {
  const std::string_view body(reinterpret_cast<const char*>(input.data()), input.size());
  feed([&] { return read_session_request(body); },
       [](const LiveOptions& options) {
         check_size(options.width, options.height);
         require(std::isfinite(options.fps) && !options.prompt.empty(), "a session can begin");
       });
  feed([&] { return read_video_request(body); },
       [](const VideoRequest& request) {
         check_size(request.width, request.height);
         require(request.seconds > 0 && request.seconds <= kVideoSecondsMax, "a video ends");
       });
  feed([&] { return read_understand_request(body); },
       [](const std::string& prompt) { require(!prompt.empty(), "a prompt has words"); });
}

}  // namespace vita::fuzz
