#include "core/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"

namespace vita {
namespace {

// What is written to the log's descriptor, read back.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }
  int write_end() const { return ends_[1]; }
  std::string text() {
    ::close(ends_[1]);
    ends_[1] = -1;
    std::string out;
    std::array<char, 4096> chunk{};
    for (ssize_t n; (n = ::read(ends_[0], chunk.data(), chunk.size())) > 0;) {
      out.append(chunk.data(), static_cast<size_t>(n));
    }
    return out;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST(Log, WritesFieldsThatCanBeSplitAgain) {
  Pipe pipe;
  Log log(LogLevel::info, pipe.write_end());
  log.write(LogLevel::warning, "frame late",
            {{"frame", 12}, {"late_ms", 3.5}, {"dropped", true}, {"why", "a \"slow\"\nstep"}});
  std::string text = pipe.text();
  EXPECT_EQ(text.find("time="), 0u);
  EXPECT_NE(text.find(" level=warning event=\"frame late\" frame=12 late_ms=3.5 dropped=true "
                      "why=\"a \\\"slow\\\"\\nstep\"\n"),
            std::string::npos)
      << text;
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  Pipe pipe;
  Log log(LogLevel::warning, pipe.write_end());
  log.write(LogLevel::info, "quiet");
  log.write(LogLevel::error, "loud");
  std::string text = pipe.text();
  EXPECT_EQ(text.find("quiet"), std::string::npos);
  EXPECT_NE(text.find("event=loud"), std::string::npos);
}

TEST(Log, LinesOfSeveralThreadsDoNotMix) {
  Pipe pipe;
  Log log(LogLevel::info, pipe.write_end());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; i++) log.write(LogLevel::info, "tick", {{"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::string text = pipe.text();
  int lines = 0;
  for (size_t at = 0; at < text.size(); lines++) {
    EXPECT_EQ(text.compare(at, 5, "time="), 0);
    at = text.find('\n', at) + 1;
  }
  EXPECT_EQ(lines, 400);
}

TEST(Log, RefusesUnknownLevels) {
  EXPECT_EQ(log_level("debug"), LogLevel::debug);
  EXPECT_THROW(log_level("loud"), Error);
}

}  // namespace
}  // namespace vita
