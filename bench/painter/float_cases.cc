#include "models/world/painter_f32.h"
#include "painter/cases.h"
#include "painter/hashed_painter.h"

namespace vita::bench {
namespace {

using namespace world;

struct Floats {
  Floats(const Guide& from_guide, const Backend& backend, Stream& s)
      : from(from_guide),
        stream(s),
        painter({backend, WeightScope(*file, "painter")}, test::painter_config(), kWidth, kHeight) {
    const std::vector<float> look(kLook, .5f);
    painter.fold(look.data(), scene);
  }
  GuideView guide() const {
    return {const_cast<uint8_t*>(from.planes.data()), const_cast<uint8_t*>(from.kinds.data())};
  }

  const Guide& from;
  Stream& stream;
  std::shared_ptr<const WeightFile> file = test::hashed_painter_weights();
  PainterF32 painter;
  PainterF32::Scene scene = painter.scene();
  Workspace scratch, memory;
  Workspace::Scope scope = memory.scope();
  PainterF32::Layers layers = painter.take_layers(scope);
};

}  // namespace

std::vector<Case> float_cases(const Guide& guide, const Backend& backend, Stream& stream) {
  const auto f = std::make_shared<Floats>(guide, backend, stream);
  const auto trunk = [f] {
    Run run{f->stream, f->scratch};
    f->painter.trunk(run, f->layers);
  };
  const auto shade = [f] { f->painter.shade(f->guide(), f->scene, f->layers); };
  return {{"f32: shade", Peak::f32, pixel_ops(), shade},
          {"f32: trunk", Peak::f32, kTrunkOps, trunk},
          {"f32: shade and trunk", Peak::f32, pixel_ops() + kTrunkOps, [shade, trunk] {
             shade();
             trunk();
           }}};
}

}  // namespace vita::bench
