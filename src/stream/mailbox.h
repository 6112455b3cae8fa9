// Where controls wait for the next frame: one place for each kind, the latest wins.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "vita/control.h"

namespace vita {

// Throws Error{invalid_argument} unless every number is finite and in its range and a prompt is
// usable.
void check_control(const Control& control);

// Not locked: its owner guards it. Bounded by construction: three controls and 256 receipts.
class Mailbox {
 public:
  static constexpr size_t kReceiptsMax = 256;

  // Keeps `control` for the next frame; one of the same kind that still waits is superseded.
  uint64_t post(Control control);
  bool empty() const { return waiting_ == 0; }

  struct Letter {
    uint64_t id = 0;
    Control control;
  };
  // Takes the waiting controls, one by one in the order of their ids, for the frame that is begun;
  // those that were superseded are answered.
  std::optional<Letter> take(int64_t frame);
  void answer(Receipt receipt);

  std::optional<Receipt> next_receipt();
  int64_t dropped_receipts() const { return dropped_receipts_; }

 private:
  static constexpr size_t kKinds = std::variant_size_v<Control>;

  std::array<std::optional<Letter>, kKinds> slots_;
  std::deque<uint64_t> superseded_;
  std::deque<Receipt> receipts_;
  uint64_t last_id_ = 0;
  int64_t dropped_receipts_ = 0;
  int waiting_ = 0;
};

}  // namespace vita
