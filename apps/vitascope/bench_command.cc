#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "command.h"
#include "report.h"

namespace vita {
namespace {

struct BenchArguments {
  BenchRequest request;
  std::string size = "1280x720";
  int sessions = 0;    // 0: not paced, unless minutes are given
  double minutes = 0;  // 0: a third of one
  Tier tier = Tier::automatic;
  bool json = false;
};

void report_progress(const std::string& what) {
  std::fprintf(stderr, "measuring %s\n", what.c_str());
}

void run_paced(const BenchArguments& arguments) {
  const BenchRequest& r = arguments.request;
  PacedRequest request{r.model_dir, r.threads, r.width, r.height, r.fps};
  request.sessions = std::max(arguments.sessions, 1);
  request.tier = arguments.tier;
  if (arguments.minutes > 0) request.seconds = arguments.minutes * 60;
  const PacedReport report = run_paced_bench(request, open_model, report_progress);
  if (arguments.json) {
    print_json(paced_json(request, report));
  } else {
    std::fputs(paced_text(request, report).c_str(), stdout);
  }
}

int run_bench_command(BenchArguments& arguments) {
  BenchRequest& request = arguments.request;
  const PictureSize size = parse_size(arguments.size);
  request.width = size.width;
  request.height = size.height;
  if (request.model_dir.empty()) request.model_dir = default_model_dir();
  request.program = std::filesystem::read_symlink("/proc/self/exe").string();
  if (arguments.sessions != 0 || arguments.minutes != 0) {
    run_paced(arguments);
    return kExitOk;
  }
  const BenchReport report = run_bench(request, open_model, report_progress);
  if (arguments.json) {
    print_json(bench_json(request, report));
  } else {
    std::fputs(bench_text(request, report).c_str(), stdout);
  }
  return kExitOk;
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BenchArguments>();
  BenchRequest& request = arguments->request;
  CLI::App* command =
      app.add_subcommand("bench", "measure first frame, frames a second and every stage");
  command->add_option("--size", arguments->size, "picture size")->capture_default_str();
  command->add_option("--model", request.model_dir, "folder of the model");
  command->add_option("--threads", request.threads, "threads to use; 0: all processors")
      ->capture_default_str();
  command->add_option("--fps", request.fps, "frames a second")->capture_default_str();
  command
      ->add_option("--sessions", arguments->sessions,
                   "measure so many sessions at once, in step with the clock")
      ->check(CLI::Range(1, 16));
  command
      ->add_option("--minutes", arguments->minutes,
                   "measure in step with the clock for so long; a third of a minute unless given")
      ->check(CLI::Range(0.01, 60.));
  add_tier(*command, arguments->tier);
  command->add_flag("--quick", request.quick, "few prompts and frames: a try, not a measurement");
  command->add_flag("--json", arguments->json, "print the result as one JSON object");
  command->callback([arguments, &exit_code] { exit_code = run_bench_command(*arguments); });
}

}  // namespace vita
