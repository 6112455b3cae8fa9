// The network of the text encoder: from words to evidence for the attributes and a tag for each
// word.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/world/spec.h"
#include "nn/blocks.h"
#include "weights/config.h"

namespace vita::world {

struct TextConfig {
  int64_t dim = 0, heads = 0, layers = 0, mlp_dim = 0;
  int64_t words_max = 0;     // words and punctuation that are read
  int64_t trigrams_max = 0;  // of one word
  int64_t trigram_buckets = 0;
  float threshold = 0;       // least confidence to take an attribute from a word of the vocabulary
  float threshold_near = 0;  // the same for a word that is only like known ones
  std::vector<std::string> vocabulary;  // sorted

  static TextConfig read(const Config& config);
  // The row of a word's own embedding, or -1.
  int32_t word_id(std::string_view word) const;
};

// One logit for every class that a group of attributes can be said to be, in the order of
// kAttributeGroups.
inline constexpr int64_t kEvidence = 93;
// What a word is: filler, content that the model does not know, or word of attribute k.
inline constexpr int kFillerTag = 0, kUnknownTag = 1, kFirstTag = 2;
inline constexpr int64_t kTags = kFirstTag + kMist + 1;

// Immutable after construction; any number of threads may call it, each with its own Run.
// Names: words, trigrams, positions, blocks.N, norm, evidence, tags.
class TextNetwork {
 public:
  TextNetwork(const Build& b, const TextConfig& config);

  // words: at most words_max -> out: [1, words, dim].
  void embed(Run& run, std::span<const std::string> words, const View& out) const;
  int64_t blocks() const { return static_cast<int64_t>(blocks_.size()); }
  // x: [1, words, dim], changed in place.
  void block(Run& run, int64_t index, const View& x) const;
  // x: [1, words, dim], changed in place -> evidence: [1, words, 93], tags: [1, words, 83].
  void heads(Run& run, const View& x, const View& evidence, const View& tags) const;
  // All of the above.
  void operator()(Run& run, std::span<const std::string> words, const View& evidence,
                  const View& tags) const;

 private:
  const Backend* backend_;
  TextConfig config_;
  Embedding words_, trigrams_, positions_;
  std::vector<TransformerBlock> blocks_;
  LayerNorm norm_;
  Linear evidence_, tags_;
};

}  // namespace vita::world
