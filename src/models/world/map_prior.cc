#include "models/world/map_prior.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "core/error.h"
#include "models/world/hash_noise.h"
#include "models/world/membrane.h"
#include "models/world/shape_attributes.h"

namespace vita::world {
namespace {

constexpr int kCells = kWindowCells * kWindowCells, kChannels = kMapChannels;

// Heights are warped for the flow, so that what lies near the water (rivers, shores, dunes) stands
// out of the noise as much as ranges do.
constexpr float kLinear = 0.8f, kLog = 0.35f, kSharpness = 10.f;

float warp_height(float u) { return kLinear * u + kLog * std::asinh(kSharpness * u); }

// Newton's method from the steep side, whence it converges without overshooting.
float unwarp_height(float w) {
  float u = w / (kLinear + kLog * kSharpness);
  for (int k = 0; k < 4; k++) {
    const float s = kSharpness * u;
    u -= (warp_height(u) - w) / (kLinear + kLog * kSharpness / std::sqrt(1.f + s * s));
  }
  return u;
}

// The flow's land comes out flatter than what it was trained on: it is raised by this.
constexpr float kRelief = 1.12f;
// Rare things come out faint and absent ones not quite absent: below the floor there are none, the
// rest is raised. Order of the classes of things.
constexpr float kDensityFloor[kThingClasses] = {0.06f, 0.06f, 0.06f, 0.06f,
                                                0.06f, 0.06f, 0.06f, 0.045f};
constexpr float kDensityGain[kThingClasses] = {1.064f, 1.064f, 1.064f, 1.064f,
                                               1.064f, 1.064f, 5.f,    6.f};
// The floor of a thing that was asked for is lower by this share.
constexpr float kAskedFloor = 0.5f;

// A class that was asked for and that the flow made too faint to be met with is raised until a
// tile's dry land adds up to this (cells of density 1), its places staying the flow's.
constexpr float kAskedCells[kThingClasses] = {24, 24, 20, 20, 20, 16, 16, 24};
constexpr float kGainMost = 64.f;
constexpr float kFaint = .1f;  // of so little hardly anything stands

// How a class of things is read off a tile.
struct Calibration {
  float floor, gain;
  float density(float share) const { return std::clamp((share - floor) * gain, 0.f, 1.f); }
};

// `said`: what the prompt wants of the class, -1 none to 1 many.
Calibration calibration(int thing, float said) {
  return {kDensityFloor[thing] * (1.f - kAskedFloor * std::clamp(said, 0.f, 1.f)),
          kDensityGain[thing] * (1.f + std::clamp(said, -1.f, 0.f))};
}

float share_of(float value) { return std::clamp(value, -1.f, 1.f) * 0.5f + 0.5f; }

// The index of a tile's cell in its window.
int window_cell(int cell) {
  return (cell / kTileCells + kMarginCells) * kWindowCells + cell % kTileCells + kMarginCells;
}

// Raises the gain of a class that was asked for to what kAskedCells wants, by halving the interval.
void raise_asked(const float* clean, int thing, Calibration& c) {
  const int channel = kChannels - kThingClasses + thing;
  const auto cells = [&](float gain) {
    const Calibration tried{c.floor, gain};
    float sum = 0;
    for (int cell = 0; cell < kTileCells * kTileCells; cell++) {
      const float* from = clean + int64_t{window_cell(cell)} * kChannels;
      const float density = tried.density(share_of(from[channel]));
      if (from[0] > 0 && density > kFaint) sum += density;
    }
    return sum;
  };
  if (cells(c.gain) >= kAskedCells[thing]) return;
  float low = c.gain, high = kGainMost;
  for (int k = 0; k < 8; k++) {
    const float middle = .5f * (low + high);
    (cells(middle) < kAskedCells[thing] ? low : high) = middle;
  }
  c.gain = high;
}

int parity(int ti, int tj) { return (ti & 1) + 2 * (tj & 1); }

// Cells [begin, begin + count) of a window along one axis belong to the neighbour at offset d; the
// first of them is its cell `own`.
struct Span {
  int begin, count, own;
};
Span margin_span(int d) {
  if (d < 0) return {0, kMarginCells, kTileCells - kMarginCells};
  if (d > 0) return {kMarginCells + kTileCells, kMarginCells, 0};
  return {kMarginCells, kTileCells, 0};
}

// Fills the cells of a window that one neighbour holds.
void add_known(const float* maps, TileOffset offset, float* known, float* mask) {
  const Span x = margin_span(offset.di), z = margin_span(offset.dj);
  for (int r = 0; r < z.count; r++) {
    for (int c = 0; c < x.count; c++) {
      const int cell = (z.begin + r) * kWindowCells + x.begin + c;
      const float* from = maps + (z.own + r) * kTileCells + x.own + c;
      float* to = known + int64_t{cell} * kChannels;
      to[0] = warp_height(from[0] / kRelief);
      for (int k = 1; k < kChannels; k++) to[k] = from[k * kTileCells * kTileCells] * 2.f - 1.f;
      mask[cell] = 1.f;
    }
  }
}

// What keeps the network's input, target and error at unit size for every t.
struct Scales {
  float in, skip, out;
};
Scales scales_at(float t, float sigma) {
  const float s2 = sigma * sigma, variance = (1.f - t) * (1.f - t) * s2 + t * t;
  return {1.f / std::sqrt(variance), (1.f - t) * s2 / variance, t * std::sqrt(s2 / variance)};
}

// One window on its way from noise to land; all arrays are [48][48][channels].
struct Window {
  float *state, *noise, *known, *mask, *clean, *previous;
};

// The cells of some rows of a window, which one core takes.
struct Cells {
  int first, last;
};
template <typename Function>
void each_cells(Run& run, Function f) {
  constexpr int64_t kShares = 4;
  run.stream.each(kShares, [&](int64_t share) {
    f(Cells{static_cast<int>(kCells * share / kShares),
            static_cast<int>(kCells * (share + 1) / kShares)});
  });
}

void write_input(const Window& w, Cells cells, float t, float scale, float* input) {
  input += int64_t{cells.first} * PriorNetwork::kInputs;
  for (int cell = cells.first; cell < cells.last; cell++, input += PriorNetwork::kInputs) {
    const int64_t at = int64_t{cell} * kChannels;
    const bool fixed = w.mask[cell] > 0.f;
    for (int k = 0; k < kChannels; k++) {
      if (fixed) w.state[at + k] = (1.f - t) * w.known[at + k] + t * w.noise[at + k];
      input[k] = w.state[at + k] * scale;
      input[kChannels + k] = w.known[at + k];
    }
    input[2 * kChannels] = w.mask[cell];
  }
}

// From the network's output to the expected clean window.
void read_output(const Window& w, Cells cells, const float* raw, Scales s) {
  for (int cell = cells.first; cell < cells.last; cell++) {
    const int64_t at = int64_t{cell} * kChannels;
    for (int k = 0; k < kChannels; k++) {
      const float clean = w.state[at + k] * s.skip + raw[at + k] * s.out;
      w.clean[at + k] = k == 0 ? clean : std::clamp(clean, -1.f, 1.f);
    }
  }
}

// One step from t to `next`. What is expected of the land is the mean of all that it could become,
// and grows apart from step to step; few steps would stop short, so each leads on the way.
void step(const Window& w, Cells cells, float t, float next, float lead) {
  for (int cell = cells.first; cell < cells.last; cell++) {
    const int64_t at = int64_t{cell} * kChannels;
    for (int k = 0; k < kChannels; k++) {
      const float clean = w.clean[at + k], led = clean + lead * (clean - w.previous[at + k]);
      const float land = k == 0 ? led : std::clamp(led, -1.f, 1.f);
      const float noise = (w.state[at + k] - (1.f - t) * land) / t;
      w.state[at + k] = (1.f - next) * land + next * noise;
      w.previous[at + k] = clean;
    }
  }
}

void write_tile(const Window& w, const float* attributes, float* out) {
  constexpr int kPlane = kTileCells * kTileCells, kFirstThing = kChannels - kThingClasses;
  Calibration things[kThingClasses];
  for (int c = 0; c < kThingClasses; c++) {
    things[c] = calibration(c, attributes[kThings + c]);
    if (attributes[kThings + c] > 0) raise_asked(w.clean, c, things[c]);
  }
  for (int cell = 0; cell < kPlane; cell++) {
    const float* from = w.clean + int64_t{window_cell(cell)} * kChannels;
    out[cell] = unwarp_height(from[0]) * kRelief;
    for (int k = 1; k < kChannels; k++) {
      const float share = share_of(from[k]);
      out[k * kPlane + cell] = k < kFirstThing ? share : things[k - kFirstThing].density(share);
    }
  }
}

}  // namespace

namespace {

// Which noise: of tile (ti, tj)'s window.
struct NoiseOf {
  uint32_t seed;
  int ti, tj;
};

void noise_rows(const NoiseOf& of, int first, int last, float* out) {
  for (int z = first; z < last; z++) {
    for (int x = 0; x < kWindowCells; x++) {
      const int world_x = of.ti * kTileCells + x - kMarginCells,
                world_z = of.tj * kTileCells + z - kMarginCells;
      for (uint32_t c = 0; c < kChannels; c++) {
        const uint32_t salt = of.seed * 7919u + c * 104729u;
        *out++ = normal_of(hash_cell(world_x, world_z, salt + 101u),
                           hash_cell(world_x, world_z, salt + 202u));
      }
    }
  }
}

void write_noise(Run& run, const NoiseOf& of, float* out) {
  each_cells(run, [&](Cells cells) {
    noise_rows(of, cells.first / kWindowCells, cells.last / kWindowCells,
               out + int64_t{cells.first} * kChannels);
  });
}

}  // namespace

void prior_noise(uint32_t seed, int ti, int tj, float* out) {
  noise_rows({seed, ti, tj}, 0, kWindowCells, out);
}

MapPrior::MapPrior(const Build& b, const Config& config)
    : config_(PriorConfig::read(config)), network_(b, config_) {}

std::span<const TileOffset> MapPrior::needed(int ti, int tj) {
  static constexpr TileOffset kSides[] = {{-1, 0}, {1, 0}};
  static constexpr TileOffset kRows[] = {{-1, -1}, {0, -1}, {1, -1}, {-1, 1}, {0, 1}, {1, 1}};
  static constexpr TileOffset kAll[] = {{-1, -1}, {0, -1}, {1, -1}, {-1, 0},
                                        {1, 0},   {-1, 1}, {0, 1},  {1, 1}};
  switch (parity(ti, tj)) {
    case 0: return {};
    case 1: return kSides;
    case 2: return kRows;
    default: return kAll;
  }
}

void MapPrior::generate_tile(Run& run, const PriorTile& tile, float* out) const {
  auto scratch = run.workspace.scope();
  auto floats = [&](int64_t channels) {
    return scratch.take(Dtype::f32, {1, kWindowCells, kWindowCells, channels});
  };
  const View state = floats(kChannels), noise = floats(kChannels), known = floats(kChannels),
             mask = floats(1), clean = floats(kChannels), previous = floats(kChannels),
             input = floats(PriorNetwork::kInputs), raw = floats(kChannels);
  const View condition = scratch.take(Dtype::f32, {1, config_.condition});
  const Window window{state.f32(), noise.f32(), known.f32(),
                      mask.f32(),  clean.f32(), previous.f32()};

  std::memset(window.known, 0, known.bytes());
  std::memset(window.mask, 0, mask.bytes());
  for (const TileOffset offset : needed(tile.ti, tile.tj)) {
    const float* maps = tile.neighbours[static_cast<size_t>((offset.dj + 1) * 3 + offset.di + 1)];
    if (maps == nullptr) {
      throw Error(ErrorCode::internal, "prior: tile (" + std::to_string(tile.ti) + ", " +
                                           std::to_string(tile.tj) + ") needs its neighbour at (" +
                                           std::to_string(offset.di) + ", " +
                                           std::to_string(offset.dj) + "), found none");
    }
    add_known(maps, offset, window.known, window.mask);
  }
  write_noise(run, {tile.seed, tile.ti, tile.tj}, window.noise);
  std::memcpy(window.state, window.noise, state.bytes());

  const std::array<float, kAttributes> shape = shape_attributes(tile.attributes);
  for (size_t k = 0; k < config_.times.size(); k++) {
    const float t = config_.times[k];
    const Scales scales = scales_at(t, config_.sigma_data);
    network_.embed(run, shape.data(), t, condition);
    each_cells(run, [&](Cells cells) { write_input(window, cells, t, scales.in, input.f32()); });
    network_(run, input, condition, raw);
    each_cells(run, [&](Cells cells) { read_output(window, cells, raw.f32(), scales); });
    if (k + 1 == config_.times.size()) break;
    if (k == 0) std::memcpy(window.previous, window.clean, clean.bytes());
    each_cells(run,
               [&](Cells cells) { step(window, cells, t, config_.times[k + 1], config_.lead); });
  }
  continue_neighbours(run, window.known, window.mask, window.clean);
  write_tile(window, shape.data(), out);
}

}  // namespace vita::world
