#include "models/world/text_network.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "models/world/tokenize.h"

namespace vita::world {
namespace {

constexpr int64_t kVocabularyMax = 1 << 16;

std::vector<TransformerBlock> make_blocks(const Build& b, const TextConfig& c) {
  const TransformerConfig block{
      .tokens_max = c.words_max, .dim = c.dim, .heads = c.heads, .mlp_dim = c.mlp_dim};
  std::vector<TransformerBlock> blocks;
  for (int k = 0; k < c.layers; k++) blocks.emplace_back(b.at(k), block);
  return blocks;
}

}  // namespace

TextConfig TextConfig::read(const Config& config) {
  TextConfig c;
  c.dim = config.integer("dim", 8, 1024);
  c.heads = config.integer("heads", 1, 64);
  c.layers = config.integer("layers", 1, 16);
  c.mlp_dim = config.integer("mlp_dim", 8, 8192);
  c.words_max = config.integer("words_max", 1, 512);
  c.trigrams_max = config.integer("trigrams_max", 1, 256);
  c.trigram_buckets = config.integer("trigram_buckets", 1, 1 << 20);
  c.threshold = static_cast<float>(config.number("threshold", 0, 1));
  c.threshold_near = static_cast<float>(config.number("threshold_near", 0, 1));
  c.vocabulary = config.texts("vocabulary");
  if (c.dim % c.heads != 0) {
    throw Error(ErrorCode::corrupt, config.where() + ": dim is " + std::to_string(c.dim) +
                                        ", expected a multiple of heads, " +
                                        std::to_string(c.heads));
  }
  const auto wrong =
      std::adjacent_find(c.vocabulary.begin(), c.vocabulary.end(), std::greater_equal<>());
  if (wrong != c.vocabulary.end()) {
    throw Error(ErrorCode::corrupt, config.where() + ": vocabulary has \"" + *wrong +
                                        "\" before \"" + *std::next(wrong) +
                                        "\", expected a sorted list of different words");
  }
  if (c.vocabulary.empty() || std::ssize(c.vocabulary) > kVocabularyMax) {
    throw Error(ErrorCode::corrupt, config.where() + ": vocabulary has " +
                                        std::to_string(c.vocabulary.size()) +
                                        " words, expected 1 to " + std::to_string(kVocabularyMax));
  }
  return c;
}

int32_t TextConfig::word_id(std::string_view word) const {
  const auto found = std::lower_bound(vocabulary.begin(), vocabulary.end(), word);
  return found != vocabulary.end() && *found == word
             ? static_cast<int32_t>(found - vocabulary.begin())
             : -1;
}

TextNetwork::TextNetwork(const Build& b, const TextConfig& c)
    : backend_(&b.backend),
      config_(c),
      words_(b.at("words"), std::ssize(c.vocabulary), c.dim),
      trigrams_(b.at("trigrams"), c.trigram_buckets, c.dim),
      positions_(b.at("positions"), c.words_max, c.dim),
      blocks_(make_blocks(b.at("blocks"), c)),
      norm_(b.at("norm"), c.dim),
      evidence_(b.at("evidence"), {.rows_max = c.words_max, .in = c.dim, .out = kEvidence}),
      tags_(b.at("tags"), {.rows_max = c.words_max, .in = c.dim, .out = kTags}) {}

void TextNetwork::embed(Run& run, std::span<const std::string> words, const View& out) const {
  const int64_t count = std::ssize(words);
  auto scratch = run.workspace.scope();
  const View ids = scratch.take(Dtype::i32, {count, 1});
  const View positions = scratch.take(Dtype::i32, {count, 1});
  const View pieces = scratch.take(Dtype::i32, {count, config_.trigrams_max});
  for (int64_t k = 0; k < count; k++) {
    const std::string& word = words[static_cast<size_t>(k)];
    ids.i32()[k] = config_.word_id(word);
    trigram_ids(word, static_cast<int32_t>(config_.trigram_buckets), config_.trigrams_max,
                pieces.i32() + k * config_.trigrams_max);
  }
  std::iota(positions.i32(), positions.i32() + count, 0);
  const View sum = out.as({count, config_.dim}),
             part = scratch.take(Dtype::f32, {count, config_.dim});
  words_(run, ids, sum);
  trigrams_(run, pieces, part);
  backend_->add(run.stream, sum, part, sum);
  positions_(run, positions, part);
  backend_->add(run.stream, sum, part, sum);
}

void TextNetwork::block(Run& run, int64_t index, const View& x) const {
  blocks_[static_cast<size_t>(index)](run, x, View());
}

void TextNetwork::heads(Run& run, const View& x, const View& evidence, const View& tags) const {
  norm_(run, x, x);
  evidence_(run, x, evidence);
  tags_(run, x, tags);
}

void TextNetwork::operator()(Run& run, std::span<const std::string> words, const View& evidence,
                             const View& tags) const {
  auto scratch = run.workspace.scope();
  const View x = scratch.take(Dtype::f32, {1, std::ssize(words), config_.dim});
  embed(run, words, x);
  for (int64_t k = 0; k < blocks(); k++) block(run, k, x);
  heads(run, x, evidence, tags);
}

}  // namespace vita::world
