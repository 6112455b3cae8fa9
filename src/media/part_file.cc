#include "media/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/error.h"

namespace vita {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error(ErrorCode::io, "output " + path + ": " + reason);
}

}  // namespace

PartFile::PartFile(std::string path) : path_(std::move(path)), part_path_(path_ + ".part") {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::file_status status = fs::status(path_, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    refuse(path_, "exists and is not a regular file; choose another name");
  }
  const fs::path folder = fs::path(path_).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, ignored)) {
    refuse(path_, "the folder " + folder.string() + " does not exist; create it first");
  }
  const int file = ::open(part_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    refuse(path_, "cannot create " + part_path_ + ": " + std::strerror(errno) +
                      "; choose a place that can be written");
  }
  ::close(file);
}

PartFile::~PartFile() {
  if (!done_) ::unlink(part_path_.c_str());
}

void PartFile::commit() {
  if (std::rename(part_path_.c_str(), path_.c_str()) != 0) {
    refuse(path_, "cannot rename " + part_path_ + ": " + std::strerror(errno));
  }
  done_ = true;
}

}  // namespace vita
