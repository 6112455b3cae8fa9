// The painter in floats against PyTorch, layer by layer.
#include "models/world/painter_f32.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "painter/painter_fixture.h"

namespace vita::world {
namespace {

constexpr int kWidth = test::PainterFixture::kWidth, kHeight = test::PainterFixture::kHeight;

void expect_near(std::span<const float> found, std::span<const float> expected) {
  ASSERT_EQ(found.size(), expected.size());
  float worst = 0;
  for (size_t i = 0; i < found.size(); i++) {
    // Not max(), which would pass over NaN.
    const float difference = std::abs(found[i] - expected[i]) / (1 + std::abs(expected[i]));
    if (!(difference <= worst)) worst = difference;
  }
  EXPECT_LT(worst, 1e-4f);
}

std::span<const float> all(const View& x) { return {x.f32(), static_cast<size_t>(x.elements())}; }

class PainterF32Test : public testing::Test {
 protected:
  PainterF32Test() {
    stream_->attach();
    painter_.fold(fixture_.look(), scene_);
    painter_.run(run_, fixture_.guide(), scene_, layers_);
  }

  test::PainterFixture fixture_;
  std::unique_ptr<Backend> backend_ = make_cpu_backend();
  std::unique_ptr<Stream> stream_ = backend_->stream(1);
  Workspace workspace_;
  vita::Run run_{*stream_, workspace_};
  PainterF32 painter_{{*backend_, fixture_.weights()}, test::painter_config(), kWidth, kHeight};
  PainterF32::Scene scene_ = painter_.scene();
  Workspace layers_memory_;
  Workspace::Scope scratch_ = layers_memory_.scope();
  PainterF32::Layers layers_ = painter_.take_layers(scratch_);
};

TEST_F(PainterF32Test, EncodesTheLook) {
  float code[kCode];
  PixelExperts(fixture_.weights()).encode(fixture_.look(), code);
  expect_near(code, fixture_.floats("code"));
}

TEST_F(PainterF32Test, ShadesPixels) {
  expect_near(all(layers_.colours), fixture_.floats("colours"));
  const std::span<const float> expected = fixture_.floats("seen");
  const int rows = kHeight / 2, columns = kWidth / 2;
  std::vector<float> bordered;
  for (int y = -1; y <= rows; y++) {
    for (int x = -1; x <= columns; x++) {
      const size_t pixel =
          static_cast<size_t>(std::clamp(y, 0, rows - 1)) * columns + std::clamp(x, 0, columns - 1);
      const std::span<const float> from = expected.subspan(pixel * kTrunkInputs, kTrunkInputs);
      bordered.insert(bordered.end(), from.begin(), from.end());
    }
  }
  expect_near(all(layers_.seen), bordered);
}

TEST_F(PainterF32Test, RunsTheTrunk) { expect_near(all(layers_.head), fixture_.floats("head")); }

TEST_F(PainterF32Test, ComposesThePicture) {
  expect_near(all(layers_.luma), fixture_.floats("luma"));
  expect_near(all(layers_.chroma), fixture_.floats("chroma"));
}

}  // namespace
}  // namespace vita::world
