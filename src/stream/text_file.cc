#include "stream/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/error.h"

namespace vita {

std::string read_text_file(const std::string& path, const std::string& name, size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int error = errno;
    throw Error(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                name + ": cannot be opened: " + std::strerror(error));
  }
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) {
    throw Error(ErrorCode::io, name + ": cannot be read: " + std::strerror(errno));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

void write_text_file(const std::string& path, const std::string& name, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) throw Error(ErrorCode::io, name + ": cannot be written: " + std::strerror(errno));
}

}  // namespace vita
