#include "server/static_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/hash.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kFileBytesMax = 8 << 20;

// Scripts and styles of this server only; pictures may be made by the page, video comes as blobs.
constexpr const char* kPolicy =
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
    "worker-src 'self' blob:; connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

constexpr std::array<std::pair<std::string_view, const char*>, 14> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
}};

// Null for a kind of file that the page has none of.
const char* content_type(const std::string& path) {
  const std::string suffix = fs::path(path).extension().string();
  for (const auto& [known, type] : kTypes) {
    if (suffix == known) return type;
  }
  return nullptr;
}

// Each part is a plain name, so the file lies below the folder.
bool is_plain(std::string_view path) {
  if (!path.starts_with('/') || path.size() > 256) return false;
  char before = 0;
  for (const char c : path) {
    const bool usual = g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/';
    if (!usual || (before == '/' && (c == '.' || c == '/'))) return false;
    before = c;
  }
  return true;
}

}  // namespace

void StaticFiles::answer(HttpExchange& exchange) const {
  std::string path = exchange.path();
  if (path == "/") path = "/index.html";
  if (path == "/player") path = "/player.html";
  const HttpError missing(404, "not_found", "there is nothing here");
  const char* type = content_type(path);
  if (folder_.empty() || !is_plain(path) || !type) throw missing;
  std::error_code error;
  const fs::path file = fs::weakly_canonical(fs::path(folder_ + path), error);
  const fs::path root = fs::weakly_canonical(fs::path(folder_), error);
  const auto [end, ignored] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (error || end != root.end() || !fs::is_regular_file(file, error) ||
      fs::file_size(file, error) > kFileBytesMax) {
    throw missing;
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)),
                          std::istreambuf_iterator<char>());
  if (!stream) throw missing;
  const std::string tag = "\"" + sha256_hex(bytes).substr(0, 32) + "\"";
  exchange.set_header("Cache-Control", "no-cache");
  exchange.set_header("ETag", tag);
  exchange.set_header("Content-Security-Policy", kPolicy);
  exchange.set_header("Referrer-Policy", "no-referrer");
  if (exchange.header("If-None-Match") == tag) return exchange.answer_empty(304);
  exchange.answer_text(200, type, bytes);
}

}  // namespace vita
