#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "media/fragment_scan.h"
#include "media/fragment_writer.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".mp4.part";

void check(const std::error_code& error, const fs::path& path, const char* what) {
  if (!error) return;
  throw Error(ErrorCode::io,
              "recording " + path.string() + ": cannot " + what + " it: " + error.message());
}

// In the order of their names, so that the same files always get the same names.
std::vector<fs::path> part_files(const std::string& folder) {
  std::vector<fs::path> parts;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return parts;
  check(error, folder, "list");
  while (entry != fs::directory_iterator()) {
    std::error_code ignored;  // what cannot be looked at is not ours
    const bool regular = fs::is_regular_file(entry->symlink_status(ignored));
    if (regular && entry->path().filename().string().ends_with(kEnding)) {
      parts.push_back(entry->path());
    }
    entry.increment(error);
    check(error, folder, "list");
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

// "a.mp4" for "a.mp4.part", or "a-2.mp4" and so on, whichever is free.
fs::path free_name(const fs::path& part) {
  fs::path name = part;
  name.replace_extension();
  const std::string stem = (name.parent_path() / name.stem()).string();
  std::error_code ignored;
  for (int n = 2; fs::exists(fs::symlink_status(name, ignored)); n++) {
    name = stem + "-" + std::to_string(n) + ".mp4";
  }
  return name;
}

}  // namespace

std::vector<RecoveredRecording> recover_recordings(const std::string& folder) {
  std::vector<RecoveredRecording> recovered;
  for (const fs::path& part : part_files(folder)) {
    const PlayablePart playable = cut_to_playable_part(part.string());
    std::error_code error;
    if (playable.bytes == 0) {
      fs::remove(part, error);
      check(error, part, "remove");
      recovered.emplace_back();
      continue;
    }
    const fs::path name = free_name(part);
    fs::rename(part, name, error);
    check(error, part, "rename");
    recovered.push_back({name.string(), playable.bytes});
  }
  return recovered;
}

}  // namespace vita
