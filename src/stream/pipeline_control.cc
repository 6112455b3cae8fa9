// What controls do to a running pipeline.
#include <array>
#include <utility>

#include "core/error.h"
#include "core/understood.h"
#include "stream/check_control.h"
#include "stream/pipeline.h"

namespace vita {

uint64_t Pipeline::post(const Control& control) {
  check_control(control);
  Control copy = control;
  const Lock lock(mutex_);
  director_wake_.notify_one();
  const auto answered = [this] {
    const uint64_t id = mailbox_.next_id();
    mailbox_.answer({id, next_index_, Receipt::Outcome::applied, {}, {}});
    return id;
  };
  if (const auto* pause = std::get_if<PauseControl>(&control)) {
    rested_ = rested_ || (paused_ && !pause->paused);
    paused_ = pause->paused;
    delivered_us_.reset();
    return answered();
  }
  if (const auto* tier = std::get_if<TierControl>(&control)) {
    governor_.wish(tier->tier);
    return answered();
  }
  if (std::holds_alternative<ResetControl>(control)) {
    rested_ = rested_ || paused_;
    paused_ = false;
  }
  return mailbox_.post(std::move(copy));
}

// Those that nobody paints yet are given back, those that somebody paints are thrown away when they
// are painted. Their places in time are free again, but the world has moved on and does not turn
// back.
void Pipeline::drop_begun() {
  int64_t count = 0;
  const int64_t first_index = delivered_ < begun_ ? slot(delivered_).frame.index : next_index_;
  for (int64_t sequence = delivered_; sequence < begun_; sequence++) {
    Slot& s = slot(sequence);
    if (!std::exchange(s.dropped, true)) count++;
    if (sequence >= taken_) state_->drop(s.ticket);
  }
  if (count == 0) return;
  begun_ = taken_;
  stats_.pace.dropped += count;
  if (options_.observer) options_.observer->dropped(count);
  const int64_t back = next_index_ - first_index;
  origin_ -= back;
  next_index_ = first_index;
  consumer_wake_.notify_one();
}

// Opens the wanted world in place of the one that runs, which goes on until then.
std::unique_ptr<VideoState> Pipeline::open_world(Lock& lock, const WorldSource& wanted) {
  if (wanted.model == nullptr) {
    throw Error(ErrorCode::unsupported, "this session cannot be reset: it has one world");
  }
  lock.unlock();
  std::exception_ptr error;
  std::unique_ptr<VideoState> state;
  try {
    if (undertaker_.joinable()) undertaker_.join();
    state = wanted.model->open({wanted.prompt, wanted.seed, options_.width, options_.height,
                                options_.fps, options_.workers});
    check_understood(state->understanding());
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  if (error) std::rethrow_exception(error);
  return state;
}

void Pipeline::reset(Lock& lock) {
  const Mailbox::Letter letter = *mailbox_.take(next_index_);
  const auto& control = std::get<ResetControl>(letter.control);
  WorldSource wanted = options_.worlds;
  if (control.prompt) wanted.prompt = *control.prompt;
  if (control.seed) wanted.seed = *control.seed;
  Receipt receipt{letter.id, next_index_, Receipt::Outcome::applied, {}, {}};
  try {
    std::unique_ptr<VideoState> state = open_world(lock, wanted);
    receipt.understanding = state->understanding();
    director_wake_.wait(lock, [this] { return painting_ == 0; });
    std::swap(state_, state);
    undertaker_ = std::thread([old = std::move(state)]() mutable { old.reset(); });
    options_.worlds = std::move(wanted);
    rested_ = true;
    leap();
    origin_ = next_index_;
    first_ = begun_;
    receipt.frame = next_index_;
    if (options_.observer) {
      options_.observer->opened(next_index_, options_.worlds.prompt, options_.worlds.seed);
    }
  } catch (const Error& e) {
    receipt.outcome = Receipt::Outcome::refused;
    receipt.reason = e.what();
  }
  mailbox_.answer(std::move(receipt));
}

Receipt Pipeline::apply(const Mailbox::Letter& letter, int64_t index) {
  Receipt receipt{letter.id, index, Receipt::Outcome::applied, {}, {}};
  try {
    state_->control(letter.control);
  } catch (const Error& e) {
    receipt.outcome = Receipt::Outcome::refused;
    receipt.reason = e.what();
    return receipt;
  }
  if (options_.observer) options_.observer->controlled(index, letter.control);
  if (const auto* prompt = std::get_if<PromptControl>(&letter.control)) {
    receipt.understanding = state_->understanding();
    options_.worlds.prompt = prompt->text;
  }
  return receipt;
}

void Pipeline::apply_controls(Lock& lock, int64_t index) {
  std::array<Mailbox::Letter, Mailbox::kPlaces> letters;
  size_t count = 0;
  while (!mailbox_.empty()) letters[count++] = *mailbox_.take(index);
  lock.unlock();
  const double now_s = (static_cast<double>(index) + 1e-6) / options_.fps;
  const std::vector<ScheduledControl>& schedule = options_.schedule;
  for (; scheduled_ < schedule.size() && schedule[scheduled_].time_s <= now_s; scheduled_++) {
    state_->control(schedule[scheduled_].control);
    if (options_.observer) options_.observer->controlled(index, schedule[scheduled_].control);
  }
  for (size_t k = 0; k < count; k++) {
    Receipt receipt = apply(letters[k], index);
    lock.lock();
    mailbox_.answer(std::move(receipt));
    lock.unlock();
  }
  lock.lock();
}

}  // namespace vita
