// How often somebody may do something.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace vita {

// A bucket that fills with `rate` drops a second up to `burst`; each act takes one. Used by one
// thread.
class TokenBucket {
 public:
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), level_(burst) {}
  // Times are microseconds of one monotonic clock.
  bool take(int64_t now_us);
  bool full(int64_t now_us);

 private:
  void fill(int64_t now_us);

  double rate_, burst_, level_;
  int64_t filled_us_ = 0;
};

// One bucket for each address, at most kAddressesMax of them: beyond that, those that have been
// idle long enough to be full are forgotten, and new addresses are refused while none is.
class AddressLimit {
 public:
  static constexpr size_t kAddressesMax = 4096;

  AddressLimit(double rate, double burst) : rate_(rate), burst_(burst) {}
  bool take(const std::string& address, int64_t now_us);

 private:
  const double rate_, burst_;
  std::map<std::string, TokenBucket> buckets_;
};

}  // namespace vita
