#include "models/world/world_networks.h"

#include "core/hash.h"

namespace vita::world {

WorldNetworks::WorldNetworks(const std::string& dir, int threads)
    : threads_(threads),
      weights_(WeightFile::open(dir + "/model.safetensors")),
      config_(Config::load(dir + "/config.json")),
      hash_(sha256_file_hex(dir + "/model.safetensors")),
      backend_(make_cpu_backend(threads)) {
  auto build = [&](const char* name) { return Build{*backend_, WeightScope(*weights_, name)}; };
  text_ = std::make_unique<TextEncoder>(build("text"), TextConfig::read(config_.at("text")));
  look_ = std::make_unique<LookFlow>(build("look"), config_.at("look"));
  prior_ = std::make_unique<MapPrior>(build("prior"), config_.at("prior"));
  upsampler_ = std::make_unique<Upsampler>(build("upsampler"), config_.at("upsampler"));
  painter(1280, 720);
  weights_->check_all_read();
  pool_ = std::make_unique<ThreadPool>(
      ThreadPool::Options{.threads = threads > 1 ? threads - 1 : 1, .background_limit = 8192});
}

const Painter& WorldNetworks::painter(int width, int height) const {
  std::lock_guard lock(painters_mutex_);
  std::unique_ptr<Painter>& slot = painters_[{width, height}];
  if (!slot) {
    slot = std::make_unique<Painter>(Build{*backend_, WeightScope(*weights_, "painter")},
                                     config_.at("painter"), width, height);
  }
  return *slot;
}

}  // namespace vita::world
