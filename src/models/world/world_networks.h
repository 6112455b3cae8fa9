// The networks of the world model, loaded once and shared by all worlds.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/thread_pool.h"
#include "models/world/look_flow.h"
#include "models/world/map_prior.h"
#include "models/world/painter.h"
#include "models/world/text_encoder.h"
#include "models/world/thing_models.h"
#include "models/world/upsampler.h"
#include "models/world/world_parts.h"
#include "weights/weight_file.h"

namespace vita::world {

// Immutable after construction but for the spare parts; any thread may use it. Throws Error that
// names the file at fault.
class WorldNetworks {
 public:
  // dir holds config.json and model.safetensors; threads: cores that a first frame may use.
  WorldNetworks(const std::string& dir, int threads);

  // Lends parts for a world of this kind: kept ones where there are any, else new ones. They come
  // back when the pointer goes, also where a world was refused half-made.
  struct GiveBack {
    const WorldNetworks* networks;
    void operator()(WorldParts* parts) const { networks->give_back(parts); }
  };
  using LentParts = std::unique_ptr<WorldParts, GiveBack>;
  LentParts take_parts(int width, int height, int workers) const;
  // Lends the memory that making one piece of land takes: some 30 MiB, which worlds need in turns.
  struct GiveWorkspaceBack {
    const WorldNetworks* networks;
    void operator()(Workspace* workspace) const { networks->give_back(workspace); }
  };
  using LentWorkspace = std::unique_ptr<Workspace, GiveWorkspaceBack>;
  LentWorkspace land_workspace() const;
  bool has_spare_parts(int width, int height, int workers) const;
  // How many are kept, for tests.
  size_t spare_parts() const;
  const Backend& backend() const { return *backend_; }
  const TextEncoder& text() const { return *text_; }
  const LookFlow& look() const { return *look_; }
  const MapPrior& prior() const { return *prior_; }
  const Upsampler& upsampler() const { return *upsampler_; }
  const Painter& painter() const { return *painter_; }
  const ThingModels& things() const { return things_; }
  ThreadPool& pool() const { return *pool_; }
  int threads() const { return threads_; }
  const std::string& hash() const { return hash_; }

 private:
  void give_back(WorldParts* parts) const;
  void give_back(Workspace* workspace) const;

  int threads_;
  Config config_;
  std::shared_ptr<const WeightFile> weights_;
  std::string hash_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<TextEncoder> text_;
  std::unique_ptr<LookFlow> look_;
  std::unique_ptr<MapPrior> prior_;
  std::unique_ptr<Upsampler> upsampler_;
  std::unique_ptr<Painter> painter_;
  ThingModels things_;
  std::unique_ptr<ThreadPool> pool_;
  static constexpr size_t kSpareParts = 2;
  mutable std::mutex parts_mutex_;
  mutable std::vector<std::unique_ptr<WorldParts>> spare_parts_;
  static constexpr size_t kSpareWorkspaces = 2;
  mutable std::vector<std::unique_ptr<Workspace>> spare_workspaces_;  // guarded likewise
};

}  // namespace vita::world
