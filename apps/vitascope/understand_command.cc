#include <cstdio>
#include <memory>

#include "command.h"
#include "engine/open_model.h"
#include "report.h"
#include "vita/engine.h"

namespace vita {
namespace {

struct UnderstandArguments {
  std::string prompt, model_dir;
  bool json = false;
};

int run_understand(UnderstandArguments& arguments) {
  if (arguments.model_dir.empty()) arguments.model_dir = default_model_dir();
  const Engine engine({arguments.model_dir, 1});
  const Understanding understanding = engine.understand(arguments.prompt);
  if (arguments.json) {
    print_json(understanding_json(understanding));
  } else {
    std::fputs(understanding_text(understanding).c_str(), stdout);
  }
  return kExitOk;
}

}  // namespace

void add_understand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<UnderstandArguments>();
  CLI::App* command =
      app.add_subcommand("understand", "say what is taken from a prompt, and what is ignored");
  command->add_option("--prompt", arguments->prompt, "what the world is like")->required();
  command->add_option("--model", arguments->model_dir, "folder of the model");
  command->add_flag("--json", arguments->json, "print the result as one JSON object");
  command->callback([arguments, &exit_code] { exit_code = run_understand(*arguments); });
}

}  // namespace vita
