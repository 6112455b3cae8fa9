#include "server/metrics.h"

#include <array>
#include <cstdio>

#include "core/error.h"
#include "vita/version.h"

namespace vita {
namespace {

// Seconds: from a tenth of a frame to a start that went wrong.
constexpr std::array kBounds = {0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.042, 0.06, 0.083,
                                0.1,   0.15,   0.2,   0.3,  0.5,  1.0,  2.5,   10.0};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  char brief[32];
  std::snprintf(brief, sizeof brief, "%.9g", value);
  return std::stod(brief) == value ? brief : text;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Metrics::Metrics() {
  declare(Kind::gauge, "vitascope_build_info", "Always 1; the label is the version.", "version");
  declare(Kind::gauge, "vitascope_uptime_seconds", "Since the server started.");
  declare(Kind::gauge, "process_start_time_seconds", "Unix time of the start of the process.");
  declare(Kind::gauge, "process_resident_memory_bytes", "Resident memory.");
  declare(Kind::gauge, "process_open_fds", "Open file descriptors.");
  declare(Kind::gauge, "vitascope_sessions", "Sessions that run now.");
  declare(Kind::counter, "vitascope_sessions_started_total", "Sessions that were opened.");
  declare(Kind::counter, "vitascope_sessions_ended_total", "Sessions that ended, by reason.",
          "reason");
  declare(Kind::gauge, "vitascope_viewers", "Viewers now, by transport.", "transport");
  declare(Kind::counter, "vitascope_frames_total", "Encoded frames.");
  declare(Kind::counter, "vitascope_frames_skipped_total", "Frames that could not be in time.");
  declare(Kind::counter, "vitascope_frames_late_total", "Frames over one period late.");
  declare(Kind::histogram, "vitascope_frame_interval_seconds", "From encoded frame to the next.");
  declare(Kind::histogram, "vitascope_stage_seconds", "Thread time of a frame, by stage.", "stage");
  declare(Kind::histogram, "vitascope_frame_seconds",
          "Time by the clock: making, from a frame's beginning until it is painted; encoding, with "
          "the wait for the encoder.",
          "part");
  declare(Kind::histogram, "vitascope_first_frame_seconds",
          "From a session's request, or a reset, to its first encoded frame.");
  declare(Kind::histogram, "vitascope_control_seconds",
          "From a control's arrival to the first encoded frame that shows it.");
  declare(Kind::counter, "vitascope_controls_total", "Control messages, by type.", "type");
  declare(Kind::counter, "vitascope_queue_dropped_total", "Items that a full queue lost, by queue.",
          "queue");
  declare(Kind::gauge, "vitascope_bitrate_kbps", "Bit rate asked of the encoders, all together.");
  declare(Kind::counter, "vitascope_encoded_bytes_total", "Bytes of encoded pictures.");
  declare(Kind::counter, "vitascope_http_requests_total", "Answers, by status code.", "code");
  declare(Kind::counter, "vitascope_rejected_total", "What was turned away, by reason.", "reason");
  declare(Kind::gauge, "vitascope_connections", "Connections that are open.");
  declare(Kind::gauge, "vitascope_recordings", "Recordings that run now.");
  declare(Kind::counter, "vitascope_videos_total", "Video jobs that ended, by status.", "status");
  declare(Kind::gauge, "vitascope_videos_queued", "Video jobs that wait.");
  declare(Kind::counter, "vitascope_videos_restarted_total",
          "Video jobs that an ended server had begun, begun again.");
  set("vitascope_build_info", 1, kVersion);
}

void Metrics::declare(Kind kind, const char* name, const char* help, const char* label) {
  families_[name] = {kind, help, label, {}};
  if (*label == 0) series(name, {});
}

Metrics::Family& Metrics::family(const std::string& name) {
  const auto found = families_.find(name);
  if (found == families_.end()) {
    throw Error(ErrorCode::internal, "metric " + name + " was not declared");
  }
  return found->second;
}

Metrics::Series& Metrics::series(const std::string& name, const std::string& label) {
  Family& f = family(name);
  Series& s = f.series[label];
  if (f.kind == Kind::histogram && s.buckets.empty()) s.buckets.resize(kBounds.size() + 1);
  return s;
}

void Metrics::add(const std::string& name, double amount, const std::string& label) {
  const std::lock_guard lock(mutex_);
  series(name, label).value += amount;
}

void Metrics::set(const std::string& name, double value, const std::string& label) {
  const std::lock_guard lock(mutex_);
  series(name, label).value = value;
}

void Metrics::observe(const std::string& name, double seconds, const std::string& label) {
  const std::lock_guard lock(mutex_);
  Series& s = series(name, label);
  size_t bucket = 0;
  while (bucket < kBounds.size() && seconds > kBounds[bucket]) bucket++;
  s.buckets.at(bucket)++;
  s.count++;
  s.value += seconds;
}

void Metrics::observe_new(const std::string& name, const Histogram& before, const Histogram& after,
                          const std::string& label) {
  const int64_t count = after.count() - before.count();
  if (count <= 0) return;
  const std::lock_guard lock(mutex_);
  Series& s = series(name, label);
  int64_t below = 0;
  for (size_t k = 0; k < kBounds.size(); k++) {
    const double bound_ms = kBounds[k] * 1e3;
    const int64_t up_to = after.count_up_to(bound_ms) - before.count_up_to(bound_ms);
    s.buckets.at(k) += static_cast<uint64_t>(up_to - below);
    below = up_to;
  }
  s.buckets.back() += static_cast<uint64_t>(count - below);
  s.count += static_cast<uint64_t>(count);
  s.value += (after.sum_ms() - before.sum_ms()) * 1e-3;
}

double Metrics::value(const std::string& name, const std::string& label) const {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(name);
  if (found == families_.end()) return 0;
  const auto series = found->second.series.find(label);
  return series == found->second.series.end() ? 0 : series->second.value;
}

void Metrics::append(std::string& out, const std::string& name, const Family& f) {
  constexpr const char* kKinds[] = {"counter", "gauge", "histogram"};
  out += "# HELP " + name + " " + f.help + "\n";
  out += "# TYPE " + name + " " + kKinds[static_cast<int>(f.kind)] + "\n";
  for (const auto& [value, s] : f.series) {
    const std::string label = f.label.empty() ? "" : f.label + "=\"" + escaped(value) + "\"";
    const std::string braces = label.empty() ? "" : "{" + label + "}";
    if (f.kind != Kind::histogram) {
      out += name + braces + " " + number(s.value) + "\n";
      continue;
    }
    uint64_t below = 0;
    for (size_t k = 0; k < s.buckets.size(); k++) {
      below += s.buckets[k];
      const std::string bound = k < kBounds.size() ? number(kBounds[k]) : "+Inf";
      out += name + "_bucket{" + label + (label.empty() ? "" : ",") + "le=\"" + bound + "\"} " +
             std::to_string(below) + "\n";
    }
    out += name + "_sum" + braces + " " + number(s.value) + "\n";
    out += name + "_count" + braces + " " + std::to_string(s.count) + "\n";
  }
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, f] : families_) append(out, name, f);
  return out;
}

}  // namespace vita
