// Counts durations in fixed buckets: no allocation, percentiles within 1.6 per cent.
#pragma once
#include <array>
#include <cstdint>

namespace vita {

// Not locked: its owner guards it.
class Histogram {
 public:
  void add(double ms);
  int64_t count() const { return count_; }
  double mean_ms() const { return count_ ? sum_ms_ / static_cast<double>(count_) : 0; }
  double max_ms() const { return max_ms_; }
  // The least duration that `share` (0..1) of all do not exceed; 0 when empty.
  double percentile_ms(double share) const;
  // How many lie in buckets whose middle is at most `ms`.
  int64_t count_up_to(double ms) const;
  double sum_ms() const { return sum_ms_; }

 private:
  // Buckets are exact below 2^kFineBits microseconds; above, every octave has 2^kFineBits of them.
  static constexpr int kFineBits = 6;
  static constexpr int kOctaves = 26;  // up to about 70 minutes
  static constexpr int kBuckets = (kOctaves + 1) << kFineBits;
  static int bucket_of(uint64_t us);
  static double middle_of(int bucket);

  std::array<uint32_t, kBuckets> buckets_{};
  int64_t count_ = 0;
  double sum_ms_ = 0, max_ms_ = 0;
};

}  // namespace vita
