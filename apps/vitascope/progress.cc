#include "progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "core/thread_time.h"

namespace vita {
namespace {

constexpr int kBarWidth = 30;

std::string bar(const Progress& p) {
  const double share = static_cast<double>(p.frames) / static_cast<double>(p.frames_total);
  const auto full = static_cast<size_t>(share * kBarWidth);
  return std::string(full, '#') + std::string(kBarWidth - full, '.');
}

std::string figures(const Progress& p) {
  char text[160];
  std::snprintf(text, sizeof text, "%lld/%lld frames  %.1f fps  first frame %.0f ms  %.0f s left",
                static_cast<long long>(p.frames), static_cast<long long>(p.frames_total), p.fps,
                p.ttff_ms, std::ceil(p.eta_s));
  return text;
}

}  // namespace

ProgressView::ProgressView() : terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressView::show(const Progress& p) {
  const int64_t now_us = monotonic_us();
  if (now_us < next_us_ && p.frames < p.frames_total) return;
  next_us_ = now_us + (terminal_ ? 100000 : 1000000);
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K[%s] %s", bar(p).c_str(), figures(p).c_str());
    open_line_ = true;
  } else {
    std::fprintf(stderr, "%s\n", figures(p).c_str());
  }
  std::fflush(stderr);
}

void ProgressView::end() {
  if (open_line_) std::fputc('\n', stderr);
  open_line_ = false;
}

}  // namespace vita
