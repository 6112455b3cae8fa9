#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "command.h"
#include "core/error.h"
#include "vita/version.h"

namespace {

int complain(const char* message, int exit_code) {
  std::fprintf(stderr, "vitascope: error: %s\n", message);
  return exit_code;
}

int run(int argc, char** argv) {
  int exit_code = vita::kExitOk;
  CLI::App app{"Real-time generative video: words become a world, a camera flies through it.",
               "vitascope"};
  app.set_version_flag("--version", vita::kVersion);
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  vita::add_serve(app, exit_code);
  vita::add_generate(app, exit_code);
  vita::add_replay(app, exit_code);
  vita::add_understand(app, exit_code);
  vita::add_bench(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);  // --help, --version
  } catch (const CLI::ParseError& e) {
    complain(e.what(), vita::kExitBadInput);
    std::fputs("Run vitascope --help, or vitascope COMMAND --help.\n", stderr);
    return vita::kExitBadInput;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // Every session has five threads, and what one of them allocates another frees: with a pool of
  // memory for each, as is usual, four sessions held 60 MiB more.
  ::mallopt(M_ARENA_MAX, 2);
  // A file that grows past a limit is an error of writing, with a message, not the end of the
  // process.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const vita::Error& e) {
    const bool ours = e.code() == vita::ErrorCode::internal;
    return complain(e.what(), ours ? vita::kExitInternal : vita::kExitBadInput);
  } catch (const std::exception& e) {
    return complain(e.what(), vita::kExitInternal);
  }
}
