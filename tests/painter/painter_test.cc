// The whole painter and its parts against PyTorch, with the trained weights.
#include "models/world/painter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>

#include "core/error.h"
#include "models/world/pixel_mlp.h"
#include "models/world/to_i420.h"
#include "stream/count_allocations.h"
#include "weights/weight_file.h"

namespace vita::world {
namespace {

struct Picture {
  Picture(int width, int height)
      : y(static_cast<size_t>(width) * height),
        u(y.size() / 4),
        v(y.size() / 4),
        view{y.data(), u.data(), v.data(), width, height, width, width / 2} {}
  bool operator==(const Picture& other) const {
    return y == other.y && u == other.u && v == other.v;
  }
  std::vector<uint8_t> y, u, v;
  FrameView view;
};

class PainterTest : public testing::Test {
 protected:
  PainterTest()
      : weights_(WeightFile::open("training/weights/painter.safetensors")),
        fixtures_(WeightFile::open("tests/fixtures/painter/painter.safetensors")),
        config_(Config::load("training/weights/painter.json").at("config")),
        backend_(make_cpu_backend()),
        stream_(backend_->stream(1)) {
    stream_->attach();
    const TensorView& planes = fixture("planes");
    height_ = static_cast<int>(planes.shape[1]) * 2;
    width_ = static_cast<int>(planes.shape[2]) * 2;
  }

  const TensorView& fixture(const char* name) { return WeightScope(*fixtures_).view(name); }
  std::span<const float> floats(const char* name) {
    const TensorView& t = fixture(name);
    return {reinterpret_cast<const float*>(t.data), t.size / sizeof(float)};
  }
  GuideView guide() {
    const auto bytes = [](const TensorView& t) {
      return const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(t.data));
    };
    return {bytes(fixture("planes")), bytes(fixture("kinds"))};
  }
  Painter painter() const {
    return Painter({*backend_, WeightScope(*weights_, "painter")}, config_, width_, height_);
  }

  std::shared_ptr<const WeightFile> weights_, fixtures_;
  Config config_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Stream> stream_;
  Workspace workspace_;
  vita::Run run_{*stream_, workspace_};
  int width_ = 0, height_ = 0;
};

void expect_near(std::span<const float> found, std::span<const float> expected, float tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  float worst = 0;
  for (size_t i = 0; i < found.size(); i++) {
    worst = std::max(worst, std::abs(found[i] - expected[i]) / (1.f + std::abs(expected[i])));
  }
  EXPECT_LT(worst, tolerance);
}

TEST_F(PainterTest, ReadsEveryWeight) {
  const Painter p = painter();
  EXPECT_NO_THROW(WeightScope(*weights_, "painter").check_all_read());
}

TEST_F(PainterTest, FoldsTheLookAsPyTorch) {
  const Painter p = painter();
  PaintedScene scene = p.scene();
  p.fold(run_, floats("look").data(), scene);
  expect_near(scene.stem_film, floats("stem_film"), 1e-4f);
  expect_near(scene.coarse_film, floats("coarse_film"), 1e-4f);
  expect_near(scene.refine_film, floats("refine_film"), 1e-4f);
}

TEST_F(PainterTest, ShadesPixelsAsPyTorch) {
  const Painter p = painter();
  PaintedScene scene = p.scene();
  p.fold(run_, floats("look").data(), scene);
  const int rows = height_ / 4, columns = width_ / 4;
  std::vector<float> blocks(static_cast<size_t>(rows + 2) * (columns + 2) * kBlockChannels);
  run_pixel_mlp(
      {guide().planes, guide().kinds, width_ / 2, height_ / 2, scene.pixel.data(), blocks.data()});
  const std::span<const float> expected = floats("blocks");
  for (int y = 0; y < rows; y++) {
    const size_t length = static_cast<size_t>(columns) * kBlockChannels;
    const float* found =
        blocks.data() + (static_cast<size_t>(y + 1) * (columns + 2) + 1) * kBlockChannels;
    expect_near({found, length}, expected.subspan(y * length, length), 1e-3f);
  }
}

TEST_F(PainterTest, TrunkMatchesPyTorch) {
  const Painter p = painter();
  PaintedScene scene = p.scene();
  p.fold(run_, floats("look").data(), scene);
  const int rows = height_ / 4, columns = width_ / 4;
  const std::span<const float> inner = floats("blocks");
  std::vector<float> blocks(static_cast<size_t>(rows + 2) * (columns + 2) * kBlockChannels);
  for (int y = 0; y < rows + 2; y++) {
    for (int x = 0; x < columns + 2; x++) {
      const int sy = std::clamp(y - 1, 0, rows - 1), sx = std::clamp(x - 1, 0, columns - 1);
      std::copy_n(inner.data() + (static_cast<size_t>(sy) * columns + sx) * kBlockChannels,
                  kBlockChannels,
                  blocks.data() + (static_cast<size_t>(y) * (columns + 2) + x) * kBlockChannels);
    }
  }
  std::vector<float> head(static_cast<size_t>(rows) * columns * kHeadChannels);
  p.trunk(run_, View(blocks.data(), {1, rows + 2, columns + 2, kBlockChannels}), scene,
          View(head.data(), {1, rows, columns, kHeadChannels}));
  expect_near(head, floats("head"), 1e-3f);
}

TEST_F(PainterTest, PaintsTheFrameThatPyTorchPaints) {
  const Painter p = painter();
  PaintedScene scene = p.scene();
  p.fold(run_, floats("look").data(), scene);
  Picture picture(width_, height_);
  p.paint(run_, guide(), scene, picture.view);
  const std::span<const float> luma = floats("luma"), chroma = floats("chroma");
  const auto clamped = [](float v) { return std::clamp(v, 0.f, 255.f); };
  for (size_t i = 0; i < picture.y.size(); i++) {
    ASSERT_NEAR(picture.y[i], clamped(16.f + 219.f * luma[i]), 1.3f) << "luma " << i;
  }
  for (size_t i = 0; i < picture.u.size(); i++) {
    ASSERT_NEAR(picture.u[i], clamped(128.f + 224.f * chroma[i]), 1.3f) << "U " << i;
    ASSERT_NEAR(picture.v[i], clamped(128.f + 224.f * chroma[picture.u.size() + i]), 1.3f)
        << "V " << i;
  }
}

TEST_F(PainterTest, PaintsRepeatably) {
  const Painter p = painter();
  PaintedScene scene = p.scene();
  Picture first(width_, height_), second(width_, height_);
  p.fold(run_, floats("look").data(), scene);
  p.paint(run_, guide(), scene, first.view);
  p.fold(run_, floats("look").data(), scene);
  p.paint(run_, guide(), scene, second.view);
  EXPECT_TRUE(first == second);
}

// On the reference backend, because oneDNN allocates a little inside each of its calls.
TEST_F(PainterTest, DoesNotAllocateAfterTheFirstFrame) {
  const std::unique_ptr<Backend> reference = make_ref_backend();
  const std::unique_ptr<Stream> stream = reference->stream(1);
  vita::Run run{*stream, workspace_};
  const Painter p({*reference, WeightScope(*weights_, "painter")}, config_, width_, height_);
  PaintedScene scene = p.scene();
  Picture picture(width_, height_);
  p.fold(run, floats("look").data(), scene);
  p.paint(run, guide(), scene, picture.view);
  const long before = allocation_count();
  p.fold(run, floats("look").data(), scene);
  p.paint(run, guide(), scene, picture.view);
  EXPECT_EQ(allocation_count(), before);
}

TEST_F(PainterTest, TwoThreadsPaintTheSame) {
  const Painter p = painter();
  PaintedScene scene = p.scene();
  p.fold(run_, floats("look").data(), scene);
  Picture expected(width_, height_), pictures[2] = {expected, expected};
  for (Picture& picture : pictures) picture = Picture(width_, height_);
  p.paint(run_, guide(), scene, expected.view);
  std::vector<std::thread> threads;
  for (Picture& picture : pictures) {
    picture.view = {picture.y.data(), picture.u.data(), picture.v.data(), width_,
                    height_,          width_,           width_ / 2};
    threads.emplace_back([&] {
      const std::unique_ptr<Stream> stream = backend_->stream(1);
      stream->attach();
      Workspace workspace;
      vita::Run run{*stream, workspace};
      for (int k = 0; k < 5; k++) p.paint(run, guide(), scene, picture.view);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(pictures[0] == expected);
  EXPECT_TRUE(pictures[1] == expected);
}

TEST_F(PainterTest, RefusesWhatItCannotPaint) {
  const Build b{*backend_, WeightScope(*weights_, "painter")};
  EXPECT_THROW(Painter(b, config_, 1280, 724), Error);
  EXPECT_THROW(Painter(b, config_, 0, 0), Error);
  const Config other = Config::parse(
      R"({"look": 28, "planes": 20, "kinds": 4, "code": 96, "pixel": [32, 24, 12], "trunk": 32, "coarse": 64})",
      "test");
  try {
    Painter(b, other, 64, 64);
    FAIL() << "a look of 28 values was taken";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("look is 28, expected 49"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace vita::world
