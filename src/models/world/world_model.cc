#include "models/world/world_model.h"

#include <vector>

#include "core/error.h"
#include "models/world/world_networks.h"
#include "models/world/world_state.h"

namespace vita {
namespace {

class WorldModel : public VideoModel {
 public:
  WorldModel(const std::string& dir, int threads) : networks_(dir, threads) { warm_up(threads); }

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
  // Makes a world and a frame that nobody sees: its memory, its vendor handles and its threads then
  // wait for the first prompt.
  void warm_up(int threads) {
    constexpr int kWidth = 1280, kHeight = 720, kLuma = kWidth * kHeight;
    world::WorldState state(networks_, {"hills", 0, kWidth, kHeight, 24, threads});
    std::vector<uint8_t> picture(kLuma * 3 / 2);
    uint8_t* p = picture.data();
    const FrameView view{p, p + kLuma, p + kLuma * 5 / 4, kWidth, kHeight, kWidth, kWidth / 2};
    for (int frame = 0; frame <= threads; frame++) {
      state.paint(state.advance({frame / 24.}), frame == 0 ? 0 : frame - 1, view);
    }
  }

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
