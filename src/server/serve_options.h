// What `vitascope serve` can be told.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace vita {

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 8080;                // 0: any that is free
  std::string tls_cert, tls_key;  // PEM files; both or neither
  std::string api_key;      // empty: a random one, which only the page on this machine is told
  std::string cors_origin;  // one origin that may call from its pages; empty: none
  std::string model_dir, data_dir, web_dir;
  std::string log_dir;  // where each session's log goes when it ends; empty: nowhere
  int threads = 0;      // 0: all that the process may use
  int max_sessions = 2;
  int max_viewers = 8;            // of one session
  double idle_timeout_s = 120;    // a session without a viewer or a control ends after this
  double max_session_s = 7200;    // any session ends after this
  double token_lifetime_s = 600;  // unless renewed
  size_t body_bytes_max = 64 * 1024;
  double request_timeout_s = 10;  // from the first byte to the last one of a request
  int max_connections = 256;
  int max_connections_per_address = 64;
  double requests_per_second = 50, request_burst = 200;  // of one address
};

bool is_loopback(const std::string& host);

// Throws Error{invalid_argument}: numbers out of range, one TLS file without the other, an API key
// that is short, or an address that others can reach without an API key.
void check_serve_options(const ServeOptions& options);

// $XDG_DATA_HOME/vitascope, else ~/.local/share/vitascope. Throws Error{not_found} if neither is
// known.
std::string default_data_dir();

// Below data_dir, which is set.
std::string recordings_folder(const ServeOptions& options);

// The page's folder: `web` beside the sources as built, share/vitascope/web as installed; empty if
// there is none.
std::string default_web_dir();

}  // namespace vita
