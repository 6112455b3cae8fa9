#include "models/world/world_model.h"

#include <vector>

#include "core/error.h"
#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace vita {
namespace {

class WorldModel : public VideoModel {
 public:
  WorldModel(const std::string& dir, int threads) : networks_(dir, threads) {
    prepare({"hills", 0, 1280, 720, 24, threads});
  }

  std::unique_ptr<VideoState> open(const OpenRequest& request) const override {
    return std::make_unique<world::WorldState>(networks_, request);
  }
  // Makes a world and a frame that nobody sees: its memory, its vendor handles and its threads then
  // wait for the next prompt.
  void prepare(const OpenRequest& request) const override {
    if (networks_.has_spare_parts(request.width, request.height, request.workers)) return;
    world::WorldState state(networks_, request);
    const int luma = request.width * request.height;
    std::vector<uint8_t> picture(static_cast<size_t>(luma) * 3 / 2);
    uint8_t* p = picture.data();
    const FrameView view{p,
                         p + luma,
                         p + luma * 5 / 4,
                         request.width,
                         request.height,
                         request.width,
                         request.width / 2};
    for (int frame = 0; frame <= request.workers; frame++) {
      state.paint(state.advance({frame / request.fps}), frame == 0 ? 0 : frame - 1, view);
    }
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
