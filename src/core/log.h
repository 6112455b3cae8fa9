// Structured log lines: time=0.512 level=warning event="frame late" frame=12 late_ms=3.5
#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace vita {

enum class LogLevel { debug, info, warning, error, off };
// Throws Error{invalid_argument} for a name that is no level.
LogLevel log_level(std::string_view name);

struct LogField {
  using Value = std::variant<int64_t, double, bool, std::string_view>;
  std::string_view key;
  Value value;

  LogField(std::string_view k, std::string_view text) : key(k), value(text) {}
  LogField(std::string_view k, const char* text) : key(k), value(std::string_view(text)) {}
  LogField(std::string_view k, const std::string& text) : key(k), value(std::string_view(text)) {}
  LogField(std::string_view k, bool flag) : key(k), value(flag) {}
  LogField(std::string_view k, double number) : key(k), value(number) {}
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
  LogField(std::string_view k, Integer number) : key(k), value(static_cast<int64_t>(number)) {}
};

// Owned by the program and passed by reference; any thread may write. One line is one write, so
// lines of several threads do not mix.
//
//   log.write(LogLevel::warning, "frame late", {{"frame", 12}, {"late_ms", 3.5}});
class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  // `descriptor` is a file descriptor that stays open; standard error by default.
  explicit Log(LogLevel level = LogLevel::info, int descriptor = 2);

  bool enabled(LogLevel level) const { return level >= level_; }
  // Never throws; a line that cannot be written is lost.
  void write(LogLevel level, std::string_view event, Fields fields = {}) noexcept;

 private:
  const LogLevel level_;
  const int descriptor_;
  const std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;
  std::string line_;  // reused
};

}  // namespace vita
