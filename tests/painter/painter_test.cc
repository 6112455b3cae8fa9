// The whole painter in integers, with hashed weights: against PyTorch, and against itself however
// it is run.
#include "models/world/painter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "painter/painter_fixture.h"
#include "stream/count_allocations.h"

namespace vita::world {
namespace {

constexpr int kWidth = test::PainterFixture::kWidth, kHeight = test::PainterFixture::kHeight;

struct Picture {
  std::vector<uint8_t> y = std::vector<uint8_t>(size_t{kWidth} * kHeight);
  std::vector<uint8_t> u = std::vector<uint8_t>(y.size() / 4), v = u;
  FrameView view() { return {y.data(), u.data(), v.data(), kWidth, kHeight, kWidth, kWidth / 2}; }
  bool operator==(const Picture&) const = default;
};

struct Part {
  int number, of;
};
void paint_part(const Painter& p, Workspace& workspace, const PaintJob& job, Part part) {
  constexpr int kUnits = kHeight / kRowsTogether;
  p.paint_rows(workspace, job, part.number * kUnits / part.of,
               (part.number + 1) * kUnits / part.of);
}

class PainterTest : public testing::Test {
 protected:
  Painter painter(Isa isa = cpu_isa()) const {
    return {fixture_.weights(), test::painter_config(), isa};
  }
  PaintedScene scene_of(const Painter& p) const {
    PaintedScene scene = p.scene();
    p.fold(fixture_.look(), scene);
    return scene;
  }
  Picture painted(const Painter& p) const {
    const PaintedScene scene = scene_of(p);
    Workspace workspace;
    Picture picture;
    p.paint(workspace, {fixture_.guide(), scene, picture.view()});
    return picture;
  }

  test::PainterFixture fixture_;
};

struct Difference {
  double psnr, worst;
};

// Against PyTorch's values as they would be in studio swing with fractions.
Difference difference(const std::vector<uint8_t>& found, std::span<const float> expected,
                      float middle, float swing) {
  EXPECT_EQ(found.size(), expected.size());
  double squares = 0, worst = 0;
  for (size_t i = 0; i < found.size(); i++) {
    const double wanted = std::clamp(middle + swing * expected[i], 0.f, 255.f);
    worst = std::max(worst, std::abs(found[i] - wanted));
    squares += (found[i] - wanted) * (found[i] - wanted);
  }
  return {10 * std::log10(255. * 255. * static_cast<double>(found.size()) / squares), worst};
}

TEST_F(PainterTest, ReadsEveryWeight) {
  painter();
  EXPECT_NO_THROW(fixture_.weights().check_all_read());
}

TEST_F(PainterTest, PaintsWhatPyTorchPaints) {
  const Picture picture = painted(painter());
  const std::span<const float> chroma = fixture_.floats("chroma");
  const size_t plane = chroma.size() / 2;
  const Difference y = difference(picture.y, fixture_.floats("luma"), 16, 219),
                   u = difference(picture.u, chroma.first(plane), 128, 224),
                   v = difference(picture.v, chroma.subspan(plane), 128, 224);
  for (const Difference& d : {y, u, v}) {
    EXPECT_GT(d.psnr, 50);
    EXPECT_LT(d.worst, 2.5);
  }
  // Else the bounds above would say little.
  const auto [low, high] = std::minmax_element(picture.y.begin(), picture.y.end());
  EXPECT_GT(*high - *low, 100);
}

TEST_F(PainterTest, PaintsRepeatably) {
  const Painter p = painter();
  const Picture first = painted(p);
  EXPECT_TRUE(painted(p) == first);
  EXPECT_TRUE(painted(painter()) == first);
}

TEST_F(PainterTest, PartsMakeTheWhole) {
  const Painter p = painter();
  const PaintedScene scene = scene_of(p);
  const Picture whole = painted(p);
  for (int parts : {2, 3, 5, kHeight / 4, kHeight / 4 + 3}) {
    Workspace workspace;
    Picture picture;
    const PaintJob job{fixture_.guide(), scene, picture.view()};
    // From below, so that no part can live on what another left in the workspace.
    for (int part = parts - 1; part >= 0; part--) paint_part(p, workspace, job, {part, parts});
    EXPECT_TRUE(picture == whole) << parts << " parts";
  }
}

TEST_F(PainterTest, WritesOnlyItsPart) {
  const Painter p = painter();
  const PaintedScene scene = scene_of(p);
  Workspace workspace;
  Picture picture, before;
  for (Picture* each : {&picture, &before}) {
    for (std::vector<uint8_t>* plane : {&each->y, &each->u, &each->v}) {
      std::fill(plane->begin(), plane->end(), uint8_t{77});
    }
  }
  paint_part(p, workspace, {fixture_.guide(), scene, picture.view()}, {1, 2});
  const auto same_above = [](const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
    return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(a.size() / 2), b.begin());
  };
  EXPECT_TRUE(same_above(picture.y, before.y));
  EXPECT_TRUE(same_above(picture.u, before.u));
  EXPECT_TRUE(same_above(picture.v, before.v));
}

TEST_F(PainterTest, TwoThreadsPaintTheSame) {
  const Painter p = painter();
  const Picture expected = painted(p);
  Picture pictures[2];
  std::vector<std::thread> threads;
  for (Picture& picture : pictures) {
    threads.emplace_back([&] {
      for (int k = 0; k < 5; k++) picture = painted(p);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(pictures[0] == expected);
  EXPECT_TRUE(pictures[1] == expected);
}

TEST_F(PainterTest, TwoThreadsShareOnePicture) {
  const Painter p = painter();
  const PaintedScene scene = scene_of(p);
  Picture picture;
  const PaintJob job{fixture_.guide(), scene, picture.view()};
  const auto half = [&](int part) {
    Workspace workspace;
    paint_part(p, workspace, job, {part, 2});
  };
  std::thread upper(half, 0), lower(half, 1);
  upper.join();
  lower.join();
  EXPECT_TRUE(picture == painted(p));
}

TEST_F(PainterTest, DoesNotAllocateAfterTheFirstFrame) {
  const Painter p = painter();
  PaintedScene scene = scene_of(p);
  Workspace workspace;
  Picture picture;
  const PaintJob job{fixture_.guide(), scene, picture.view()};
  const float* look = fixture_.look();
  p.paint(workspace, job);
  const long before = allocation_count();
  p.fold(look, scene);
  p.paint(workspace, job);
  paint_part(p, workspace, job, {1, 3});
  EXPECT_EQ(allocation_count(), before);
}

TEST_F(PainterTest, EveryInstructionSetPaintsTheSameBits) {
  const Picture expected = painted(painter(Isa::baseline));
  for (Isa isa : {Isa::avx2, Isa::avx512, Isa::avx512_vnni}) {
    if (isa > cpu_isa()) continue;
    EXPECT_TRUE(painted(painter(isa)) == expected) << isa_name(isa);
  }
}

TEST_F(PainterTest, RefusesOtherWidths) {
  struct {
    const char *config, *complaint;
  } const cases[] = {
      {R"({"look": 28, "planes": 20, "kinds": 4, "code": [64, 32],
           "pixel": [[0, 48], [20, 8], [12, 8]], "seen": [18, 0, 7, 8, 4, 5, 6, 10, 11, 12, 13, 14], "trunk": 16})",
       "look is 28, expected 49"},
      {R"({"look": 49, "planes": 20, "kinds": 4, "code": [64, 32],
           "pixel": [[0, 48], [20, 8], [12, 8]], "seen": [18, 0, 7, 8, 4, 5, 6, 10, 11, 12, 13, 14], "trunk": 48})",
       "trunk is 48, expected 16"},
      {R"({"look": 49, "planes": 20, "kinds": 4, "code": [64, 32],
           "pixel": [[0, 48], [12, 24], [12, 8]], "seen": [18, 0, 7, 8, 4, 5, 6, 10, 11, 12, 13, 14], "trunk": 16})",
       "pixel is [0, 48, 12, 24, 12, 8], expected [0, 48, 20, 8, 12, 8]"},
      {R"({"look": 49, "planes": 20, "kinds": 4, "code": [64, 32],
           "pixel": [[0, 48], [20, 8], [12, 8]], "seen": [18, 0, 7, 8], "trunk": 16})",
       "seen is [18, 0, 7, 8], expected [18, 0, 7, 8, 4, 5, 6, 10, 11, 12, 13, 14]"}};
  for (const auto& c : cases) {
    try {
      Painter(fixture_.weights(), Config::parse(c.config, "test"));
      ADD_FAILURE() << "taken, though " << c.complaint;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      EXPECT_NE(std::string(error.what()).find(c.complaint), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace vita::world
