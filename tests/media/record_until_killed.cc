// Records until somebody kills it: record_until_killed FILE. Says "recorded N" after each picture.
#include <cstdio>
#include <thread>

#include "core/thread_time.h"
#include "media/fragment_writer.h"
#include "media/live_encoder.h"
#include "media/media_tools.h"

int main(int count, char** arguments) {
  using namespace vita;  // NOLINT
  if (count != 2) return 2;
  FragmentWriterOptions options;
  options.path = arguments[1];
  options.fragment_seconds = 0.25;
  FragmentWriter writer(options, {});
  LiveEncoder encoder({kWidth, kHeight, 24, 2000, 4},
                      {[&writer](const AccessUnit& unit) { writer.push(unit); }, {}});
  for (int64_t k = 0;; k++) {
    const Picture picture = draw(k);
    encoder.push(picture.frame, k * 1'000'000 / 24);
    while (writer.status().frames <= k) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::printf("recorded %lld\n", static_cast<long long>(k + 1));
    std::fflush(stdout);
  }
}
