#include "core/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace vita {

int Histogram::bucket_of(uint64_t us) {
  if (us < (1u << kFineBits)) return static_cast<int>(us);
  const int shift = std::bit_width(us) - 1 - kFineBits;  // keeps kFineBits + 1 leading bits
  const int fine = static_cast<int>(us >> shift) - (1 << kFineBits);
  return std::min(((shift + 1) << kFineBits) + fine, kBuckets - 1);
}

double Histogram::middle_of(int bucket) {
  if (bucket < (1 << kFineBits)) return bucket;
  const int shift = (bucket >> kFineBits) - 1;
  const int fine = bucket & ((1 << kFineBits) - 1);
  return std::ldexp((1 << kFineBits) + fine + 0.5, shift);
}

void Histogram::add(double ms) {
  const double us = std::clamp(ms * 1e3, 0.0, 1e15);
  buckets_[static_cast<size_t>(bucket_of(static_cast<uint64_t>(us)))]++;
  count_++;
  sum_ms_ += ms;
  max_ms_ = std::max(max_ms_, ms);
}

double Histogram::percentile_ms(double share) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<int64_t>(std::ceil(share * static_cast<double>(count_)));
  int64_t seen = 0;
  for (int bucket = 0; bucket < kBuckets; bucket++) {
    seen += buckets_[static_cast<size_t>(bucket)];
    if (seen >= std::max<int64_t>(wanted, 1)) return std::min(middle_of(bucket) * 1e-3, max_ms_);
  }
  return max_ms_;
}

int64_t Histogram::count_up_to(double ms) const {
  int64_t seen = 0;
  for (int bucket = 0; bucket < kBuckets && middle_of(bucket) <= ms * 1e3; bucket++) {
    seen += buckets_[static_cast<size_t>(bucket)];
  }
  return seen;
}

}  // namespace vita
