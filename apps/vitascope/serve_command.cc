#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "command.h"
#include "core/log.h"
#include "engine/open_model.h"
#include "server/serve_options.h"
#include "server/server.h"

namespace vita {
namespace {

struct ServeArguments {
  ServeOptions options;
  std::string log_level = "info";
};

// Worlds come and go for days. Left to itself glibc soon takes blocks of megabytes from its heap,
// where smaller ones that stay keep them from going back: about 2 MiB a session in bench/soak.
void give_large_blocks_back() {
  constexpr int kLarge = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, kLarge);
}

int run_serve(ServeArguments& arguments) {
  give_large_blocks_back();
  ServeOptions& options = arguments.options;
  const char* key = std::getenv("VITASCOPE_API_KEY");
  if (options.api_key.empty() && key) options.api_key = key;
  if (options.web_dir.empty()) options.web_dir = default_web_dir();
  Log log(log_level(arguments.log_level));
  Server server(options, open_model, log);
  server.drain_on_signals();
  std::printf("Vitascope is at %s\n", server.url().c_str());
  std::fflush(stdout);
  if (options.tls_cert.empty() && !is_loopback(options.host)) {
    log.write(
        LogLevel::warning, "keys and pictures travel unencrypted",
        {{"host", options.host}, {"remedy", "--tls-cert and --tls-key, or a proxy with TLS"}});
  }
  if (options.web_dir.empty()) {
    log.write(LogLevel::warning, "there is no page", {{"remedy", "--web DIR"}});
  }
  server.run();
  return kExitOk;
}

void add_limits(CLI::App& command, ServeOptions& options) {
  command.add_option("--max-sessions", options.max_sessions, "sessions at once")
      ->capture_default_str();
  command.add_option("--max-viewers", options.max_viewers, "viewers of one session")
      ->capture_default_str();
  command
      .add_option("--idle-timeout", options.idle_timeout_s,
                  "seconds without viewer and control after which a session ends")
      ->capture_default_str();
  command
      .add_option("--max-session-time", options.max_session_s,
                  "seconds after which any session ends")
      ->capture_default_str();
  command
      .add_option("--token-lifetime", options.token_lifetime_s,
                  "seconds after which a token that was not renewed is none")
      ->capture_default_str();
  command.add_option("--max-connections", options.max_connections, "connections at once")
      ->capture_default_str();
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ServeArguments>();
  ServeOptions& options = arguments->options;
  CLI::App* command = app.add_subcommand("serve", "serve the page and the live sessions");
  command->add_option("--host", options.host, "address to listen on")->capture_default_str();
  command->add_option("--port", options.port, "port to listen on; 0: any")->capture_default_str();
  command->add_option("--api-key", options.api_key, "key of the calls; or VITASCOPE_API_KEY");
  command->add_option("--tls-cert", options.tls_cert, "certificate, a PEM file");
  command->add_option("--tls-key", options.tls_key, "its key, a PEM file");
  command->add_option("--cors-origin", options.cors_origin,
                      "an origin whose pages may call, for instance https://example.org");
  command->add_option("--data", options.data_dir, "folder of recordings and videos");
  command->add_option("--log", options.log_dir,
                      "folder of the sessions' logs, for vitascope replay");
  command->add_option("--web", options.web_dir, "folder of the page");
  command->add_option("--model", options.model_dir, "folder of the model");
  command->add_option("--threads", options.threads, "threads of a session; 0: all processors")
      ->capture_default_str();
  command->add_option("--log-level", arguments->log_level, "debug, info, warning, error or off")
      ->capture_default_str();
  add_limits(*command, options);
  command->callback([arguments, &exit_code] { exit_code = run_serve(*arguments); });
}

}  // namespace vita
