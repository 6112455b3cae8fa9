// Stands in for the bundled model behind the same factory, so that the commands can be tested
// without weights.
#include <filesystem>

#include "core/error.h"
#include "models/world/world_model.h"
#include "stream/fake_model.h"

namespace vita {

std::unique_ptr<VideoModel> open_world_model(const std::string& dir, int) {
  if (!std::filesystem::exists(std::filesystem::path(dir) / "config.json")) {
    throw Error(ErrorCode::not_found, "model " + dir + ": config.json is missing");
  }
  return std::make_unique<FakeModel>();
}

}  // namespace vita
