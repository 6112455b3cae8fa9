#include "media/media_tools.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace vita {
namespace {

namespace fs = std::filesystem;

void point_frame_at_bytes(Picture& p, int64_t index) {
  const uint8_t* y = p.bytes.data();
  p.frame = {index, 0, y, y + kLuma, y + kLuma * 5 / 4, kWidth, kHeight, kWidth, kWidth / 2};
}

}  // namespace

Picture draw(int64_t index) {
  Picture p;
  constexpr std::array<uint8_t, 4> kBands = {16, 90, 180, 235};
  for (int y = 0; y < kHeight; y++) {
    for (int x = 0; x < kWidth; x++) {
      const size_t band = static_cast<size_t>(x / 80 + index) % 4;
      p.bytes[static_cast<size_t>(y) * kWidth + static_cast<size_t>(x)] = kBands[band];
    }
  }
  for (size_t k = 0; k < kLuma / 4; k++) {
    const bool left = k % (kWidth / 2) < kWidth / 4;
    p.bytes[kLuma + k] = left ? 60 : 200;
    p.bytes[kLuma * 5 / 4 + k] = left ? 190 : 80;
  }
  point_frame_at_bytes(p, index);
  return p;
}

Picture draw_noise(int64_t index) {
  Picture p;
  auto state = static_cast<uint32_t>(index * 2654435761 + 1);
  for (uint8_t& byte : p.bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<uint8_t>(64 + (state >> 25));
  }
  point_frame_at_bytes(p, index);
  return p;
}

std::string run(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 65536> block{};
  while (const size_t count = fread(block.data(), 1, block.size(), pipe)) {
    text.append(block.data(), count);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

double mean_error(const Picture& expected, const uint8_t* found) {
  double sum = 0;
  for (size_t at = 0; at < expected.bytes.size(); at++)
    sum += std::abs(found[at] - expected.bytes[at]);
  return sum / static_cast<double>(expected.bytes.size());
}

std::string decode(const std::vector<AccessUnit>& units, const fs::path& folder) {
  const fs::path path = folder / "units.h264";
  std::ofstream file(path, std::ios::binary);
  for (const AccessUnit& unit : units) {
    file.write(reinterpret_cast<const char*>(unit.data.get()),
               static_cast<std::streamsize>(unit.size));
  }
  file.close();
  return run("ffmpeg -v error -f h264 -i '" + path.string() +
             "' -f rawvideo -pix_fmt yuv420p -vsync passthrough - 2>&1");
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "vita-media-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  fs::permissions(path_, fs::perms::owner_all);
  fs::remove_all(path_);
}

std::vector<std::string> TemporaryFolder::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

FileSizeLimit::FileSizeLimit(uint64_t bytes) {
  getrlimit(RLIMIT_FSIZE, &before_);
  rlimit limit = before_;
  limit.rlim_cur = bytes;
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
}

FileSizeLimit::~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

}  // namespace vita
