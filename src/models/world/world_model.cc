#include "models/world/world_model.h"

#include "core/error.h"
#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace vita {
namespace {

class WorldModel : public VideoModel {
 public:
  WorldModel(const std::string& dir, int threads) : networks_(dir, threads) {}

  std::unique_ptr<VideoState> open(const OpenRequest& request) const override {
    return std::make_unique<world::WorldState>(networks_, request);
  }
  Understanding understand(const std::string& prompt) const override {
    std::unique_ptr<Stream> stream = networks_.backend().stream(1);
    stream->attach();
    Workspace workspace;
    Run run{*stream, workspace};
    return networks_.text().encode(prompt, run).understanding;
  }
  std::string weights_hash() const override { return networks_.hash(); }

 private:
  world::WorldNetworks networks_;
};

}  // namespace

std::unique_ptr<VideoModel> open_world_model(const std::string& dir, int threads) {
  if (threads < 1) {
    throw Error(ErrorCode::invalid_argument,
                "threads: found " + std::to_string(threads) + ", expected 1 or more");
  }
  return std::make_unique<WorldModel>(dir, threads);
}

}  // namespace vita
