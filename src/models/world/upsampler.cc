#include "models/world/upsampler.h"

#include <algorithm>
#include <cmath>

#include "core/cpu.h"
#include "models/world/fine_noise.h"
#include "models/world/shape_attributes.h"

namespace vita::world {
namespace {

constexpr int kBorder = 4;  // 8 m cells around the tile: one for each convolution
constexpr int kSide = kTileFine / 2 + 2 * kBorder;  // 136
constexpr int kNoiseMargin = 2 * kBorder;           // fine cells
constexpr int kNoiseSide = kTileFine + 2 * kNoiseMargin;
constexpr int kNoises = 4;
constexpr int kMapInputs = 8, kInputs = kMapInputs + 16, kOutputs = 4 * kFineChannels;
constexpr int64_t kShares = 4;  // that cores may take of a loop over pixels
constexpr float kShoreMetres = 8.f, kHeightStep = 10.f;

// Quadratic B-spline, evaluated at `count` finer cells per coarse cell from `border` of them before
// the tile on. `sharpen` first undoes the spline's smoothing of cell means to first order.
AxisTaps spline_taps(int per_cell, int border, bool sharpen, bool derivative) {
  const int count = kTileCells * per_cell + 2 * border;
  AxisTaps axis;
  axis.taps = sharpen ? 5 : 3;
  for (int k = 0; k < count; k++) {
    const double position = (k - border + 0.5) / per_cell;
    const int cell = static_cast<int>(std::floor(position));
    const double u = position - cell - 0.5;
    const double values[3] = {derivative ? u - 0.5 : 0.5 * (0.5 - u) * (0.5 - u),
                              derivative ? -2 * u : 0.75 - u * u,
                              derivative ? u + 0.5 : 0.5 * (0.5 + u) * (0.5 + u)};
    double weights[5] = {};
    for (int tap = 0; tap < 3; tap++) {
      if (sharpen) {
        weights[tap] -= values[tap] / 6;
        weights[tap + 1] += values[tap] * 4 / 3;
        weights[tap + 2] -= values[tap] / 6;
      } else {
        weights[tap] = values[tap];
      }
    }
    axis.first.push_back(cell - 1 - (sharpen ? 1 : 0) + Upsampler::kMargin);
    for (int tap = 0; tap < axis.taps; tap++) {
      axis.weights.push_back(static_cast<float>(weights[tap] / (derivative ? kCellMetres : 1.f)));
    }
  }
  return axis;
}

// map: [38][38] -> out: [rows][columns]; scratch: [rows][38].
void interpolate(const AxisTaps& rows, const AxisTaps& columns, const float* map, float* scratch,
                 float* out) {
  const int height = static_cast<int>(rows.first.size()),
            width = static_cast<int>(columns.first.size());
  for (int z = 0; z < height; z++) {
    float* line = scratch + z * Upsampler::kWindow;
    std::fill_n(line, Upsampler::kWindow, 0.f);
    for (int tap = 0; tap < rows.taps; tap++) {
      const float weight = rows.weights[static_cast<size_t>(z * rows.taps + tap)];
      const float* from = map + (rows.first[static_cast<size_t>(z)] + tap) * Upsampler::kWindow;
      for (int x = 0; x < Upsampler::kWindow; x++) line[x] += weight * from[x];
    }
    for (int x = 0; x < width; x++) {
      const float* from = line + columns.first[static_cast<size_t>(x)];
      const float* weight = &columns.weights[static_cast<size_t>(x * columns.taps)];
      float sum = 0.f;
      for (int tap = 0; tap < columns.taps; tap++) sum += weight[tap] * from[tap];
      out[int64_t{z} * width + x] = sum;
    }
  }
}

Conv2dDesc conv(int64_t in, int64_t out) {
  constexpr int kBands = 2;  // a first tile is made by two cores, the same as one would make it
  return {.height = kSide, .width = kSide, .in = in, .out = out, .bands = kBands};
}

}  // namespace

void fine_noise_channel(uint32_t seed, int channel, double x0, double z0, int n, float* out) {
  auto* write =
      best_build(&baseline::write_fine_noise, &avx2::write_fine_noise, &avx512::write_fine_noise);
  write(seed, channel, static_cast<float>(x0), static_cast<float>(z0), n, out);
}

void fine_noise_region(uint32_t seed, double x0, double z0, int n, float* out) {
  for (int channel = 0; channel < kNoises; channel++, out += int64_t{n} * n)
    fine_noise_channel(seed, channel, x0, z0, n, out);
}

Upsampler::Upsampler(const Build& b, const Config& config)
    : backend_(&b.backend),
      width_(config.integer("width", 1, 256)),
      condition_(config.integer("condition", 1, 4096)),
      height8_(spline_taps(4, kBorder, true, false)),
      slope8_(spline_taps(4, kBorder, true, true)),
      cover8_(spline_taps(4, kBorder, false, false)),
      height4_(spline_taps(8, 0, true, false)),
      cover4_(spline_taps(8, 0, false, false)),
      embed_(b.at("embed"),
             {.rows_max = 1, .in = kAttributes, .out = condition_, .activation = Activation::silu}),
      conv1_(b.at("conv1"), conv(kInputs, width_)),
      film1_(b.at("film1"), 1, condition_, width_, Activation::relu),
      conv2_(b.at("conv2"), conv(width_, width_)),
      film2_(b.at("film2"), 1, condition_, width_, Activation::relu),
      conv3_(b.at("conv3"), conv(width_, width_)),
      film3_(b.at("film3"), 1, condition_, width_, Activation::relu),
      head_(b.at("head"), conv(width_, kOutputs)) {}

void Upsampler::gather_window(const std::array<const float*, 9>& tiles, float* window) {
  auto side_of = [](int at) { return at < 0 ? -1 : (at >= kTileCells ? 1 : 0); };
  for (int c = 0; c < kFineChannels; c++) {
    for (int z = -kMargin; z < kTileCells + kMargin; z++) {
      for (int x = -kMargin; x < kTileCells + kMargin; x++) {
        const int di = side_of(x), dj = side_of(z);
        const float* maps = tiles[static_cast<size_t>((dj + 1) * 3 + di + 1)];
        int tile_x = x - di * kTileCells, tile_z = z - dj * kTileCells;
        if (maps == nullptr) {
          maps = tiles[4];
          tile_x = std::clamp(x, 0, kTileCells - 1);
          tile_z = std::clamp(z, 0, kTileCells - 1);
        }
        *window++ = maps[(c * kTileCells + tile_z) * kTileCells + tile_x];
      }
    }
  }
}

void Upsampler::write_input(Run& run, const Tile& tile, const View& input) const {
  constexpr int kMaps = 6;  // height, east, south, mix, rock, cap
  constexpr int64_t kPlane = int64_t{kSide} * kSide, kNoisePlane = int64_t{kNoiseSide} * kNoiseSide;
  constexpr int64_t kLines = int64_t{kSide} * kWindow;
  auto scratch = run.workspace.scope();
  float* planes = scratch.take(Dtype::f32, {kMaps, kSide, kSide}).f32();
  float* lines = scratch.take(Dtype::f32, {kMaps, kSide, kWindow}).f32();
  float* noise = scratch.take(Dtype::f32, {kNoises, kNoiseSide, kNoiseSide}).f32();
  const double edge = static_cast<double>(kNoiseMargin) * kFineMetres;
  run.stream.each(kNoises + kMaps, [&](int64_t task) {
    if (task < kNoises) {
      return fine_noise_channel(tile.seed, static_cast<int>(task),
                                static_cast<double>(tile.ti) * kTileMetres - edge,
                                static_cast<double>(tile.tj) * kTileMetres - edge, kNoiseSide,
                                noise + task * kNoisePlane);
    }
    const int64_t map = task - kNoises, channel = std::max<int64_t>(map - 2, 0);
    const AxisTaps& rows = map == 2 ? slope8_ : channel == 0 ? height8_ : cover8_;
    const AxisTaps& columns = map == 1 ? slope8_ : channel == 0 ? height8_ : cover8_;
    interpolate(rows, columns, tile.window + channel * kWindow * kWindow, lines + map * kLines,
                planes + map * kPlane);
  });
  run.stream.each(kShares, [&](int64_t share) {
    const int64_t first = kSide * share / kShares, last = kSide * (share + 1) / kShares;
    float* to = input.f32() + first * kSide * kInputs;
    for (int64_t at = first * kSide; at < last * kSide; at++, to += kInputs) {
      const float height = planes[at] * kHeightScale, east = planes[kPlane + at] * kHeightScale,
                  south = planes[2 * kPlane + at] * kHeightScale;
      to[0] = planes[at];
      to[1] = height / (std::abs(height) + kShoreMetres);
      to[2] = east;
      to[3] = south;
      to[4] = std::sqrt(east * east + south * south);
      for (int c = 0; c < 3; c++) to[5 + c] = planes[(3 + c) * kPlane + at] * 2.f - 1.f;
      const int64_t z = at / kSide, x = at % kSide;
      for (int c = 0; c < 16; c++) {
        to[kMapInputs + c] =
            noise[((c / 4) * kNoiseSide + 2 * z + (c / 2) % 2) * kNoiseSide + 2 * x + c % 2];
      }
    }
  });
}

void Upsampler::network(Run& run, const float* attributes, const View& input,
                        const View& added) const {
  auto scratch = run.workspace.scope();
  const View said = scratch.take(Dtype::f32, {1, kAttributes}),
             condition = scratch.take(Dtype::f32, {1, condition_});
  const View a = scratch.take(Dtype::f32, {1, kSide, kSide, width_}),
             b = scratch.take(Dtype::f32, a.shape);
  std::copy_n(attributes, kAttributes, said.f32());
  embed_(run, said, condition);
  conv1_(run, input, a);
  film1_(run, a, condition, a);
  conv2_(run, a, b);
  film2_(run, b, condition, b);
  conv3_(run, b, a);
  film3_(run, a, condition, a);
  head_(run, a, added);
}

void Upsampler::run(Run& run, const Tile& tile, float* fine) const {
  constexpr int64_t kLines = int64_t{kTileFine} * kWindow;
  auto scratch = run.workspace.scope();
  const View input = scratch.take(Dtype::f32, {1, kSide, kSide, kInputs});
  const View added = scratch.take(Dtype::f32, {1, kSide, kSide, kOutputs});
  float* lines = scratch.take(Dtype::f32, {kFineChannels, kTileFine, kWindow}).f32();
  write_input(run, tile, input);
  network(run, shape_attributes(tile.attributes).data(), input, added);
  run.stream.each(kFineChannels, [&](int64_t c) {
    const AxisTaps& axis = c == 0 ? height4_ : cover4_;
    float* out = fine + c * kTileFine * kTileFine;
    interpolate(axis, axis, tile.window + c * kWindow * kWindow, lines + c * kLines, out);
    for (int z = 0; z < kTileFine; z++) {
      for (int x = 0; x < kTileFine; x++, out++) {
        const int64_t cell = int64_t{z / 2 + kBorder} * kSide + x / 2 + kBorder;
        const float residual = added.f32()[cell * kOutputs + c * 4 + (z & 1) * 2 + (x & 1)];
        *out = c == 0 ? *out * kHeightScale + residual * kHeightStep
                      : std::clamp(*out + residual, 0.f, 1.f);
      }
    }
  });
}

}  // namespace vita::world
