// What the commands share.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "vita/control.h"

namespace vita {

// Exit codes; see docs/cli.md.
inline constexpr int kExitOk = 0, kExitInternal = 1, kExitBadInput = 2, kExitInterrupted = 130;

struct PictureSize {
  int width = 1280, height = 720;
};
// "1280x720". Throws Error{invalid_argument}.
PictureSize parse_size(const std::string& text);

// Throws Error{invalid_argument} unless the name ends in .mp4.
void check_mp4_name(const std::string& path);

// --tier: how finely to paint.
CLI::Option* add_tier(CLI::App& command, Tier& tier);

// Each adds its subcommand; the subcommand's callback sets `exit_code`.
void add_generate(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_understand(CLI::App& app, int& exit_code);

}  // namespace vita
