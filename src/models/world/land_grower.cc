#include "models/world/land_grower.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "models/world/map_prior.h"

namespace vita::world {
namespace {

constexpr int kFineRadius = 2;         // tiles around the camera's that are made in full
constexpr int kJobsPerFourFrames = 1;  // the pace at which jobs fall due

// Offset of entry k of LandRequest::tiles.
TileIndex offset_of(int k) { return {k % 3 - 1, k / 3 - 1}; }
TileIndex operator+(TileIndex a, TileIndex b) { return {a.x + b.x, a.z + b.z}; }

}  // namespace

LandGrower::LandGrower(LandModel& model, Runner runner, uint32_t seed, const float* attributes,
                       TileIndex anchor)
    : model_(model),
      runner_(std::move(runner)),
      seed_(seed),
      anchor_(anchor),
      shared_(std::make_shared<Shared>()) {
  std::copy_n(attributes, kAttributes, attributes_.begin());
}

LandGrower::~LandGrower() {
  std::unique_lock lock(shared_->mutex);
  shared_->closed = true;
  shared_->changed.wait(lock, [&] { return !shared_->running; });
}

float* LandGrower::coarse_of(TileIndex t) {
  Coarse& c = coarse_[t];
  if (c.maps.empty()) c.maps.resize(kCoarseFloats);
  return c.maps.data();
}

FineTile LandGrower::first() {
  float* maps = coarse_of(anchor_);
  LandRequest request{seed_, {0, 0}, attributes_, {}};
  model_.coarse(request, maps);
  coarse_[anchor_].planned = true;
  FineTile tile{anchor_, std::vector<float>(kFineFloats), maps + 4 * kTileCells * kTileCells};
  request.tiles[4] = maps;
  model_.fine(request, tile.fine.data());
  return tile;
}

// Depth first: the neighbours that a tile leans on, then the tile.
void LandGrower::need_coarse(TileIndex t, std::vector<TileIndex>& order) {
  Coarse& c = coarse_[t];
  if (c.planned) return;
  c.planned = true;
  for (const TileOffset& o : MapPrior::needed(relative(t).x, relative(t).z))
    need_coarse({t.x + o.di, t.z + o.dj}, order);
  order.push_back(t);
}

void LandGrower::add_job(bool is_fine, TileIndex t, int64_t frame) {
  auto job = std::make_shared<Job>();
  job->is_fine = is_fine;
  job->tile = t;
  next_quarter_ = std::max(next_quarter_, frame * kJobsPerFourFrames) + 4;
  job->frame = next_quarter_ / kJobsPerFourFrames + 2;
  if (is_fine) {
    for (int k = 0; k < 9; k++) job->tiles[static_cast<size_t>(k)] = coarse_of(t + offset_of(k));
    job->result = {t, std::vector<float>(kFineFloats), coarse_of(t) + 4 * kTileCells * kTileCells};
    job->out = job->result.fine.data();
  } else {
    for (const TileOffset& o : MapPrior::needed(relative(t).x, relative(t).z)) {
      job->tiles[static_cast<size_t>((o.dj + 1) * 3 + o.di + 1)] =
          coarse_of({t.x + o.di, t.z + o.dj});
    }
    job->out = coarse_of(t);
  }
  jobs_.push_back(job);
  auto task = [this, job, shared = shared_] {
    {
      std::lock_guard lock(shared->mutex);
      if (shared->closed) return;
      shared->running = true;
    }
    run(*job);
    std::lock_guard lock(shared->mutex);
    job->done = true;
    shared->running = false;
    shared->changed.notify_all();
  };
  if (!runner_(task)) {
    jobs_.pop_back();
    throw Error(ErrorCode::internal, "land: the background queue is full, " +
                                         std::to_string(jobs_.size()) + " jobs of this world wait");
  }
}

void LandGrower::run(Job& job) {
  try {
    const LandRequest request{seed_, relative(job.tile), attributes_, job.tiles};
    if (job.is_fine) {
      model_.fine(request, job.out);
    } else {
      model_.coarse(request, job.out);
    }
  } catch (...) {
    job.error = std::current_exception();
  }
}

void LandGrower::plan(TileIndex centre, int64_t frame) {
  std::vector<TileIndex> wanted;
  for (int dz = -kFineRadius; dz <= kFineRadius; dz++) {
    for (int dx = -kFineRadius; dx <= kFineRadius; dx++)
      wanted.push_back({centre.x + dx, centre.z + dz});
  }
  std::stable_sort(wanted.begin(), wanted.end(), [&](TileIndex a, TileIndex b) {
    auto far = [&](TileIndex t) {
      return (t.x - centre.x) * (t.x - centre.x) + (t.z - centre.z) * (t.z - centre.z);
    };
    return far(a) < far(b);
  });
  std::erase_if(fine_planned_, [&](TileIndex t) {
    return std::abs(t.x - centre.x) > kKeepRadius || std::abs(t.z - centre.z) > kKeepRadius;
  });
  for (TileIndex t : wanted) {
    if (!fine_planned_.insert(t).second) continue;
    std::vector<TileIndex> order;
    for (int k = 0; k < 9; k++) need_coarse(t + offset_of(k), order);
    for (TileIndex c : order) add_job(false, c, frame);
    add_job(true, t, frame);
  }
}

std::vector<FineTile> LandGrower::due(int64_t frame) {
  std::vector<FineTile> ready;
  while (!jobs_.empty() && jobs_.front()->frame <= frame) {
    const std::shared_ptr<Job> job = jobs_.front();
    jobs_.pop_front();
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [&] { return job->done; });
    if (job->error) std::rethrow_exception(job->error);
    if (job->is_fine) ready.push_back(std::move(job->result));
  }
  return ready;
}

}  // namespace vita::world
