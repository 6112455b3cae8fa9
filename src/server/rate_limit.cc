#include "server/rate_limit.h"

#include <algorithm>
#include <iterator>

namespace vita {

void TokenBucket::fill(int64_t now_us) {
  if (filled_us_ != 0 && now_us > filled_us_) {
    level_ = std::min(burst_, level_ + rate_ * static_cast<double>(now_us - filled_us_) * 1e-6);
  }
  filled_us_ = std::max(filled_us_, now_us);
}

bool TokenBucket::take(int64_t now_us) {
  fill(now_us);
  if (level_ < 1) return false;
  level_ -= 1;
  return true;
}

bool TokenBucket::full(int64_t now_us) {
  fill(now_us);
  return level_ >= burst_;
}

bool AddressLimit::take(const std::string& address, int64_t now_us) {
  auto found = buckets_.find(address);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kAddressesMax) {
      for (auto entry = buckets_.begin(); entry != buckets_.end();) {
        entry = entry->second.full(now_us) ? buckets_.erase(entry) : std::next(entry);
      }
    }
    if (buckets_.size() >= kAddressesMax) return false;
    found = buckets_.emplace(address, TokenBucket(rate_, burst_)).first;
  }
  return found->second.take(now_us);
}

}  // namespace vita
