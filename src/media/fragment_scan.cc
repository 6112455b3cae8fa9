#include "media/fragment_scan.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "core/error.h"

namespace vita {
namespace {

constexpr size_t kHeader = 8;                   // a box's size and type
constexpr int64_t kMostHeaderBytes = 16 << 20;  // of a moov or moof; ours have some kilobytes
constexpr uint32_t kTrunDataOffset = 0x1, kTrunFirstFlags = 0x4;
constexpr std::array<uint32_t, 4> kTrunPerFrame = {0x100, 0x200, 0x400, 0x800};  // 4 bytes each

uint32_t big_endian(std::span<const uint8_t> bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 |
         uint32_t{bytes[at + 3]};
}

bool is_type(std::span<const uint8_t> header, const char* type) {
  return std::memcmp(header.data() + 4, type, 4) == 0;
}

// The boxes that lie side by side in `bytes`; stops at one that does not fit.
class BoxesIn {
 public:
  explicit BoxesIn(std::span<const uint8_t> bytes) : rest_(bytes) {}

  // The next box, with its header; nothing at the end.
  std::span<const uint8_t> next() {
    if (rest_.size() < kHeader) return {};
    const size_t size = big_endian(rest_, 0);
    if (size < kHeader || size > rest_.size()) return {};
    const std::span<const uint8_t> box = rest_.first(size);
    rest_ = rest_.subspan(size);
    return box;
  }

 private:
  std::span<const uint8_t> rest_;
};

std::span<const uint8_t> find_box(std::span<const uint8_t> inside, const char* type) {
  BoxesIn boxes(inside);
  for (std::span<const uint8_t> box = boxes.next(); !box.empty(); box = boxes.next()) {
    if (is_type(box, type)) return box;
  }
  return {};
}

// How many pictures a track fragment run names; 0 if its table is not all there.
int64_t frames_of_run(std::span<const uint8_t> trun) {
  if (trun.size() < kHeader + 8) return 0;
  const uint32_t flags = big_endian(trun, kHeader) & 0xffffff;
  const int64_t frames = big_endian(trun, kHeader + 4);
  int64_t expected = kHeader + 8;
  if (flags & kTrunDataOffset) expected += 4;
  if (flags & kTrunFirstFlags) expected += 4;
  for (const uint32_t flag : kTrunPerFrame) expected += flags & flag ? 4 * frames : 0;
  return expected <= static_cast<int64_t>(trun.size()) ? frames : 0;
}

int64_t frames_of_fragment(std::span<const uint8_t> moof) {
  const std::span<const uint8_t> traf = find_box(moof.subspan(kHeader), "traf");
  if (traf.empty()) return 0;
  int64_t frames = 0;
  BoxesIn boxes(traf.subspan(kHeader));
  for (std::span<const uint8_t> box = boxes.next(); !box.empty(); box = boxes.next()) {
    if (is_type(box, "trun")) frames += frames_of_run(box);
  }
  return frames;
}

// Goes through a file from box to box.
class Walk {
 public:
  Walk(int64_t file_bytes, const ReadAt& read) : file_bytes_(file_bytes), read_(read) {}

  int64_t at() const { return at_; }

  // Passes a box of that type without reading what is in it. Its size; nothing if another one
  // stands here or if it is not complete.
  std::optional<int64_t> pass(const char* type) {
    std::array<uint8_t, kHeader> header{};
    if (file_bytes_ - at_ < static_cast<int64_t>(kHeader) || !read_(at_, header)) return {};
    const int64_t size = big_endian(header, 0);
    const bool whole = size >= static_cast<int64_t>(kHeader) && size <= file_bytes_ - at_;
    if (!whole || !is_type(header, type)) return {};
    at_ += size;
    return size;
  }

  // Passes a box as above and returns it; empty if it does not stand here whole.
  std::vector<uint8_t> take(const char* type) {
    const int64_t begin = at_;
    const std::optional<int64_t> size = pass(type);
    if (!size || *size > kMostHeaderBytes) return {};
    std::vector<uint8_t> box(static_cast<size_t>(*size));
    if (!read_(begin, box)) return {};
    return box;
  }

 private:
  const int64_t file_bytes_;
  const ReadAt& read_;
  int64_t at_ = 0;
};

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : path_(path), file_(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)) {
    if (file_ < 0) refuse("cannot open it");
  }
  ~OpenFile() { ::close(file_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int64_t size() const {
    const off_t size = ::lseek(file_, 0, SEEK_END);
    if (size < 0) refuse("cannot find its size");
    return size;
  }
  bool read(int64_t offset, std::span<uint8_t> out) const {
    while (!out.empty()) {
      const ssize_t count = ::pread(file_, out.data(), out.size(), offset);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) refuse("cannot read it");
      if (count == 0) return false;
      offset += count;
      out = out.subspan(static_cast<size_t>(count));
    }
    return true;
  }
  void cut(int64_t bytes) const {
    if (::ftruncate(file_, bytes) != 0) refuse("cannot cut it after its last whole fragment");
  }

 private:
  [[noreturn]] void refuse(const char* what) const {
    throw Error(ErrorCode::io, "recording " + path_ + ": " + what + ": " + std::strerror(errno));
  }

  const std::string path_;
  int file_;
};

}  // namespace

PlayablePart find_playable_part(int64_t file_bytes, const ReadAt& read) {
  Walk walk(file_bytes, read);
  if (!walk.pass("ftyp")) return {};
  const std::vector<uint8_t> moov = walk.take("moov");
  if (moov.empty() || find_box(std::span(moov).subspan(kHeader), "trak").empty()) return {};
  PlayablePart part;
  while (true) {
    const std::vector<uint8_t> moof = walk.take("moof");
    if (moof.empty()) break;
    const int64_t frames = frames_of_fragment(moof);
    const std::optional<int64_t> mdat = walk.pass("mdat");
    const int64_t picture_bytes = mdat.value_or(0) - static_cast<int64_t>(kHeader);
    if (frames == 0 || frames > picture_bytes) return part;
    part.bytes = walk.at();
    part.frames += frames;
    part.picture_bytes += picture_bytes;
  }
  if (part.frames > 0 && walk.at() == part.bytes && walk.pass("mfra")) part.bytes = walk.at();
  return part;
}

PlayablePart cut_to_playable_part(const std::string& path) {
  const OpenFile file(path);
  const int64_t size = file.size();
  const PlayablePart part = find_playable_part(
      size, [&file](int64_t offset, std::span<uint8_t> out) { return file.read(offset, out); });
  if (part.bytes > 0 && part.bytes < size) file.cut(part.bytes);
  return part;
}

}  // namespace vita
