#include "stream/mailbox.h"

#include <cmath>
#include <utility>

#include "core/error.h"
#include "stream/prompt.h"

namespace vita {
namespace {

void check_range(const char* what, double value, double low, double high) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  throw Error(ErrorCode::invalid_argument, std::string(what) + " is " + std::to_string(value) +
                                               ", expected a number from " + std::to_string(low) +
                                               " to " + std::to_string(high));
}

struct Checker {
  void operator()(const PromptControl& c) const {
    check_prompt(c.text);
    check_range("transition", c.transition_s, 0, 60);
  }
  void operator()(const MoveControl& c) const {
    check_range("forward", c.forward, -1, 1);
    check_range("right", c.right, -1, 1);
    check_range("up", c.up, -1, 1);
    check_range("yaw", c.yaw, -1, 1);
    check_range("pitch", c.pitch, -1, 1);
  }
  void operator()(const CameraControl& c) const {
    check_range("x", c.x, -1e6, 1e6);
    check_range("z", c.z, -1e6, 1e6);
    check_range("y", c.y, 0, 2000);
    check_range("yaw", c.yaw, -1e3, 1e3);
    check_range("pitch", c.pitch, -1.58, 1.58);
  }
};

}  // namespace

void check_control(const Control& control) { std::visit(Checker{}, control); }

uint64_t Mailbox::post(Control control) {
  std::optional<Letter>& slot = slots_[control.index()];
  if (slot) {
    superseded_.push_back(slot->id);
    if (superseded_.size() > kReceiptsMax) {
      superseded_.pop_front();
      dropped_receipts_++;
    }
  } else {
    waiting_++;
  }
  slot = Letter{++last_id_, std::move(control)};
  return last_id_;
}

std::optional<Mailbox::Letter> Mailbox::take(int64_t frame) {
  for (; !superseded_.empty(); superseded_.pop_front()) {
    answer({superseded_.front(), frame, Receipt::Outcome::superseded, {}});
  }
  std::optional<Letter>* first = nullptr;
  for (std::optional<Letter>& slot : slots_) {
    if (slot && (!first || slot->id < (*first)->id)) first = &slot;
  }
  if (!first) return std::nullopt;
  waiting_--;
  return std::exchange(*first, std::nullopt);
}

void Mailbox::answer(Receipt receipt) {
  receipts_.push_back(std::move(receipt));
  if (receipts_.size() <= kReceiptsMax) return;
  receipts_.pop_front();
  dropped_receipts_++;
}

std::optional<Receipt> Mailbox::next_receipt() {
  if (receipts_.empty()) return std::nullopt;
  Receipt oldest = std::move(receipts_.front());
  receipts_.pop_front();
  return oldest;
}

}  // namespace vita
