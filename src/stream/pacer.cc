#include "stream/pacer.h"

#include <algorithm>
#include <cmath>

namespace vita {
namespace {

// Smoothed as TCP smooths its round trips: a mean over some ten frames, and what they stray. A
// frame that takes longer than mean and one deviation is handed out late by the rest, a few
// milliseconds that nobody sees; a wider margin would make every frame show controls that are older
// by it.
constexpr double kMeanShare = 1. / 8, kDeviationShare = 1. / 4;
constexpr double kDeviations = 1, kSpareUs = 1000;
constexpr double kSoonerShare = 3. / 4;  // of a period

}  // namespace

Pacer::Pacer(double fps, int workers)
    : period_us_(1e6 / fps), lead_max_us_(std::llround((workers + 1) * period_us_)) {}

void Pacer::start(int64_t index, int64_t now_us) {
  start_us_ = now_us - std::llround(static_cast<double>(index) * period_us_);
  started_ = true;
}

int64_t Pacer::due_us(int64_t index) const {
  return start_us_ + std::llround(static_cast<double>(index) * period_us_);
}

int64_t Pacer::due_by(int64_t now_us) const {
  const double periods = static_cast<double>(now_us - start_us_) / period_us_;
  auto index = static_cast<int64_t>(std::floor(periods));
  if (due_us(index + 1) <= now_us) index++;  // where rounding hid it
  return index;
}

bool Pacer::late(int64_t index, int64_t now_us) const {
  return static_cast<double>(now_us - due_us(index)) > period_us_;
}

void Pacer::took(int64_t us) {
  const auto sample = static_cast<double>(us);
  if (!timed_) {
    timed_ = true;
    mean_us_ = sample;
    deviation_us_ = sample / 4;
    return;
  }
  deviation_us_ += kDeviationShare * (std::abs(sample - mean_us_) - deviation_us_);
  mean_us_ += kMeanShare * (sample - mean_us_);
}

int64_t Pacer::lead_us() const {
  if (!timed_) return lead_max_us_;
  return std::min<int64_t>(lead_max_us_,
                           std::llround(mean_us_ + kDeviations * deviation_us_ + kSpareUs));
}

int64_t Pacer::soonest_us(int64_t index) const {
  return begin_us(index) - std::llround(kSoonerShare * period_us_);
}

}  // namespace vita
