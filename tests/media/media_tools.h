// Pictures to encode, and other programs to look at what came out.
#pragma once
#include <sys/resource.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/access_unit.h"
#include "vita/frame.h"

namespace vita {

constexpr int kWidth = 320, kHeight = 192;
constexpr size_t kLuma = static_cast<size_t>(kWidth) * kHeight;

struct Picture {
  std::vector<uint8_t> bytes = std::vector<uint8_t>(kLuma * 3 / 2);
  Frame frame;
};

// Four flat luma bands and two flat chroma halves that change a little with every frame.
Picture draw(int64_t index);
// As many details as pixels: what costs bits.
Picture draw_noise(int64_t index);

// The output of a command of the shell, which must succeed.
std::string run(const std::string& command);

// The mean difference of a decoded picture's samples, I420, from the one drawn.
double mean_error(const Picture& expected, const uint8_t* found);

// Decodes Annex B with ffmpeg; I420 pictures one after the other.
std::string decode(const std::vector<AccessUnit>& units, const std::filesystem::path& folder);

// A folder of its own that goes with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  // The names in it, sorted.
  std::vector<std::string> files() const;

 private:
  std::filesystem::path path_;
};

// Limits how large a file this process may write, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(uint64_t bytes);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace vita
