#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "command.h"
#include "core/error.h"
#include "interrupt.h"
#include "progress.h"
#include "report.h"

namespace vita {
namespace {

struct GenerateArguments {
  GenerateRequest request;
  std::string size = "1280x720";
  bool json = false;
};

int run_generate(GenerateArguments& arguments) {
  GenerateRequest& request = arguments.request;
  const PictureSize size = parse_size(arguments.size);
  request.width = size.width;
  request.height = size.height;
  check_mp4_name(request.output_path);
  if (request.model_dir.empty()) request.model_dir = default_model_dir();
  watch_interrupts();
  ProgressView view;
  GenerateHooks hooks;
  hooks.interrupted = interrupted;
  if (!arguments.json) {
    hooks.started = [](const Understanding& understanding) {
      std::fputs(understanding_text(understanding).c_str(), stdout);
      std::fflush(stdout);
    };
    hooks.progress = [&view](const Progress& progress) { view.show(progress); };
  }
  GenerateReport report;
  try {
    report = generate(request, open_model, hooks);
  } catch (...) {
    view.end();
    throw;
  }
  view.end();
  if (arguments.json) {
    print_json(generate_json(request, report));
  } else {
    std::fputs(generate_text(request, report).c_str(), stdout);
  }
  return report.interrupted ? kExitInterrupted : kExitOk;
}

}  // namespace

PictureSize parse_size(const std::string& text) {
  PictureSize size;
  int used = 0;
  const bool short_enough = text.size() <= 11;  // keeps the numbers within an int
  if (short_enough &&
      std::sscanf(text.c_str(), "%5dx%5d%n", &size.width, &size.height, &used) == 2 &&
      static_cast<size_t>(used) == text.size()) {
    return size;
  }
  throw Error(ErrorCode::invalid_argument,
              "size \"" + text + "\": expected WIDTHxHEIGHT, for instance 1280x720");
}

void check_mp4_name(const std::string& path) {
  if (std::filesystem::path(path).extension() == ".mp4") return;
  throw Error(ErrorCode::invalid_argument,
              "output " + path + ": only MP4 is written; end the name with .mp4");
}

CLI::Option* add_tier(CLI::App& command, Tier& tier) {
  const std::map<std::string, Tier> names = {{"auto", Tier::automatic},
                                             {"full", Tier::full},
                                             {"three_quarters", Tier::three_quarters},
                                             {"half", Tier::half}};
  return command.add_option("--tier", tier, "how finely to paint: full, three_quarters or half")
      ->transform(CLI::CheckedTransformer(names));
}

void add_generate(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<GenerateArguments>();
  GenerateRequest& request = arguments->request;
  CLI::App* command = app.add_subcommand("generate", "make a video from a prompt");
  command->add_option("--prompt", request.prompt, "what the world is like")->required();
  command->add_option("-o,--output", request.output_path, "the MP4 file to write")->required();
  command->add_option("--seconds", request.seconds, "length of the video")->capture_default_str();
  command->add_option("--size", arguments->size, "picture size")->capture_default_str();
  command->add_option("--fps", request.fps, "frames a second of the video")->capture_default_str();
  add_tier(*command, request.tier);
  command->add_option("--seed", request.seed, "another seed makes another place")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--script", request.script_path,
                      "JSON file of prompt changes and camera moves at times");
  command->add_option("--log", request.log_path, "where to write the log, for replay");
  command->add_option("--model", request.model_dir, "folder of the model");
  command->add_option("--threads", request.threads, "threads to use; 0: all processors")
      ->capture_default_str();
  command->add_option("--bitrate", request.bitrate_kbps, "kbit/s; 0: 8000 for 1280x720, by size")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "print the result as one JSON object");
  command->callback([arguments, &exit_code] { exit_code = run_generate(*arguments); });
}

}  // namespace vita
