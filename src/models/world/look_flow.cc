#include "models/world/look_flow.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "core/error.h"
#include "models/world/hash_noise.h"

namespace vita::world {
namespace {

constexpr int64_t kSide = kAttributes + kTimeFeatures;
constexpr uint32_t kNoiseSalt = 31337;
constexpr float kLeastAmount = 0.2f;  // below this there is no snow, rain or strata
constexpr float kBrightest = 1.3f, kThinnestFog = 0.12f, kThickestFog = 2.4f;

LinearDesc layer(int64_t in, int64_t out, Activation activation) {
  return {.rows_max = 1, .in = in, .out = out, .activation = activation};
}

std::vector<float> read_times(const Config& config) {
  std::vector<float> times;
  for (const double t : config.numbers("times", 0.001, 1.0)) times.push_back(static_cast<float>(t));
  if (times.empty() || times.front() != 1.f || !std::is_sorted(times.rbegin(), times.rend())) {
    throw Error(ErrorCode::corrupt, config.where() + ": times are expected to fall from 1");
  }
  return times;
}

// Brings a sampled look to what a look may be: a unit sun, colours and amounts in range, lava or
// not.
void tidy(std::span<float, kLook> look) {
  const float length = std::sqrt(look[0] * look[0] + look[1] * look[1] + look[2] * look[2]);
  for (int k = 0; k < 3; k++) look[k] /= std::max(length, 1e-12f);
  for (int k = kZenith; k < kFog; k++) look[k] = std::clamp(look[k], 0.f, kBrightest);
  look[kFog] = std::clamp(look[kFog], kThinnestFog, kThickestFog);
  for (int k = kFog + 1; k < kLook; k++) look[k] = std::clamp(look[k], 0.f, 1.f);
  for (const int k : {kSnow, kRain, kStrata}) {
    if (look[k] < kLeastAmount) look[k] = 0.f;
  }
  look[kLava] = look[kLava] > 0.5f ? 1.f : 0.f;
}

}  // namespace

LookFlow::LookFlow(const Build& b, const Config& config)
    : backend_(&b.backend),
      hidden_(config.integer("hidden", 1, 4096)),
      times_(read_times(config)),
      mean_(b.weights.tensor("mean", {kLook})),
      spread_(b.weights.tensor("spread", {kLook})),
      fc1_(b.at("fc1"), layer(kLook + kSide, hidden_, Activation::silu)),
      fc2_(b.at("fc2"), layer(hidden_ + kSide, hidden_, Activation::silu)),
      fc3_(b.at("fc3"), layer(hidden_ + kSide, hidden_, Activation::silu)),
      out_(b.at("out"), layer(hidden_, kLook, Activation::none)) {}

void LookFlow::expect_clean(Run& run, const View& noisy, const View& side, const View& out) const {
  auto scratch = run.workspace.scope();
  const View first = scratch.take(Dtype::f32, {1, kLook + kSide}),
             joined = scratch.take(Dtype::f32, {1, hidden_ + kSide}),
             hidden = scratch.take(Dtype::f32, {1, hidden_});
  backend_->concat(run.stream, std::array{noisy, side}, first);
  fc1_(run, first, hidden);
  backend_->concat(run.stream, std::array{hidden, side}, joined);
  fc2_(run, joined, hidden);
  backend_->concat(run.stream, std::array{hidden, side}, joined);
  fc3_(run, joined, hidden);
  out_(run, hidden, out);
}

void LookFlow::sample(Run& run, std::span<const float, kAttributes> attributes, uint32_t seed,
                      std::span<float, kLook> look) const {
  auto scratch = run.workspace.scope();
  const View state = scratch.take(Dtype::f32, {1, kLook}),
             raw = scratch.take(Dtype::f32, {1, kLook}),
             side = scratch.take(Dtype::f32, {1, kSide});
  float* x = state.f32();
  for (int k = 0; k < kLook; k++) {
    const uint32_t salt = seed * 7919u + kNoiseSalt;
    x[k] = normal_of(hash_cell(k, 1, salt), hash_cell(k, 2, salt));
  }
  std::copy(attributes.begin(), attributes.end(), side.f32());
  for (size_t step = 0; step < times_.size(); step++) {
    const float t = times_[step], next = step + 1 < times_.size() ? times_[step + 1] : 0.f;
    time_features(t, kTimeFeatures, side.f32() + kAttributes);
    expect_clean(run, state, side, raw);
    const float variance = (1.f - t) * (1.f - t) + t * t;
    const float skip = (1.f - t) / variance, scale = t / std::sqrt(variance);
    for (int k = 0; k < kLook; k++) {
      const float clean = x[k] * skip + raw.f32()[k] * scale;
      look[static_cast<size_t>(k)] = clean * spread_[k] + mean_[k];
      x[k] = (1.f - next) * clean + next * (x[k] - (1.f - t) * clean) / t;
    }
  }
  tidy(look);
}

}  // namespace vita::world
