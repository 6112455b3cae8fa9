#include "server/receipts.h"

#include <utility>

namespace vita {

void Receipts::add(uint64_t id, PendingControl control) {
  if (pending_.size() >= kWaitingMax) {
    pending_.erase(pending_.begin());
    dropped_++;
  }
  pending_[id] = std::move(control);
}

std::optional<PendingControl> Receipts::take(uint64_t id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return std::nullopt;
  PendingControl control = std::move(found->second);
  pending_.erase(found);
  return control;
}

void Receipts::await_frame(int64_t frame, PendingControl control) {
  if (awaiting_.size() >= kWaitingMax) {
    awaiting_.erase(awaiting_.begin());
    dropped_++;
  }
  awaiting_.emplace(frame, std::move(control));
}

std::vector<ShownControl> Receipts::shown(int64_t frame) {
  std::vector<ShownControl> shown;
  const auto end = awaiting_.upper_bound(frame);
  for (auto it = awaiting_.begin(); it != end; ++it) {
    shown.push_back({it->first, std::move(it->second)});
  }
  awaiting_.erase(awaiting_.begin(), end);
  return shown;
}

}  // namespace vita
