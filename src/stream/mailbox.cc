#include "stream/mailbox.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "stream/check_control.h"

namespace vita {
namespace {

constexpr float kTurn = 2 * std::numbers::pi_v<float>;

}  // namespace

size_t Mailbox::place_of(const Control& control) {
  if (const auto* event = std::get_if<EventControl>(&control)) {
    return std::variant_size_v<Control> + static_cast<size_t>(event->name);
  }
  return control.index();
}

// Empties a place; whoever waited in it is answered with the next frame.
void Mailbox::overtake(std::optional<Letter>& place, Receipt::Outcome outcome) {
  if (!place) return;
  overtaken_.push_back({place->id, outcome});
  place.reset();
  waiting_--;
  if (overtaken_.size() <= kReceiptsMax) return;
  overtaken_.pop_front();
  dropped_receipts_++;
}

uint64_t Mailbox::post(Control control) {
  using Outcome = Receipt::Outcome;
  std::optional<Letter>& place = places_[place_of(control)];
  if (auto* look = std::get_if<LookControl>(&control); look && place) {
    const auto& before = std::get<LookControl>(place->control);
    look->yaw += before.yaw;
    look->pitch += before.pitch;
    // Whole turns go, so that the sum is again a control that a log can hold.
    if (std::abs(look->yaw) > kTurnMax) look->yaw = std::remainder(look->yaw, kTurn);
    look->pitch = std::clamp(look->pitch, -kTurnMax, kTurnMax);
    overtake(place, Outcome::applied);
  }
  if (std::holds_alternative<CameraControl>(control)) {
    overtake(places_[place_of(LookControl{})], Outcome::superseded);
  }
  if (std::holds_alternative<ResetControl>(control)) {
    for (std::optional<Letter>& other : places_) overtake(other, Outcome::superseded);
  }
  overtake(place, Outcome::superseded);
  place = Letter{++last_id_, std::move(control)};
  waiting_++;
  return last_id_;
}

std::optional<Mailbox::Letter> Mailbox::take(int64_t frame) {
  for (; !overtaken_.empty(); overtaken_.pop_front()) {
    answer({overtaken_.front().id, frame, overtaken_.front().outcome, {}, {}});
  }
  std::optional<Letter>* first = nullptr;
  for (std::optional<Letter>& place : places_) {
    if (place && (!first || place->id < (*first)->id)) first = &place;
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
