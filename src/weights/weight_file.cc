#include "weights/weight_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>

#include "core/error.h"
#include "weights/json.h"
#include "weights/safetensors_header.h"

namespace vita {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kMaxListed = 8;

std::string errno_text() { return std::strerror(errno); }

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) {
      ErrorCode code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
      throw Error(code, path + ": cannot open the weight file: " + errno_text());
    }
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

// The bytes of the file: mapped, or copied from memory.
class WeightFile::Mapping {
 public:
  explicit Mapping(const std::string& path) {
    Descriptor file(path);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
      throw Error(ErrorCode::io, path + ": cannot stat: " + errno_text());
    if (!S_ISREG(info.st_mode)) throw Error(ErrorCode::io, path + ": expected a regular file");
    size_ = static_cast<size_t>(info.st_size);
    if (size_ == 0) return;
    void* map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (map == MAP_FAILED) throw Error(ErrorCode::io, path + ": cannot map: " + errno_text());
    data_ = static_cast<std::byte*>(map);
    mapped_ = true;
  }
  explicit Mapping(std::span<const std::byte> bytes) : size_(bytes.size()) {
    data_ = static_cast<std::byte*>(::operator new (size_ + 1, std::align_val_t{kAlignment}));
    std::copy(bytes.begin(), bytes.end(), data_);
  }
  ~Mapping() {
    if (mapped_) {
      ::munmap(data_, size_);
    } else if (data_ != nullptr) {
      ::operator delete (data_, std::align_val_t{kAlignment});
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
  bool mapped_ = false;
};

struct WeightFile::Entry {
  std::string name;
  TensorView view;
  mutable std::atomic<bool> was_read{false};

  Entry(std::string entry_name, TensorView entry_view)
      : name(std::move(entry_name)), view(std::move(entry_view)) {}
  Entry(Entry&& other) noexcept : name(std::move(other.name)), view(std::move(other.view)) {}
};

std::shared_ptr<const WeightFile> WeightFile::open(const std::string& path) {
  return std::shared_ptr<const WeightFile>(new WeightFile(path, std::make_unique<Mapping>(path)));
}

std::shared_ptr<const WeightFile> WeightFile::parse(std::span<const std::byte> bytes,
                                                    const std::string& name) {
  return std::shared_ptr<const WeightFile>(new WeightFile(name, std::make_unique<Mapping>(bytes)));
}

WeightFile::WeightFile(std::string path, std::unique_ptr<Mapping> mapping)
    : path_(std::move(path)), mapping_(std::move(mapping)) {
  std::span<const std::byte> bytes = mapping_->bytes();
  for (TensorRecord& record : read_safetensors_header(bytes, path_)) {
    TensorView view{record.dtype, std::move(record.shape), bytes.data() + record.begin,
                    record.end - record.begin};
    entries_.emplace_back(std::move(record.name), std::move(view));
  }
}

WeightFile::~WeightFile() = default;

const WeightFile::Entry* WeightFile::entry(std::string_view name) const {
  auto found =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const Entry& entry, std::string_view key) { return entry.name < key; });
  return found != entries_.end() && found->name == name ? &*found : nullptr;
}

const TensorView* WeightFile::find(std::string_view name) const {
  const Entry* found = entry(name);
  return found != nullptr ? &found->view : nullptr;
}

const TensorView& WeightFile::read(std::string_view name) const {
  const Entry* found = entry(name);
  if (found == nullptr) {
    throw Error(ErrorCode::not_found, path_ + ": there is no tensor \"" + printable(name) +
                                          "\" among the " + std::to_string(entries_.size()) +
                                          " of the file");
  }
  found->was_read = true;
  return found->view;
}

std::vector<std::string> WeightFile::names() const {
  std::vector<std::string> out;
  for (const Entry& entry : entries_) out.push_back(entry.name);
  return out;
}

void WeightFile::check_all_read(std::string_view prefix) const {
  size_t unread = 0;
  std::string list;
  for (const Entry& entry : entries_) {
    if (entry.was_read || !std::string_view(entry.name).starts_with(prefix)) continue;
    if (unread++ < kMaxListed) list += (list.empty() ? "" : ", ") + entry.name;
  }
  if (unread == 0) return;
  if (unread > kMaxListed) list += ", …";
  throw Error(ErrorCode::corrupt,
              path_ + ": " + std::to_string(unread) +
                  " tensors belong to no layer of the model, expected none: " + list);
}

}  // namespace vita
