#include "stream/pipeline.h"

#include <algorithm>
#include <array>
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
      options_(std::move(options)),
      clock_(clock),
      period_us_(1e6 / options_.fps) {
  check_options(options_);
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

uint64_t Pipeline::post(const Control& control) {
  check_control(control);
  Control copy = control;
  const Lock lock(mutex_);
  return mailbox_.post(std::move(copy));
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
  return {stats_.skipped, stats_.late};
}

int64_t Pipeline::due_us(int64_t index) const {
  return *start_us_ + static_cast<int64_t>(std::llround(static_cast<double>(index) * period_us_));
}

// One ticket may wait beside those being painted, so that no worker waits for the director. The
// second frame waits until the first, which may use every core, is painted; where no clock presses,
// until it has been given back, so that encoding it has the machine to itself too.
bool Pipeline::may_advance() const {
  const auto ring = static_cast<int64_t>(slots_.size());
  const bool first_done = options_.paced ? slots_[0].painted : released_ > 0;
  if (begun_ == 1 && !first_done) return false;
  return begun_ - released_ < ring && begun_ - taken_ < 1;
}

// Returns false at the end of the session.
bool Pipeline::wait_for_turn(Lock& lock) {
  for (;;) {
    director_wake_.wait(lock, [this] { return stopping_ || may_advance(); });
    if (stopping_) return false;
    if (!options_.paced || !start_us_) return true;
    const int64_t lead = options_.workers + 1;
    const int64_t begin_us = due_us(next_index_ - lead), now_us = clock_.now_us();
    if (now_us >= begin_us) {
      const double passed = static_cast<double>(now_us - *start_us_) / period_us_;
      const auto in_time = static_cast<int64_t>(std::floor(passed));
      if (in_time > next_index_) {
        stats_.skipped += in_time - next_index_;
        next_index_ = in_time;
      }
      return true;
    }
    clock_.wait_until(lock, director_wake_, begin_us);
  }
}

void Pipeline::direct() {
  Lock lock(mutex_);
  while (wait_for_turn(lock)) {
    if (options_.frames > 0 && next_index_ >= options_.frames) break;
    advance_one(lock);
  }
  complete_ = true;
  consumer_wake_.notify_all();
  worker_wake_.notify_all();
}

void Pipeline::apply_controls(Lock& lock, int64_t index) {
  std::array<Mailbox::Letter, std::variant_size_v<Control>> letters;
  size_t count = 0;
  while (!mailbox_.empty()) letters[count++] = *mailbox_.take(index);
  lock.unlock();
  const double now_s = (static_cast<double>(index) + 1e-6) / options_.fps;
  const std::vector<ScheduledControl>& schedule = options_.schedule;
  for (; scheduled_ < schedule.size() && schedule[scheduled_].time_s <= now_s; scheduled_++) {
    state_->control(schedule[scheduled_].control);
  }
  for (size_t k = 0; k < count; k++) {
    Receipt receipt{letters[k].id, index, Receipt::Outcome::applied, {}};
    try {
      state_->control(letters[k].control);
    } catch (const Error& e) {
      receipt.outcome = Receipt::Outcome::refused;
      receipt.reason = e.what();
    }
    lock.lock();
    mailbox_.answer(std::move(receipt));
    lock.unlock();
  }
  lock.lock();
}

void Pipeline::advance_one(Lock& lock) {
  const int64_t index = next_index_++;
  const double cpu_ms = thread_cpu_ms();
  apply_controls(lock, index);
  lock.unlock();
  const double time_s = static_cast<double>(index) / options_.fps;
  const int ticket = state_->advance({time_s});
  lock.lock();
  Slot& s = slot(begun_);
  s.frame.index = index;
  s.frame.time_s = time_s;
  s.ticket = ticket;
  s.painted = false;
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
    director_wake_.notify_one();
    lock.unlock();
    const double cpu_ms = thread_cpu_ms();
    const StageTimes times = state_->paint(s.ticket, worker, s.view);
    const double spent_ms = thread_cpu_ms() - cpu_ms;
    lock.lock();
    s.painted = true;
    stats_.projector.add(times.projector_ms);
    stats_.painter.add(times.painter_ms);
    stats_.paint_cpu.add(spent_ms);
    director_wake_.notify_one();
    consumer_wake_.notify_one();
  }
}

void Pipeline::wait_until_due(Lock& lock, int64_t due) {
  while (!stopping_ && clock_.now_us() < due) clock_.wait_until(lock, consumer_wake_, due);
}

const Frame* Pipeline::next() {
  Lock lock(mutex_);
  if (std::exchange(holding_, false)) {
    released_++;
    director_wake_.notify_one();
  }
  consumer_wake_.wait(lock, [this] {
    const bool ready = delivered_ < begun_ && slot(delivered_).painted;
    return stopping_ || ready || (complete_ && delivered_ == begun_);
  });
  if (error_) std::rethrow_exception(error_);
  if (stopping_ || delivered_ == begun_) return nullptr;
  Slot& s = slot(delivered_);
  if (options_.paced && start_us_) wait_until_due(lock, due_us(s.frame.index));
  if (error_) std::rethrow_exception(error_);
  if (stopping_) return nullptr;
  const int64_t now_us = clock_.now_us();
  if (delivered_us_) stats_.interval.add(static_cast<double>(now_us - *delivered_us_) * 1e-3);
  delivered_us_ = now_us;
  if (!start_us_) start_us_ = now_us;
  const auto late_us = static_cast<double>(now_us - due_us(s.frame.index));
  if (options_.paced && late_us > period_us_) stats_.late++;
  stats_.delivered++;
  delivered_++;
  holding_ = true;
  if (options_.paced) director_wake_.notify_one();
  return &s.frame;
}

}  // namespace vita
