#include "models/world/prior_network.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "models/world/hash_noise.h"

namespace vita::world {
namespace {

constexpr int64_t kSide0 = kWindowCells / 2, kSide1 = kSide0 / 2, kSide2 = kSide1 / 2;
constexpr int64_t kGroupSize = 16;
constexpr int kBands = 2;  // a first tile is made by two cores, the same as one would make it

Conv2dDesc conv(int64_t side, int64_t in, int64_t out, int kernel) {
  return {.height = side,
          .width = side,
          .in = in,
          .out = out,
          .kernel = kernel,
          .pad = kernel / 2,
          .bands = kBands};
}

ResBlockConfig block(int64_t side, int64_t channels, int64_t condition) {
  const int64_t groups = channels / kGroupSize;
  return {.height = side,
          .width = side,
          .in = channels,
          .out = channels,
          .condition = condition,
          .groups_in = groups,
          .groups_out = groups,
          .bands = kBands};
}

std::vector<ResBlock> middle_blocks(const Build& b, const PriorConfig& c) {
  std::vector<ResBlock> blocks;
  for (int k = 0; k < 2; k++) blocks.emplace_back(b.at(k), block(kSide2, c.levels[2], c.condition));
  return blocks;
}

}  // namespace

PriorConfig PriorConfig::read(const Config& config) {
  PriorConfig c;
  const std::vector<int64_t> levels = config.integers("levels", kGroupSize, 1024);
  if (levels.size() != 3) {
    throw Error(ErrorCode::corrupt, config.where() + ": levels has " +
                                        std::to_string(levels.size()) + " entries, expected 3");
  }
  for (int k = 0; k < 3; k++) {
    c.levels[k] = levels[k];
    if (levels[k] % kGroupSize != 0) {
      throw Error(ErrorCode::corrupt,
                  config.where() + ": a level has " + std::to_string(levels[k]) +
                      " channels, expected a multiple of " + std::to_string(kGroupSize));
    }
  }
  c.condition = config.integer("condition", 1, 4096);
  c.sigma_data = static_cast<float>(config.number("sigma_data", 0.01, 100.0));
  c.lead = static_cast<float>(config.number("lead", 0.0, 1.0));
  for (const double t : config.numbers("times", 0.001, 1.0))
    c.times.push_back(static_cast<float>(t));
  if (c.times.empty() || c.times.front() != 1.f ||
      !std::is_sorted(c.times.rbegin(), c.times.rend())) {
    throw Error(ErrorCode::corrupt, config.where() + ": times are expected to fall from 1");
  }
  return c;
}

PriorNetwork::PriorNetwork(const Build& b, const PriorConfig& c)
    : backend_(&b.backend),
      config_(c),
      embed1_(b.at("embed1"), {.rows_max = 1,
                               .in = kAttributes + kTimeFeatures,
                               .out = c.condition,
                               .activation = Activation::silu}),
      embed2_(
          b.at("embed2"),
          {.rows_max = 1, .in = c.condition, .out = c.condition, .activation = Activation::silu}),
      stem_(b.at("stem"), conv(kSide0, 4 * kInputs, c.levels[0], 3)),
      down0_(b.at("down0"), block(kSide0, c.levels[0], c.condition)),
      to1_(b.at("to1"), conv(kSide1, 4 * c.levels[0], c.levels[1], 1)),
      down1_(b.at("down1"), block(kSide1, c.levels[1], c.condition)),
      to2_(b.at("to2"), conv(kSide2, 4 * c.levels[1], c.levels[2], 1)),
      middle_(middle_blocks(b.at("middle"), c)),
      merge1_(b.at("merge1"), conv(kSide1, c.levels[2] + c.levels[1], c.levels[1], 1)),
      up1_(b.at("up1"), block(kSide1, c.levels[1], c.condition)),
      merge0_(b.at("merge0"), conv(kSide0, c.levels[1] + c.levels[0], c.levels[0], 1)),
      up0_(b.at("up0"), block(kSide0, c.levels[0], c.condition)),
      norm_(b.at("norm"), c.levels[0],
            {.groups = c.levels[0] / kGroupSize, .activation = Activation::silu}),
      head_(b.at("head"), conv(kSide0, c.levels[0], 4 * kMapChannels, 3)) {}

void PriorNetwork::embed(Run& run, const float* attributes, float t, const View& condition) const {
  auto scratch = run.workspace.scope();
  const View input = scratch.take(Dtype::f32, {1, kAttributes + kTimeFeatures});
  const View hidden = scratch.take(Dtype::f32, condition.shape);
  std::copy_n(attributes, kAttributes, input.f32());
  time_features(t, kTimeFeatures, input.f32() + kAttributes);
  embed1_(run, input, hidden);
  embed2_(run, hidden, condition);
}

void PriorNetwork::operator()(Run& run, const View& x, const View& condition,
                              const View& out) const {
  const auto [c0, c1, c2] = config_.levels;
  auto scratch = run.workspace.scope();
  auto image = [&](int64_t side, int64_t channels) {
    return scratch.take(Dtype::f32, {1, side, side, channels});
  };

  const View folded = image(kSide0, 4 * kInputs), a0 = image(kSide0, c0), skip0 = image(kSide0, c0);
  backend_->pixel_unshuffle(run.stream, 2, x, folded);
  stem_(run, folded, a0);
  down0_(run, a0, condition, skip0);

  const View folded1 = image(kSide1, 4 * c0), a1 = image(kSide1, c1), skip1 = image(kSide1, c1);
  backend_->pixel_unshuffle(run.stream, 2, skip0, folded1);
  to1_(run, folded1, a1);
  down1_(run, a1, condition, skip1);

  const View folded2 = image(kSide2, 4 * c1), a2 = image(kSide2, c2), b2 = image(kSide2, c2);
  backend_->pixel_unshuffle(run.stream, 2, skip1, folded2);
  to2_(run, folded2, a2);
  middle_[0](run, a2, condition, b2);
  middle_[1](run, b2, condition, a2);

  const View grown1 = image(kSide1, c2), joined1 = image(kSide1, c2 + c1), b1 = image(kSide1, c1);
  backend_->resize_nearest(run.stream, a2, grown1);
  backend_->concat(run.stream, std::array{grown1, skip1}, joined1);
  merge1_(run, joined1, a1);
  up1_(run, a1, condition, b1);

  const View grown0 = image(kSide0, c1), joined0 = image(kSide0, c1 + c0), b0 = image(kSide0, c0);
  backend_->resize_nearest(run.stream, b1, grown0);
  backend_->concat(run.stream, std::array{grown0, skip0}, joined0);
  merge0_(run, joined0, a0);
  up0_(run, a0, condition, b0);
  norm_(run, b0, b0);

  const View blocks = image(kSide0, 4 * kMapChannels);
  head_(run, b0, blocks);
  backend_->pixel_shuffle(run.stream, 2, blocks, out);
}

}  // namespace vita::world
