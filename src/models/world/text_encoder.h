// What a prompt says: the attributes of the world, and which words they came from.
#pragma once
#include <array>
#include <string_view>

#include "core/video_model.h"
#include "models/world/text_network.h"

namespace vita::world {

struct TextResult {
  std::array<float, kAttributes> attributes{};  // one-hot, or -1, 0, 1; zero where nothing is said
  Understanding understanding;
};

// Immutable after construction; any number of threads may call it, each with its own Run.
//
//   TextEncoder text({*backend, WeightScope(*file, "text")}, TextConfig::read(config.at("text")));
//   TextResult said = text.encode("snowy pines at dusk", run);
class TextEncoder {
 public:
  TextEncoder(const Build& b, const TextConfig& config) : config_(config), network_(b, config) {}
  // Throws Error{invalid_argument} for a prompt that tokenize() refuses.
  TextResult encode(std::string_view prompt, Run& run) const;

 private:
  TextConfig config_;
  TextNetwork network_;
};

}  // namespace vita::world
