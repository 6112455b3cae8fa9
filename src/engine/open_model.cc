#include "engine/open_model.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "models/world/world_model.h"

namespace vita {
namespace {

constexpr int kThreadsMax = 64;

}  // namespace

int usable_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp(count, 1, kThreadsMax);
}

int checked_threads(int asked) {
  if (asked == 0) return usable_threads();
  if (asked >= 1 && asked <= kThreadsMax) return asked;
  throw Error(
      ErrorCode::invalid_argument,
      "found " + std::to_string(asked) + " threads, expected 1 to " + std::to_string(kThreadsMax));
}

std::string default_model_dir() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("VITA_MODEL_DIR"); named && *named) return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path above = program.parent_path().parent_path();
  const fs::path built = above / "models" / "world";
  const fs::path installed = above / "share" / "vitascope" / "models" / "world";
  for (const fs::path& folder : {built, installed}) {
    if (fs::exists(folder / "config.json", error)) return folder.string();
  }
  throw Error(ErrorCode::not_found, "no model found in " + built.string() + " or " +
                                        installed.string() +
                                        "; name its folder with --model or VITA_MODEL_DIR");
}

std::unique_ptr<VideoModel> open_model(const std::string& folder, int threads) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw Error(ErrorCode::not_found, "model " + folder +
                                          ": is not a folder; expected one with config.json and "
                                          "model.safetensors");
  }
  return open_world_model(folder, threads);
}

}  // namespace vita
