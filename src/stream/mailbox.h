// Where controls wait for the next frame: one place for each kind, the latest wins.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "vita/control.h"

namespace vita {

// Not locked: its owner guards it. Bounded by construction: kPlaces controls and kReceiptsMax
// receipts of each kind.
class Mailbox {
 public:
  static constexpr size_t kReceiptsMax = 256;
  static constexpr size_t kEvents = static_cast<size_t>(EventName::season) + 1;
  static constexpr size_t kPlaces = std::variant_size_v<Control> + kEvents;  // events: one a name

  // Keeps `control` for the next frame. One that still waits in its place is superseded, but turns
  // of the camera add up. A pose supersedes a turn, a reset all that waits.
  uint64_t post(Control control);
  // An id for a control that is answered without waiting here.
  uint64_t next_id() { return ++last_id_; }
  bool empty() const { return waiting_ == 0; }
  // Whether a T waits.
  template <class T>
  bool holds() const {
    for (const std::optional<Letter>& place : places_) {
      if (place && std::holds_alternative<T>(place->control)) return true;
    }
    return false;
  }

  struct Letter {
    uint64_t id = 0;
    Control control;
  };
  // Takes the waiting controls, one by one in the order of their ids, for the frame that is begun;
  // those that were superseded or added to another are answered.
  std::optional<Letter> take(int64_t frame);
  void answer(Receipt receipt);

  std::optional<Receipt> next_receipt();
  int64_t dropped_receipts() const { return dropped_receipts_; }

 private:
  struct Overtaken {
    uint64_t id = 0;
    Receipt::Outcome outcome = Receipt::Outcome::superseded;
  };

  static size_t place_of(const Control& control);
  void overtake(std::optional<Letter>& place, Receipt::Outcome outcome);

  std::array<std::optional<Letter>, kPlaces> places_;
  std::deque<Overtaken> overtaken_;
  std::deque<Receipt> receipts_;
  uint64_t last_id_ = 0;
  int64_t dropped_receipts_ = 0;
  int waiting_ = 0;
};

}  // namespace vita
