#include "painter/hashed_painter.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "weights/safetensors_builder.h"

namespace vita::test {
namespace {

struct Tensor {
  const char* name;
  std::vector<int64_t> shape;
  int inputs;                  // of a matrix whose rows sum up to about 1; 0: else
  float centre = 0, most = 0;  // of all others
};

// In the order of their names.
std::vector<Tensor> tensors() {
  return {{"head.bias", {16}, 0, .1f, .1f},
          {"head.weight", {16, 32, 1, 1}, 0, 0.f, .06f},
          {"look.0.bias", {64}, 0, .1f, .2f},
          {"look.0.weight", {64, 49}, 49},
          {"look.1.bias", {32}, 0, .1f, .2f},
          {"look.1.weight", {32, 64}, 64},
          {"pixel.0.bias", {4, 48}, 0, .1f, .2f},
          {"pixel.0.bias_code", {4, 48, 81}, 0, 0.f, .02f},
          {"pixel.0.weight", {4, 960}, 20},
          {"pixel.1.bias", {4, 48}, 0, .1f, .2f},
          {"pixel.1.bias_code", {4, 48, 81}, 0, 0.f, .02f},
          {"pixel.1.weight", {4, 2304}, 48},
          {"pixel.1.weight_code", {4, 2304, 81}, 0, 0.f, .02f},
          {"pixel.2.bias", {4, 32}, 0, .1f, .2f},
          {"pixel.2.bias_code", {4, 32, 81}, 0, 0.f, .02f},
          {"pixel.2.weight", {4, 896}, 28},
          {"pixel.2.weight_code", {4, 896, 81}, 0, 0.f, .02f},
          {"pixel.3.bias", {4, 3}, 0, .1f, .2f},
          {"pixel.3.bias_code", {4, 3, 81}, 0, 0.f, .02f},
          {"pixel.3.weight", {4, 60}, 20},
          {"pixel.3.weight_code", {4, 60, 81}, 0, 0.f, .02f},
          {"refine.bias", {16}, 0, .3f, .2f},
          {"refine.weight", {16, 16, 3, 3}, 144},
          {"stem.bias", {16}, 0, .3f, .2f},
          {"stem.weight", {16, 16, 3, 3}, 144}};
}

// A number of [-1, 1).
float hashed(uint32_t tensor, uint32_t i) {
  uint32_t h = i * 2654435761u + tensor * 40503u + 12345u;
  h = (h ^ (h >> 15)) * 2246822519u;
  h = (h ^ (h >> 13)) * 3266489917u;
  h ^= h >> 16;
  return static_cast<float>(h >> 8) * 0x1p-23f - 1.f;
}

std::string shape_json(const std::vector<int64_t>& shape) {
  std::string out;
  for (int64_t size : shape) {
    out += out.empty() ? '[' : ',';
    out += std::to_string(size);
  }
  return out + "]";
}

}  // namespace

std::shared_ptr<const WeightFile> hashed_painter_weights(const StrayWeight& stray) {
  std::string header;
  std::vector<float> values;
  uint32_t number = 0;
  for (const Tensor& tensor : tensors()) {
    uint32_t count = 1;
    for (int64_t size : tensor.shape) count *= static_cast<uint32_t>(size);
    const float most =
        tensor.inputs == 0 ? tensor.most : std::sqrt(3.f / static_cast<float>(tensor.inputs));
    const size_t begin = values.size() * sizeof(float);
    for (uint32_t i = 0; i < count; i++) values.push_back(tensor.centre + hashed(number, i) * most);
    if (stray.tensor == tensor.name) values[values.size() - count + count / 4] = stray.value;
    header += header.empty() ? '{' : ',';
    header += std::string("\"painter.") + tensor.name + R"(":{"dtype":"F32","shape":)" +
              shape_json(tensor.shape) + ",\"data_offsets\":[" + std::to_string(begin) + "," +
              std::to_string(values.size() * sizeof(float)) + "]}";
    number++;
  }
  return WeightFile::parse(aligned_safetensors(header + "}", values), "hashed painter");
}

Config painter_config() {
  return Config::parse(R"({"look": 49, "planes": 20, "kinds": 4, "code": [64, 32],
      "pixel": [[0, 48], [20, 8], [12, 8]], "seen": [18, 0, 7, 8, 4, 5, 6, 10, 11, 12, 13, 14], "trunk": 16})",
                       "hashed painter");
}

}  // namespace vita::test
