#include "core/log.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/error.h"

namespace vita {
namespace {

constexpr const char* kNames[] = {"debug", "info", "warning", "error", "off"};

// Bare words stay bare, everything else is quoted, so that a line can be split again.
void append_text(std::string& line, std::string_view text) {
  auto is_bare = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; };
  bool bare = !text.empty();
  for (char c : text) bare = bare && is_bare(c);
  if (bare) {
    line += text;
    return;
  }
  line += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') line += '\\';
    if (c == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      line += c;
    }
  }
  line += '"';
}

void append_number(std::string& line, double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  line += text;
}

struct AppendValue {
  std::string& line;
  void operator()(int64_t value) const { line += std::to_string(value); }
  void operator()(double value) const { append_number(line, value); }
  void operator()(bool value) const { line += value ? "true" : "false"; }
  void operator()(std::string_view value) const { append_text(line, value); }
};

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

LogLevel log_level(std::string_view name) {
  for (int i = 0; i < 5; i++) {
    if (name == kNames[i]) return static_cast<LogLevel>(i);
  }
  throw Error(ErrorCode::invalid_argument, "the log level is \"" + std::string(name) +
                                               "\", expected debug, info, warning, error or off");
}

Log::Log(LogLevel level, int descriptor)
    : level_(level), descriptor_(descriptor), start_(std::chrono::steady_clock::now()) {}

void Log::write(LogLevel level, std::string_view event, Fields fields) noexcept {
  if (!enabled(level) || level == LogLevel::off) return;
  try {
    std::lock_guard lock(mutex_);
    std::chrono::duration<double> since = std::chrono::steady_clock::now() - start_;
    char time[32];
    std::snprintf(time, sizeof time, "time=%.3f", since.count());
    line_ = time;
    line_ += " level=";
    line_ += kNames[static_cast<int>(level)];
    line_ += " event=";
    append_text(line_, event);
    for (const LogField& field : fields) {
      line_ += ' ';
      line_ += field.key;
      line_ += '=';
      std::visit(AppendValue{line_}, field.value);
    }
    line_ += '\n';
    write_all(descriptor_, line_);
  } catch (...) {  // out of memory, or a broken mutex: a log line is not worth the process
    return;
  }
}

}  // namespace vita
