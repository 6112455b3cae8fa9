#include "engine/cold_start.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "core/error.h"

extern char** environ;

namespace vita {
namespace {

// A folder that goes with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "vitascope-XXXXXX").string();
    if (!mkdtemp(pattern.data())) {
      throw Error(ErrorCode::io, "cannot make a folder " + pattern + ": " + std::strerror(errno));
    }
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t count = ::read(file, block.data(), block.size());
    if (count > 0) text.append(block.data(), static_cast<size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) return text;
  }
}

// Runs a program to its end and returns its standard output and error together.
std::string run(const std::vector<std::string>& words, int* status) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(ErrorCode::internal, std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text = error == 0 ? read_all(ends[0]) : "";
  ::close(ends[0]);
  if (error != 0) {
    throw Error(ErrorCode::internal, "cannot start " + words[0] + ": " + std::strerror(error));
  }
  while (::waitpid(child, status, 0) < 0 && errno == EINTR) {
  }
  return text;
}

}  // namespace

double measure_cold_start(const BenchRequest& request, const std::string& prompt) {
  const ScratchFolder folder;
  const std::string size = std::to_string(request.width) + "x" + std::to_string(request.height);
  int status = 0;
  const std::string text = run(
      {request.program, "generate", "--prompt", prompt, "--model", request.model_dir, "--size",
       size, "--fps", std::to_string(request.fps), "--seconds", std::to_string(1 / request.fps),
       "--threads", std::to_string(request.threads), "--json", "-o", folder.path() + "/cold.mp4"},
      &status);
  // Libraries may write notes to the standard error; the report is the line that is an object.
  const size_t start = text.find('{');
  const auto report =
      nlohmann::json::parse(start == std::string::npos ? "" : text.substr(start), nullptr, false);
  if (status != 0 || !report.is_object() || !report.contains("cold_start_ms")) {
    throw Error(ErrorCode::internal, "a cold start of " + request.program + " failed: " + text);
  }
  return report.at("cold_start_ms").get<double>();
}

}  // namespace vita
