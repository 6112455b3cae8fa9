// What PyTorch makes of a small guide with the hashed weights (training/fixtures/painter.py).
#pragma once
#include <memory>
#include <span>

#include "models/world/projector.h"
#include "painter/hashed_painter.h"
#include "weights/weight_scope.h"

namespace vita::test {

class PainterFixture {
 public:
  static constexpr int kWidth = 96, kHeight = 64;  // of the picture

  WeightScope weights() const { return WeightScope(*weights_, "painter"); }
  std::span<const float> floats(const char* name) const {
    const TensorView& t = file_->read(name);
    return {reinterpret_cast<const float*>(t.data), t.size / sizeof(float)};
  }
  const float* look() const { return floats("look").data(); }
  // Only read, though a guide could be written.
  world::GuideView guide() const {
    const auto bytes = [this](const char* name) {
      return const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(file_->read(name).data));
    };
    return {bytes("planes"), bytes("kinds")};
  }

 private:
  std::shared_ptr<const WeightFile> weights_ = hashed_painter_weights();
  std::shared_ptr<const WeightFile> file_ =
      WeightFile::open("tests/fixtures/painter/painter.safetensors");
};

}  // namespace vita::test
