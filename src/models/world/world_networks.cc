#include "models/world/world_networks.h"

#include <algorithm>

#include "core/hash.h"

namespace vita::world {

WorldNetworks::WorldNetworks(const std::string& dir, int threads)
    : threads_(threads),
      config_(Config::load(dir + "/config.json")),
      weights_(WeightFile::open(dir + "/model.safetensors")),
      hash_(sha256_file_hex(dir + "/model.safetensors")),
      backend_(make_cpu_backend(threads)) {
  auto build = [&](const char* name) { return Build{*backend_, WeightScope(*weights_, name)}; };
  text_ = std::make_unique<TextEncoder>(build("text"), TextConfig::read(config_.at("text")));
  look_ = std::make_unique<LookFlow>(build("look"), config_.at("look"));
  prior_ = std::make_unique<MapPrior>(build("prior"), config_.at("prior"));
  upsampler_ = std::make_unique<Upsampler>(build("upsampler"), config_.at("upsampler"));
  painter_ = std::make_unique<Painter>(WeightScope(*weights_, "painter"), config_.at("painter"));
  weights_->check_all_read();
  pool_ = std::make_unique<ThreadPool>(
      ThreadPool::Options{.threads = threads > 1 ? threads - 1 : 1, .background_limit = 8192});
}

WorldNetworks::LentParts WorldNetworks::take_parts(int width, int height, int workers) const {
  {
    std::lock_guard lock(parts_mutex_);
    for (auto it = spare_parts_.begin(); it != spare_parts_.end(); ++it) {
      if (!(*it)->fits(width, height, workers)) continue;
      LentParts parts(it->release(), {this});
      spare_parts_.erase(it);
      return parts;
    }
  }
  return {new WorldParts(*this, width, height, workers), {this}};
}

void WorldNetworks::give_back(WorldParts* lent) const {
  std::unique_ptr<WorldParts> parts(lent);
  parts->reset();
  std::lock_guard lock(parts_mutex_);
  if (spare_parts_.size() >= kSpareParts) spare_parts_.erase(spare_parts_.begin());
  spare_parts_.push_back(std::move(parts));
}

WorldNetworks::LentWorkspace WorldNetworks::land_workspace() const {
  std::lock_guard lock(parts_mutex_);
  if (spare_workspaces_.empty()) return {new Workspace, {this}};
  LentWorkspace workspace(spare_workspaces_.back().release(), {this});
  spare_workspaces_.pop_back();
  return workspace;
}

void WorldNetworks::give_back(Workspace* lent) const {
  std::unique_ptr<Workspace> workspace(lent);
  std::lock_guard lock(parts_mutex_);
  if (spare_workspaces_.size() < kSpareWorkspaces)
    spare_workspaces_.push_back(std::move(workspace));
}

bool WorldNetworks::has_spare_parts(int width, int height, int workers) const {
  std::lock_guard lock(parts_mutex_);
  return std::any_of(spare_parts_.begin(), spare_parts_.end(),
                     [&](const auto& parts) { return parts->fits(width, height, workers); });
}

size_t WorldNetworks::spare_parts() const {
  std::lock_guard lock(parts_mutex_);
  return spare_parts_.size();
}

}  // namespace vita::world
