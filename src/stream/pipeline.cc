#include "stream/pipeline.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/thread_time.h"

namespace vita {
namespace {

constexpr int kWorkersMax = 256;

void check_options(const PipelineOptions& o) {
  if (o.width > 0 && o.height > 0 && o.width % 2 == 0 && o.height % 2 == 0 && o.fps > 0 &&
      std::isfinite(o.fps) && o.workers > 0 && o.workers <= kWorkersMax && o.frames >= 0) {
    return;
  }
  throw Error(ErrorCode::invalid_argument,
              "pipeline: found " + std::to_string(o.width) + "x" + std::to_string(o.height) +
                  " at " + std::to_string(o.fps) + " fps with " + std::to_string(o.workers) +
                  " workers; expected an even size, a positive rate and 1 to " +
                  std::to_string(kWorkersMax) + " workers");
}

}  // namespace

Pipeline::Pipeline(std::unique_ptr<VideoState> state, PipelineOptions options, Clock& clock)
    : state_(std::move(state)),
      options_((check_options(options), std::move(options))),
      clock_(clock),
      pacer_(options_.fps, options_.workers),
      governor_({options_.fps, options_.workers, options_.tier_spread}),
      paused_(options_.paused) {
  governor_.wish(options_.tier);
  make_slots();
  threads_.reserve(static_cast<size_t>(options_.workers) + 1);
  try {
    for (int worker = 0; worker < options_.workers; worker++) {
      threads_.emplace_back([this, worker] { guard([this, worker] { paint(worker); }); });
    }
    threads_.emplace_back([this] { guard([this] { direct(); }); });
  } catch (...) {
    stop_and_join();
    throw;
  }
}

Pipeline::~Pipeline() { stop_and_join(); }

void Pipeline::stop_and_join() {
  stop();
  for (std::thread& thread : threads_) thread.join();
  if (undertaker_.joinable()) undertaker_.join();
}

// workers + 2 pictures: one being painted by each worker, one ready, one in the consumer's hands.
void Pipeline::make_slots() {
  const int width = options_.width, height = options_.height;
  const size_t luma = static_cast<size_t>(width) * static_cast<size_t>(height);
  slots_.resize(static_cast<size_t>(options_.workers) + 2);
  for (Slot& s : slots_) {
    s.memory = std::make_unique<uint8_t[]>(luma + luma / 2);
    uint8_t* y = s.memory.get();
    uint8_t* u = y + luma;
    uint8_t* v = u + luma / 4;
    s.view = {y, u, v, width, height, width, width / 2};
    s.frame = {0, 0, y, u, v, width, height, width, width / 2};
  }
}

// The top of every thread: what it throws ends the session.
template <class Body>
void Pipeline::guard(Body body) {
  std::exception_ptr error;
  try {
    body();
    return;
  } catch (...) {
    error = std::current_exception();
  }
  {
    const Lock lock(mutex_);
    if (!error_) error_ = error;
  }
  stop();
}

void Pipeline::stop() {
  {
    const Lock lock(mutex_);
    stopping_ = true;
  }
  director_wake_.notify_all();
  worker_wake_.notify_all();
  consumer_wake_.notify_all();
}

std::optional<Receipt> Pipeline::next_receipt() {
  const Lock lock(mutex_);
  return mailbox_.next_receipt();
}

PipelineStats Pipeline::stats() {
  const Lock lock(mutex_);
  return stats_;
}

PaceCounters Pipeline::pace() {
  const Lock lock(mutex_);
  return stats_.pace;
}

WorldStatus Pipeline::status() {
  const Lock lock(mutex_);
  return status_;
}

bool Pipeline::paused() {
  const Lock lock(mutex_);
  return paused_;
}

Tier Pipeline::tier_wish() {
  const Lock lock(mutex_);
  return governor_.wish();
}

Tier Pipeline::tier() {
  const Lock lock(mutex_);
  return tier_;
}

// One ticket may wait beside those being painted, so that no worker waits for the director. A
// world's second frame waits until the first, which may use every core, is painted; where no clock
// presses, until it has been given back, so that encoding it has the machine to itself too. The
// clock starts when the very first is taken.
bool Pipeline::may_advance() const {
  const auto ring = static_cast<int64_t>(slots_.size());
  if (paused_ && begun_ > 0) return false;
  if (begun_ == first_ + 1) {
    const Slot& first = slots_[static_cast<size_t>(first_) % slots_.size()];
    const bool done = options_.paced ? first.painted && pacer_.started() : released_ > first_;
    if (!done && !urgent()) return false;
  }
  return begun_ - released_ < ring && begun_ - taken_ < 1;
}

// Whether a control waits that must show in the very next frame.
bool Pipeline::urgent() const {
  return !paused_ && (mailbox_.holds<PromptControl>() || mailbox_.holds<CameraControl>() ||
                      mailbox_.holds<ResetControl>());
}

// Whether the camera was moved and nothing is under way that would come before the frame that
// shows it. On average a key waits half a period for the next frame to begin; so it does not.
bool Pipeline::eager() const {
  return (mailbox_.holds<MoveControl>() || mailbox_.holds<LookControl>()) && painting_ == 0 &&
         taken_ == begun_ && delivered_ == begun_;
}

// Returns false at the end of the session.
bool Pipeline::wait_for_turn(Lock& lock) {
  for (;;) {
    director_wake_.wait(lock, [this] {
      if (options_.paced && urgent()) drop_begun();
      return stopping_ || may_advance();
    });
    if (stopping_) return false;
    if (!options_.paced || !pacer_.started() || urgent()) return true;
    const int64_t begin_us =
        eager() ? pacer_.soonest_us(next_index_) : pacer_.begin_us(next_index_);
    if (clock_.now_us() >= begin_us) return true;
    clock_.wait_until(lock, director_wake_, begin_us);
  }
}

// Leaves out what can no longer be in time.
void Pipeline::leap() {
  if (!options_.paced || !pacer_.started()) return;
  const int64_t missed = pacer_.due_by(clock_.now_us()) - next_index_;
  if (missed > 0) {
    if (rested_) {
      origin_ += missed;
    } else {
      stats_.pace.skipped += missed;
      skipped_before_ += missed;
    }
    next_index_ += missed;
  }
}

void Pipeline::direct() {
  Lock lock(mutex_);
  while (wait_for_turn(lock)) {
    while (!stopping_ && mailbox_.holds<ResetControl>()) reset(lock);
    leap();
    if (options_.frames > 0 && next_index_ >= options_.frames) break;
    advance_one(lock);
  }
  complete_ = true;
  consumer_wake_.notify_all();
  worker_wake_.notify_all();
}

Tier Pipeline::next_tier(int64_t index) {
  const std::vector<ScheduledTier>& tiers = options_.tiers;
  if (tiers.empty()) return governor_.tier();
  while (scheduled_tiers_ < tiers.size() && tiers[scheduled_tiers_].frame <= index)
    scheduled_tiers_++;
  return scheduled_tiers_ > 0 ? tiers[scheduled_tiers_ - 1].tier : Tier::full;
}

void Pipeline::advance_one(Lock& lock) {
  const int64_t index = next_index_++;
  const bool rested = std::exchange(rested_, false);
  const int64_t step = index - origin_, begun_us = clock_.now_us();
  const bool hastened = options_.paced && pacer_.started() && eager();
  const double cpu_ms = thread_cpu_ms();
  apply_controls(lock, index);
  const Tier tier = next_tier(index);
  // Where a clock presses, a frame that is under way alone is there sooner if all paint it.
  const bool alone = options_.paced && taken_ == begun_ && painting_ == 0;
  lock.unlock();
  const int ticket = state_->advance({static_cast<double>(step) / options_.fps, tier, alone});
  const WorldStatus status = state_->status();
  if (options_.observer) options_.observer->begun(index, step, tier);
  lock.lock();
  Slot& s = slot(begun_);
  s.frame.index = index;
  s.frame.time_s = static_cast<double>(index) / options_.fps;
  s.status = status;
  s.ticket = ticket;
  s.tier = tier;
  s.skipped = std::exchange(skipped_before_, 0);
  s.begun_us = begun_us;
  s.first = begun_ == first_;
  s.rested = rested;
  s.eager = hastened;
  s.painted = s.dropped = false;
  begun_++;
  stats_.advance_cpu.add(thread_cpu_ms() - cpu_ms);
  worker_wake_.notify_one();
}

void Pipeline::paint(int worker) {
  Lock lock(mutex_);
  for (;;) {
    worker_wake_.wait(lock, [this] { return stopping_ || complete_ || taken_ < begun_; });
    if (stopping_ || taken_ == begun_) return;
    Slot& s = slot(taken_++);
    painting_++;
    director_wake_.notify_one();
    lock.unlock();
    const double cpu_ms = thread_cpu_ms();
    const StageTimes times = state_->paint(s.ticket, worker, s.view);
    const double spent_ms = thread_cpu_ms() - cpu_ms;
    lock.lock();
    painting_--;
    s.painted = true;
    s.painted_us = clock_.now_us();
    const int64_t made_us = s.painted_us - s.begun_us;
    stats_.making.add(static_cast<double>(made_us) * 1e-3);
    if (!s.first) pacer_.took(made_us);
    stats_.projector.add(times.projector_ms);
    stats_.painter.add(times.painter_ms);
    stats_.paint_cpu.add(std::max(spent_ms, times.projector_ms + times.painter_ms));
    director_wake_.notify_one();
    consumer_wake_.notify_one();
  }
}

// Passes over frames that were dropped. Whether a frame is there now.
bool Pipeline::pass_dropped() {
  for (; delivered_ < begun_ && slot(delivered_).painted; delivered_++, released_++) {
    if (!slot(delivered_).dropped) return true;
    director_wake_.notify_one();
  }
  return false;
}

void Pipeline::count_delivered(const Slot& s, int64_t now_us) {
  if (delivered_us_) stats_.interval.add(static_cast<double>(now_us - *delivered_us_) * 1e-3);
  delivered_us_ = now_us;
  if (!pacer_.started()) pacer_.start(s.frame.index, now_us);
  if (options_.paced && !s.rested && pacer_.late(s.frame.index, now_us)) stats_.pace.late++;
  if (options_.paced && !s.rested && !s.first) {
    governor_.report({s.tier, static_cast<double>(s.painted_us - s.begun_us) * 1e-3,
                      static_cast<double>(now_us - pacer_.due_us(s.frame.index)) * 1e-3,
                      s.skipped});
  }
  stats_.tiers[static_cast<size_t>(s.tier) - static_cast<size_t>(Tier::full)]++;
  stats_.tier_changes += stats_.delivered > 0 && s.tier != tier_ ? 1 : 0;
  stats_.delivered++;
  tier_ = s.tier;
  status_ = s.status;
}

const Frame* Pipeline::next() {
  Lock lock(mutex_);
  if (std::exchange(holding_, false)) {
    released_++;
    director_wake_.notify_one();
  }
  for (;;) {
    consumer_wake_.wait(lock, [this] {
      return stopping_ || pass_dropped() || (complete_ && delivered_ == begun_);
    });
    if (error_) std::rethrow_exception(error_);
    if (stopping_ || delivered_ == begun_) return nullptr;
    const Slot& waiting = slot(delivered_);
    if (!options_.paced || !pacer_.started() || waiting.eager) break;
    const int64_t due_us = pacer_.due_us(waiting.frame.index);
    if (clock_.now_us() >= due_us) break;
    clock_.wait_until(lock, consumer_wake_, due_us);
  }
  Slot& s = slot(delivered_);
  count_delivered(s, clock_.now_us());
  delivered_++;
  holding_ = true;
  if (options_.paced) director_wake_.notify_one();
  return &s.frame;
}

}  // namespace vita
