// The flows of the world model against PyTorch, layer by layer and whole, on every backend.
#include <algorithm>
#include <map>
#include <vector>

#include "core/error.h"
#include "models/world/hash_noise.h"
#include "models/world/look_flow.h"
#include "models/world/map_prior.h"
#include "models/world/shape_attributes.h"
#include "models/world/upsampler.h"
#include "prior/fixture.h"

namespace vita::world {
namespace {

constexpr uint32_t kSeed = 1234;
constexpr int kTileX = 3, kTileZ = -5;
constexpr float kTolerance = 1e-3f;

class Flows : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Backend> backend =
      GetParam() == std::string("ref") ? make_ref_backend() : make_cpu_backend();
  std::unique_ptr<Stream> stream = backend->stream(1);
  Workspace workspace;
  vita::Run run{*stream, workspace};

  void SetUp() override { stream->attach(); }
  Build build(const Fixture& f, const char* name) const {
    return {*backend, WeightScope(*f.file, name)};
  }
};

INSTANTIATE_TEST_SUITE_P(Backends, Flows, testing::Values("ref", "cpu"),
                         [](const auto& info) { return std::string(info.param); });

// Every stride-th pixel of [side][side][channels] along both axes.
std::vector<float> thinned(const float* pixels, int side, int channels, int stride) {
  std::vector<float> out;
  for (int z = 0; z < side; z += stride) {
    for (int x = 0; x < side; x += stride) {
      const float* from = pixels + (int64_t{z} * side + x) * channels;
      out.insert(out.end(), from, from + channels);
    }
  }
  return out;
}

TEST(PriorNoise, IsWhatPythonMakes) {
  const Fixture f("prior");
  std::vector<float> noise(kWindowCells * kWindowCells * kMapChannels);
  prior_noise(kSeed, kTileX, kTileZ, noise.data());
  EXPECT_LT(
      difference(thinned(noise.data(), kWindowCells, kMapChannels, 5), f.tensor("expected.noise")),
      1e-5f);
}

TEST(PriorNoise, BelongsToPlacesOfTheWorld) {
  std::vector<float> here(kWindowCells * kWindowCells * kMapChannels), east(here.size());
  prior_noise(kSeed, 4, 7, here.data());
  prior_noise(kSeed, 5, 7, east.data());
  const int row = 20 * kWindowCells;
  EXPECT_EQ(here[(row + kTileCells + 3) * kMapChannels], east[(row + 3) * kMapChannels]);
  EXPECT_NE(here[row * kMapChannels], east[row * kMapChannels]);
}

TEST_P(Flows, PriorNetworkMatches) {
  const Fixture f("prior");
  const PriorConfig config = PriorConfig::read(f.config);
  const PriorNetwork network(build(f, "prior"), config);
  std::vector<float> noise(kWindowCells * kWindowCells * kMapChannels), other(noise.size());
  prior_noise(kSeed, kTileX, kTileZ, noise.data());
  prior_noise(kSeed, 0, 1, other.data());

  auto scratch = workspace.scope();
  const View condition = scratch.take(Dtype::f32, {1, config.condition});
  const auto shape = shape_attributes(f.attributes());
  network.embed(run, shape.data(), 0.6f, condition);
  EXPECT_LT(difference({condition.f32(), static_cast<size_t>(config.condition)},
                       f.tensor("expected.condition")),
            kTolerance);

  const View input =
      scratch.take(Dtype::f32, {1, kWindowCells, kWindowCells, PriorNetwork::kInputs});
  const View out = scratch.take(Dtype::f32, {1, kWindowCells, kWindowCells, kMapChannels});
  float* to = input.f32();
  for (size_t at = 0; at < noise.size(); at += kMapChannels, to += PriorNetwork::kInputs) {
    std::copy_n(&noise[at], kMapChannels, to);
    std::copy_n(&other[at], kMapChannels, to + kMapChannels);
    to[2 * kMapChannels] = noise[at] > 0.f ? 1.f : 0.f;
  }
  network(run, input, condition, out);
  EXPECT_LT(difference({out.f32(), noise.size()}, f.tensor("expected.raw")), kTolerance);
}

// Tiles of a world, each made after those it leans on.
struct GrownWorld {
  const MapPrior& prior;
  Run& run;
  std::array<float, kAttributes> attributes;
  std::map<std::pair<int, int>, std::vector<float>> tiles;

  const std::vector<float>& tile(int ti, int tj) {
    if (auto found = tiles.find({ti, tj}); found != tiles.end()) return found->second;
    PriorTile request{.seed = kSeed, .ti = ti, .tj = tj, .attributes = attributes};
    for (const TileOffset o : MapPrior::needed(ti, tj)) {
      request.neighbours[static_cast<size_t>((o.dj + 1) * 3 + o.di + 1)] =
          tile(ti + o.di, tj + o.dj).data();
    }
    std::vector<float> out(MapPrior::kTileFloats);
    prior.generate_tile(run, request, out.data());
    return tiles[{ti, tj}] = std::move(out);
  }
};

TEST_P(Flows, PriorTilesMatch) {
  const Fixture f("prior");
  const MapPrior prior(build(f, "prior"), f.config);
  GrownWorld world{prior, run, f.attributes(), {}};
  // The plain loops of the reference are slow: one step of the chain has to do there.
  const std::vector<std::pair<int, int>> all = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
  const size_t count = GetParam() == std::string("ref") ? 1 : all.size();
  for (const auto& [i, j] : std::span(all).first(count)) {
    const std::string name = "expected.tile_" + std::to_string(i) + "_" + std::to_string(j);
    EXPECT_LT(difference(world.tile(i, j), f.tensor(name)), kTolerance) << name;
  }
}

TEST_P(Flows, PriorRefusesToGuessAtMissingNeighbours) {
  const Fixture f("prior");
  const MapPrior prior(build(f, "prior"), f.config);
  std::vector<float> out(MapPrior::kTileFloats);
  const auto attributes = f.attributes();
  const PriorTile request{.seed = kSeed, .ti = 1, .tj = 0, .attributes = attributes};
  EXPECT_THROW(prior.generate_tile(run, request, out.data()), Error);
}

TEST_P(Flows, UpsamplerMatches) {
  const Fixture f("upsampler");
  const Upsampler upsampler(build(f, "upsampler"), f.config);
  const auto attributes = f.attributes();
  const Upsampler::Tile tile{.seed = kSeed,
                             .ti = kTileX,
                             .tj = kTileZ,
                             .attributes = attributes,
                             .window = f.tensor("window").data()};
  constexpr int kSide = 136;
  auto scratch = workspace.scope();
  const View input = scratch.take(Dtype::f32, {1, kSide, kSide, 24});
  const View added = scratch.take(Dtype::f32, {1, kSide, kSide, 16});
  upsampler.write_input(run, tile, input);
  EXPECT_LT(difference(thinned(input.f32(), kSide, 24, 7), f.tensor("expected.input")), kTolerance);
  upsampler.network(run, shape_attributes(attributes).data(), input, added);
  EXPECT_LT(difference(thinned(added.f32(), kSide, 16, 7), f.tensor("expected.added")), kTolerance);

  std::vector<float> fine(kFineChannels * kTileFine * kTileFine), thin;
  upsampler.run(run, tile, fine.data());
  for (int c = 0; c < kFineChannels; c++) {
    const auto plane =
        thinned(&fine[static_cast<size_t>(c * kTileFine * kTileFine)], kTileFine, 1, 5);
    const size_t per_plane = plane.size();
    EXPECT_LT(difference(plane, f.tensor("expected.fine").subspan(c * per_plane, per_plane)),
              kTolerance)
        << "channel " << c;
  }
}

TEST(Upsampler, WindowRepeatsTheBorderWhereANeighbourIsMissing) {
  std::vector<float> centre(MapPrior::kTileFloats), west(centre.size());
  for (size_t k = 0; k < centre.size(); k++) centre[k] = static_cast<float>(k);
  for (size_t k = 0; k < west.size(); k++) west[k] = -static_cast<float>(k);
  std::array<const float*, 9> tiles{};
  tiles[4] = centre.data();
  tiles[3] = west.data();
  std::vector<float> window(Upsampler::kWindowFloats);
  Upsampler::gather_window(tiles, window.data());
  auto at = [&](int z, int x) {
    return window[static_cast<size_t>((z + Upsampler::kMargin) * Upsampler::kWindow + x +
                                      Upsampler::kMargin)];
  };
  EXPECT_EQ(at(5, 6), centre[5 * kTileCells + 6]);
  EXPECT_EQ(at(5, -1), west[5 * kTileCells + kTileCells - 1]);
  EXPECT_EQ(at(5, kTileCells + 2), centre[5 * kTileCells + kTileCells - 1]);
  EXPECT_EQ(at(-2, 6), centre[6]);
}

TEST_P(Flows, LooksMatch) {
  const Fixture f("look");
  const LookFlow flow(build(f, "look"), f.config);
  for (const uint32_t seed : {0u, 7u, 4000000000u}) {
    std::array<float, kLook> look;
    flow.sample(run, f.attributes(), seed, look);
    EXPECT_LT(difference(look, f.tensor("expected.look_" + std::to_string(seed))), kTolerance);
    EXPECT_NEAR(look[0] * look[0] + look[1] * look[1] + look[2] * look[2], 1.f, 1e-5f);
  }
}

}  // namespace
}  // namespace vita::world
