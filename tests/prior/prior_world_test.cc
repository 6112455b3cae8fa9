// Worlds grown with the weights that the project ships: the same along every path, and without
// seams.
#include <cmath>
#include <filesystem>
#include <map>
#include <vector>

#include "models/world/map_prior.h"
#include "models/world/upsampler.h"
#include "prior/fixture.h"

namespace vita::world {
namespace {

constexpr const char* kWeights = "training/weights/";

struct Shipped {
  explicit Shipped(const std::string& name)
      : file(WeightFile::open(kWeights + name + ".safetensors")),
        config(Config::load(kWeights + name + ".json").at("config")) {}
  std::shared_ptr<const WeightFile> file;
  Config config;
};

class PriorWorld : public testing::Test {
 protected:
  std::unique_ptr<Backend> backend = make_cpu_backend(2);
  Shipped prior_files{"prior"}, upsampler_files{"upsampler"};
  MapPrior prior{{*backend, WeightScope(*prior_files.file, "prior")}, prior_files.config};
  Upsampler upsampler{{*backend, WeightScope(*upsampler_files.file, "upsampler")},
                      upsampler_files.config};
};

struct World {
  const MapPrior& prior;
  Run& run;
  uint32_t seed;
  std::array<float, kAttributes> attributes{};
  std::map<std::pair<int, int>, std::vector<float>> tiles;

  const std::vector<float>& tile(int ti, int tj) {
    if (auto found = tiles.find({ti, tj}); found != tiles.end()) return found->second;
    PriorTile request{.seed = seed, .ti = ti, .tj = tj, .attributes = attributes};
    for (const TileOffset o : MapPrior::needed(ti, tj)) {
      request.neighbours[static_cast<size_t>((o.dj + 1) * 3 + o.di + 1)] =
          tile(ti + o.di, tj + o.dj).data();
    }
    std::vector<float> out(MapPrior::kTileFloats);
    prior.generate_tile(run, request, out.data());
    return tiles[{ti, tj}] = std::move(out);
  }
};

TEST_F(PriorWorld, IsTheSameAlongEveryPath) {
  const std::pair<int, int> there[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
  std::map<std::pair<int, int>, std::vector<float>> first;
  for (int way = 0; way < 2; way++) {
    const auto stream = backend->stream(1);
    stream->attach();
    Workspace workspace;
    vita::Run run{*stream, workspace};
    World world{prior, run, 77};
    world.attributes[kBiome] = 1.f;
    for (int k = 0; k < 4; k++) {
      const auto at = there[way == 0 ? k : 3 - k];
      const std::vector<float>& tile = world.tile(at.first, at.second);
      if (way == 0) first[at] = tile;
      if (way == 1) EXPECT_EQ(first[at], tile) << at.first << ", " << at.second;
    }
  }
}

// The first tile of a world is made by all cores, the others by one in the background.
TEST_F(PriorWorld, IsTheSameForEveryNumberOfCores) {
  ThreadPool pool({.threads = 2});
  std::vector<float> tiles[3], fine[3];
  for (int cores = 1; cores <= 3; cores++) {
    Crew crew(pool, cores);
    const auto stream = cores == 1 ? backend->stream(1) : backend->stream(crew);
    Workspace workspace;
    vita::Run run{*stream, workspace};
    World world{prior, run, 77};
    world.attributes[kBiome + 2] = 1.f;
    auto& tile = tiles[cores - 1];
    fine[cores - 1].resize(size_t{kFineChannels} * kTileFine * kTileFine);
    crew.lead([&] {
      stream->attach();
      tile = world.tile(0, 0);
      std::array<const float*, 9> around{};
      around[4] = tile.data();
      std::vector<float> window(Upsampler::kWindowFloats);
      Upsampler::gather_window(around, window.data());
      upsampler.run(run, {77, 0, 0, world.attributes, window.data()}, fine[cores - 1].data());
    });
    EXPECT_EQ(tiles[0], tile) << cores << " cores";
    EXPECT_EQ(fine[0], fine[cores - 1]) << cores << " cores";
  }
}

TEST_F(PriorWorld, AnotherSeedIsAnotherPlace) {
  const auto stream = backend->stream(1);
  stream->attach();
  Workspace workspace;
  vita::Run run{*stream, workspace};
  World one{prior, run, 1}, other{prior, run, 2};
  one.attributes[kBiome] = other.attributes[kBiome] = 1.f;
  double sum = 0;
  for (int k = 0; k < kTileCells * kTileCells; k++) {
    sum +=
        std::abs(one.tile(0, 0)[static_cast<size_t>(k)] - other.tile(0, 0)[static_cast<size_t>(k)]);
  }
  EXPECT_GT(sum / (kTileCells * kTileCells) * kHeightScale, 5.0) << "metres of mean difference";
}

// A tower is rare on islands: the flow alone makes too little of it to ever be met with.
TEST_F(PriorWorld, ThingsThatWereAskedForStandOnTheFirstTile) {
  const auto stream = backend->stream(1);
  stream->attach();
  Workspace workspace;
  vita::Run run{*stream, workspace};
  constexpr int kCells = kTileCells * kTileCells, kTower = 7;
  for (uint32_t seed = 0; seed < 3; seed++) {
    float cells[2] = {};
    for (int asked = 0; asked < 2; asked++) {
      World world{prior, run, seed};
      world.attributes[kBiome + 7] = 1.f;
      world.attributes[kThings + kTower] = static_cast<float>(asked);
      const std::vector<float>& tile = world.tile(0, 0);
      const float* density = tile.data() + (kMapChannels - kThingClasses + kTower) * kCells;
      for (int k = 0; k < kCells; k++) {
        if (tile[static_cast<size_t>(k)] > 0) cells[asked] += density[k];
      }
    }
    EXPECT_GT(cells[1], 20) << "seed " << seed << ", cells of density 1";
    EXPECT_LT(cells[0], 10) << "seed " << seed;
  }
}

// Root mean square step between neighbouring cells of channel 0, inside the tiles and across their
// borders.
struct Steps {
  double inside = 0, across = 0;
  int64_t inside_count = 0, across_count = 0;
  void add(double step, bool crosses) {
    (crosses ? across : inside) += step * step;
    (crosses ? across_count : inside_count)++;
  }
  double ratio() const {
    return std::sqrt(across / static_cast<double>(across_count)) /
           std::sqrt(inside / static_cast<double>(inside_count));
  }
};

// height(x, z) over tiles x tiles tiles of `cells` cells.
template <typename Height>
double seam_ratio(int tiles, int cells, Height height) {
  Steps steps;
  for (int z = 0; z + 1 < tiles * cells; z++) {
    for (int x = 0; x + 1 < tiles * cells; x++) {
      steps.add(height(x + 1, z) - height(x, z), (x + 1) % cells == 0);
      steps.add(height(x, z + 1) - height(x, z), (z + 1) % cells == 0);
    }
  }
  return steps.ratio();
}

TEST_F(PriorWorld, HasNoSeams) {
  const auto stream = backend->stream(1);
  stream->attach();
  Workspace workspace;
  vita::Run run{*stream, workspace};
  double coarse = 0, fine = 0;
  for (int biome = 0; biome < kBiomes; biome += 2) {
    World world{prior, run, static_cast<uint32_t>(100 + biome)};
    world.attributes[static_cast<size_t>(kBiome + biome)] = 1.f;
    coarse += seam_ratio(3, kTileCells, [&](int x, int z) {
      const auto& maps = world.tile(x / kTileCells, z / kTileCells);
      return maps[static_cast<size_t>(z % kTileCells * kTileCells + x % kTileCells)] * kHeightScale;
    });
    std::vector<float> pieces[4];
    for (int k = 0; k < 4; k++) {
      std::array<const float*, 9> around;
      for (int n = 0; n < 9; n++) {
        around[static_cast<size_t>(n)] = world.tile(k % 2 + n % 3 - 1, k / 2 + n / 3 - 1).data();
      }
      std::vector<float> window(Upsampler::kWindowFloats);
      Upsampler::gather_window(around, window.data());
      pieces[k].resize(kFineChannels * kTileFine * kTileFine);
      upsampler.run(run, {world.seed, k % 2, k / 2, world.attributes, window.data()},
                    pieces[k].data());
    }
    fine += seam_ratio(2, kTileFine, [&](int x, int z) {
      return pieces[z / kTileFine * 2 + x / kTileFine]
                   [static_cast<size_t>(z % kTileFine * kTileFine + x % kTileFine)];
    });
  }
  EXPECT_LT(coarse / (kBiomes / 2), 1.15);
  EXPECT_LT(fine / (kBiomes / 2), 1.15);
}

}  // namespace
}  // namespace vita::world
