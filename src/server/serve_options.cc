#include "server/serve_options.h"

#include <gio/gio.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "core/error.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

constexpr size_t kApiKeyCharsMin = 16;

void check_number(const char* name, double value, double low, double high) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  throw Error(ErrorCode::invalid_argument, std::string(name) + ": found " + std::to_string(value) +
                                               ", expected " + std::to_string(low) + " to " +
                                               std::to_string(high));
}

void check_key(const std::string& key) {
  bool plain = key.size() >= kApiKeyCharsMin && key.size() <= 256;
  for (const char c : key) plain = plain && c > ' ' && c < 0x7f;
  if (plain) return;
  throw Error(ErrorCode::invalid_argument,
              "the API key has " + std::to_string(key.size()) + " characters, expected " +
                  std::to_string(kApiKeyCharsMin) + " to 256 of ASCII without blanks");
}

}  // namespace

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  GInetAddress* address = g_inet_address_new_from_string(host.c_str());
  if (!address) return false;
  const bool loopback = g_inet_address_get_is_loopback(address);
  g_object_unref(address);
  return loopback;
}

void check_serve_options(const ServeOptions& o) {
  check_number("--port", o.port, 0, 65535);
  check_number("--max-sessions", o.max_sessions, 1, 64);
  check_number("--max-viewers", o.max_viewers, 1, 256);
  check_number("--idle-timeout", o.idle_timeout_s, 1, 86400);
  check_number("--max-session-time", o.max_session_s, 1, 86400 * 7);
  check_number("--token-lifetime", o.token_lifetime_s, 1, 86400);
  check_number("--max-connections", o.max_connections, 4, 10000);
  if (o.tls_cert.empty() != o.tls_key.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "found only one of --tls-cert and --tls-key, expected both or neither");
  }
  if (!o.api_key.empty()) check_key(o.api_key);
  if (o.api_key.empty() && !is_loopback(o.host)) {
    throw Error(ErrorCode::invalid_argument,
                "--host " + o.host +
                    " lets other machines in: expected an API key, in --api-key "
                    "or in VITASCOPE_API_KEY");
  }
}

std::string default_data_dir() {
  if (const char* named = std::getenv("XDG_DATA_HOME"); named && *named) {
    return (fs::path(named) / "vitascope").string();
  }
  if (const char* home = std::getenv("HOME"); home && *home) {
    return (fs::path(home) / ".local" / "share" / "vitascope").string();
  }
  throw Error(ErrorCode::not_found,
              "neither XDG_DATA_HOME nor HOME is set; name a folder with --data");
}

std::string recordings_folder(const ServeOptions& options) {
  return (fs::path(options.data_dir) / "recordings").string();
}

std::string default_web_dir() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path above = program.parent_path().parent_path();
  for (const fs::path& folder : {above / "web", above / "share" / "vitascope" / "web"}) {
    if (fs::exists(folder / "index.html", error)) return folder.string();
  }
  return {};
}

}  // namespace vita
