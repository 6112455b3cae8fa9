#include "models/world/land_grower.h"

#include <algorithm>
#include <cstdlib>

#include "models/world/map_prior.h"

namespace vita::world {
namespace {

constexpr int kFineRadius = 2;         // tiles around the camera's that are made in full
constexpr int kJobsPerFourFrames = 1;  // the pace at which jobs fall due
constexpr int64_t kLeadFrames = 24;    // a job is handed out so long before

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
  job->coarse = coarse_of(t);
  next_quarter_ = std::max(next_quarter_, frame * kJobsPerFourFrames) + 4;
  job->frame = next_quarter_ / kJobsPerFourFrames + 2;
  if (is_fine) {
    for (int k = 0; k < 9; k++) job->tiles[static_cast<size_t>(k)] = coarse_of(t + offset_of(k));
  } else {
    for (const TileOffset& o : MapPrior::needed(relative(t).x, relative(t).z)) {
      job->tiles[static_cast<size_t>((o.dj + 1) * 3 + o.di + 1)] =
          coarse_of({t.x + o.di, t.z + o.dj});
    }
  }
  jobs_.push_back(job);
}

// Hands the next job to the background, if the one before it is done and it is due soon.
void LandGrower::hand_out(int64_t frame) {
  std::shared_ptr<Job> next;
  {
    std::lock_guard lock(shared_->mutex);
    for (const std::shared_ptr<Job>& job : jobs_) {
      if (job->state == Job::State::done) continue;
      if (job->state == Job::State::waiting && job->frame - kLeadFrames <= frame) next = job;
      break;
    }
    if (next == nullptr) return;
    next->state = Job::State::handed_out;
  }
  auto task = [this, next, shared = shared_] {
    {
      std::lock_guard lock(shared->mutex);
      if (shared->closed || next->state != Job::State::handed_out) return;
      next->state = Job::State::running;
      shared->running = true;
    }
    run(*next);
    std::lock_guard lock(shared->mutex);
    next->state = Job::State::done;
    shared->running = false;
    shared->changed.notify_all();
  };
  if (runner_(task)) return;
  std::lock_guard lock(shared_->mutex);
  if (next->state == Job::State::handed_out) next->state = Job::State::waiting;
}

// Waits for a job that runs; runs one that does not yet.
void LandGrower::finish(const std::shared_ptr<Job>& job) {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [&] { return job->state != Job::State::running; });
  if (job->state != Job::State::done) {
    job->state = Job::State::done;  // the background leaves it alone
    lock.unlock();
    run(*job);
  }
  if (job->error) std::rethrow_exception(job->error);
}

void LandGrower::run(Job& job) {
  try {
    const LandRequest request{seed_, relative(job.tile), attributes_, job.tiles};
    if (job.is_fine) {
      job.result = {job.tile, std::vector<float>(kFineFloats),
                    job.coarse + 4 * kTileCells * kTileCells};
      model_.fine(request, job.result.fine.data());
    } else {
      model_.coarse(request, job.coarse);
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
  hand_out(frame);
}

std::vector<FineTile> LandGrower::due(int64_t frame) {
  std::vector<FineTile> ready;
  while (!jobs_.empty() && jobs_.front()->frame <= frame) {
    const std::shared_ptr<Job> job = jobs_.front();
    jobs_.pop_front();
    finish(job);
    if (job->is_fine) ready.push_back(std::move(job->result));
  }
  hand_out(frame);
  return ready;
}

}  // namespace vita::world
