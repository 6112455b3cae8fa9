// Grows the land tile by tile: coarse maps by the prior, fine maps by the up-sampler, in the
// background.
//
// What a tile becomes depends on the seed, the attributes and the anchor alone, never on the walk
// or on timing: coarse tiles are made in parity classes (see docs/world_model.md), a fine tile only
// after the eight coarse tiles around it, and every finished job is handed over at the frame that
// was set for it when it was planned. Jobs go to the background one at a time and not long before
// they are due, so that several worlds get their turns; what the background has not begun by then
// is made on the spot.
#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <vector>

#include "models/world/spec.h"

namespace vita::world {

struct TileIndex {
  int x = 0, z = 0;
  auto operator<=>(const TileIndex&) const = default;
};

inline constexpr int kCoarseFloats = kMapChannels * kTileCells * kTileCells;
inline constexpr int kFineFloats = kFineChannels * kTileFine * kTileFine;
// One tile to be made, counted from the anchor. tiles: coarse maps of the 3x3 tiles around at [(dz
// + 1) * 3 + dx + 1], null where not finished.
struct LandRequest {
  uint32_t seed;
  TileIndex tile;
  std::span<const float, kAttributes> attributes;  // shape part only
  std::array<const float*, 9> tiles;
};

// The two networks behind the land. Calls come from one thread at a time.
class LandModel {
 public:
  virtual ~LandModel() = default;
  virtual void coarse(const LandRequest& request, float* out) = 0;  // [kMapChannels][32][32]
  virtual void fine(const LandRequest& request,
                    float* out) = 0;  // [kFineChannels][256][256], height in metres
};

struct FineTile {
  TileIndex tile;
  std::vector<float> fine;         // kFineFloats
  const float* density = nullptr;  // [8][32][32], lives as long as the grower
};

// Used by one thread; the background runner calls back into jobs only.
class LandGrower {
 public:
  static constexpr int kKeepRadius =
      3;  // tiles further from the camera's are forgotten, and made again alike

  // Runs a task later on a background thread; false if it cannot take more now.
  using Runner = std::function<bool(std::function<void()>)>;

  // anchor: the tile that is made first and alone.
  LandGrower(LandModel& model, Runner runner, uint32_t seed, const float* attributes,
             TileIndex anchor);
  // Waits for the job that runs; jobs not begun do nothing.
  ~LandGrower();

  // Makes the anchor's maps at once, on the calling thread. Its rim knows no neighbours: the tile
  // is made again, with its true ones, in its turn.
  FineTile first();
  // Plans everything that a camera on `centre` needs, nearest first. Frames are the caller's count.
  void plan(TileIndex centre, int64_t frame);
  // The fine tiles due by this frame, in the order of planning; makes or awaits what is not there.
  // To be called every frame: it also hands out the next job.
  std::vector<FineTile> due(int64_t frame);
  bool idle() const { return jobs_.empty(); }
  const float* attributes() const { return attributes_.data(); }

 private:
  struct Coarse {
    std::vector<float> maps;
    bool planned = false;
  };
  struct Job {
    bool is_fine = false;
    TileIndex tile;
    int64_t frame = 0;
    std::array<const float*, 9> tiles{};
    float* coarse = nullptr;  // of this tile
    FineTile result;          // of a fine one
    enum class State { waiting, handed_out, running, done } state = State::waiting;
    std::exception_ptr error;
  };
  TileIndex relative(TileIndex t) const { return {t.x - anchor_.x, t.z - anchor_.z}; }
  float* coarse_of(TileIndex t);
  void need_coarse(TileIndex t, std::vector<TileIndex>& order);
  void add_job(bool is_fine, TileIndex t, int64_t frame);
  void hand_out(int64_t frame);
  void finish(const std::shared_ptr<Job>& job);
  void run(Job& job);

  LandModel& model_;
  Runner runner_;
  uint32_t seed_;
  std::array<float, kAttributes> attributes_;
  TileIndex anchor_;
  std::map<TileIndex, Coarse> coarse_;
  std::set<TileIndex> fine_planned_;
  std::deque<std::shared_ptr<Job>> jobs_;
  int64_t next_quarter_ = 0;  // in quarters of what one frame takes on

  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool closed = false;
    bool running = false;
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace vita::world
