// What is bound by memory rather than by arithmetic: the machine's stream, and enlarging pictures.
#include "models/world/paint_tiers.h"
#include "painter/cases.h"

namespace vita::bench {
namespace {

constexpr size_t kTriadFloats = size_t{16} << 20;  // of each array: far more than a core's caches

struct Triad {
  std::vector<float> a = std::vector<float>(kTriadFloats), b = a, c = a;
  void run() {
    const float* x = b.data();
    const float* y = c.data();
    float* out = a.data();
    for (size_t i = 0; i < kTriadFloats; i++) out[i] = x[i] + 3 * y[i];
  }
};

constexpr double picture_bytes(int width, int height) { return 1.5 * width * height; }

struct Enlarging {
  explicit Enlarging(Tier which) : tier(which) {}
  void run() {
    const FrameView to{shown.data(),
                       shown.data() + kWidth * kHeight,
                       shown.data() + kWidth * kHeight * 5 / 4,
                       kWidth,
                       kHeight,
                       kWidth,
                       kWidth / 2};
    tiers.of(tier).run(tiers.picture(tier, painted.data()), to, scratch.data());
  }
  double bytes() const {
    const world::EnlargeDesc& d = tiers.of(tier).desc();
    return picture_bytes(d.from_width, d.from_height) + picture_bytes(d.to_width, d.to_height);
  }
  Tier tier;
  world::PaintTiers tiers{kWidth, kHeight};
  std::vector<uint8_t> painted = std::vector<uint8_t>(tiers.picture_bytes(), 90);
  std::vector<uint8_t> shown =
      std::vector<uint8_t>(static_cast<size_t>(picture_bytes(kWidth, kHeight)));
  std::vector<int16_t> scratch =
      std::vector<int16_t>(static_cast<size_t>(tiers.scratch_elements()));
};

}  // namespace

Case triad_case() {
  const auto triad = std::make_shared<Triad>();
  return {"peak: memory triad", Peak::memory, 3. * sizeof(float) * kTriadFloats,
          [triad] { triad->run(); }, "GB/s"};
}

std::vector<Case> memory_cases() {
  const auto fine = std::make_shared<Enlarging>(Tier::three_quarters),
             coarse = std::make_shared<Enlarging>(Tier::half);
  return {{"enlarge three quarters", Peak::memory, fine->bytes(), [fine] { fine->run(); }, "GB/s"},
          {"enlarge half", Peak::memory, coarse->bytes(), [coarse] { coarse->run(); }, "GB/s"}};
}

}  // namespace vita::bench
