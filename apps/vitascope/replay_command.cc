#include <cstdio>
#include <filesystem>
#include <memory>

#include "command.h"
#include "core/error.h"
#include "engine/replay_file.h"
#include "interrupt.h"
#include "report.h"

namespace vita {
namespace {

struct ReplayArguments {
  ReplayRequest request;
  bool json = false;
};

Json replay_json(const ReplayRequest& request, const ReplayReport& report) {
  Json json = {{"frames", report.frames}, {"last_frame", report.last_frame},
               {"width", report.width},   {"height", report.height},
               {"cut", report.cut},       {"interrupted", report.interrupted}};
  if (!request.output_path.empty()) json["path"] = request.output_path;
  if (request.hash) json["frames_sha256"] = report.frames_sha256;
  return json;
}

void print_text(const ReplayRequest& request, const ReplayReport& report) {
  std::printf("%lld frames of %dx%d, the last is %lld%s\n", static_cast<long long>(report.frames),
              report.width, report.height, static_cast<long long>(report.last_frame),
              report.cut ? "; the log was cut there, its session went on" : "");
  if (request.hash) std::printf("frames sha256 %s\n", report.frames_sha256.c_str());
  if (!request.output_path.empty()) std::printf("%s\n", request.output_path.c_str());
}

int run_replay(ReplayArguments& arguments) {
  ReplayRequest& request = arguments.request;
  if (request.output_path.empty() && !request.hash) {
    throw Error(ErrorCode::invalid_argument, "replay: found neither --output nor --hash");
  }
  if (!request.output_path.empty()) check_mp4_name(request.output_path);
  if (request.model_dir.empty()) request.model_dir = default_model_dir();
  watch_interrupts();
  const ReplayReport report = replay_file(request, open_model, interrupted);
  if (arguments.json) {
    print_json(replay_json(request, report));
  } else {
    print_text(request, report);
  }
  return report.interrupted ? kExitInterrupted : kExitOk;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ReplayArguments>();
  ReplayRequest& request = arguments->request;
  CLI::App* command = app.add_subcommand("replay", "make a session's frames again from its log");
  command->add_option("log", request.log_path, "the session's log")->required();
  command->add_option("-o,--output", request.output_path, "the MP4 file to write");
  command->add_flag("--hash", request.hash, "print a hash over all frames");
  command->add_option("--model", request.model_dir, "folder of the model");
  command->add_option("--bitrate", request.bitrate_kbps, "kbit/s; 0: 8000 for 1280x720, by size")
      ->check(CLI::IsMember({0}) | CLI::Range(100, 200000))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "print the result as one JSON object");
  command->callback([arguments, &exit_code] { exit_code = run_replay(*arguments); });
}

}  // namespace vita
