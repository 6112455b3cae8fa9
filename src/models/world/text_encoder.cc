#include "models/world/text_encoder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/world/attribute_groups.h"
#include "models/world/tokenize.h"

namespace vita::world {
namespace {

constexpr size_t kItemWords = 5;  // of the prompt that are quoted for one attribute, at most

// The prompt as the decisions below need it.
struct Reading {
  std::vector<std::string> spelled;  // every token as it stands in the prompt
  std::vector<bool> is_word, known;  // no punctuation; in the vocabulary
  std::vector<int> tags;             // of the words that the network has read
};

// The strongest evidence for each class of a group, and the word that it came from.
struct Claim {
  int value = 0;  // the likeliest class
  size_t word = 0;
  float said = 0;        // how likely it is that anything is said about the group
  float confidence = 0;  // how likely the class is
};

Claim strongest(const AttributeGroup& group, const float* evidence, size_t words) {
  Claim claim;
  float best = -INFINITY;
  std::vector<float> logits = {0.f};  // of "unsaid"
  for (int value = 0; value < group.classes(); value++) {
    size_t source = 0;
    for (size_t word = 1; word < words; word++) {
      if (evidence[word * kEvidence + value] > evidence[source * kEvidence + value]) source = word;
    }
    const float logit = evidence[source * kEvidence + value];
    logits.push_back(logit);
    if (logit > best) {
      best = logit;
      claim.value = value;
      claim.word = source;
    }
  }
  const float top = std::max(0.f, best);
  float sum = 0;
  for (const float logit : logits) sum += std::exp(logit - top);
  claim.said = 1.f - std::exp(-top) / sum;
  claim.confidence = std::exp(best - top) / sum;
  return claim;
}

// The words that an attribute came from: those tagged with it, else the strongest and its like
// neighbours.
std::vector<size_t> quoted(const std::vector<int>& tags, int attribute, size_t word) {
  std::vector<size_t> own;
  for (size_t k = 0; k < tags.size(); k++) {
    if (tags[k] == kFirstTag + attribute) own.push_back(k);
  }
  if (own.empty()) {
    size_t first = word, last = word;
    const int tag = tags[word];
    while (tag >= kFirstTag && first > 0 && tags[first - 1] == tag) first--;
    while (tag >= kFirstTag && last + 1 < tags.size() && tags[last + 1] == tag) last++;
    for (size_t k = first; k <= last; k++) own.push_back(k);
  }
  if (own.size() > kItemWords) own.resize(kItemWords);
  return own;
}

std::string joined(const Reading& reading, const std::vector<size_t>& words) {
  std::string text;
  for (const size_t k : words) text += (text.empty() ? "" : " ") + reading.spelled[k];
  return text;
}

// Whether nothing was made of a word: of unknown content, of a word that is not even known filler,
// and of words of an attribute that was not taken.
bool is_ignored(int tag, bool known, bool used, const TextResult& result) {
  if (tag < kFirstTag) return tag == kUnknownTag || (!known && !used);
  return result.attributes[static_cast<size_t>(tag - kFirstTag)] == 0.f && !used;
}

// Each once, in the order of the prompt; words beyond the network's reach are among them.
std::vector<std::string> ignored_words(const Reading& reading, const TextResult& result,
                                       const std::vector<bool>& used) {
  std::vector<std::string> ignored;
  for (size_t k = 0; k < reading.spelled.size(); k++) {
    const bool lost =
        k >= reading.tags.size() || is_ignored(reading.tags[k], reading.known[k], used[k], result);
    const bool again =
        std::find(ignored.begin(), ignored.end(), reading.spelled[k]) != ignored.end();
    if (reading.is_word[k] && lost && !again) ignored.push_back(reading.spelled[k]);
  }
  return ignored;
}

TextResult decide(const TextConfig& config, const Reading& reading, const float* evidence) {
  TextResult result;
  std::vector<bool> used(reading.tags.size(), false);
  for (const AttributeGroup& group : kAttributeGroups) {
    const Claim claim = strongest(group, evidence, reading.tags.size());
    evidence += group.classes();
    // A word outside the vocabulary must be clear about which class it means.
    const bool known = reading.known[claim.word];
    if ((known ? claim.said : claim.confidence) <=
        (known ? config.threshold : config.threshold_near))
      continue;
    const int attribute = group.attribute(claim.value);
    result.attributes[static_cast<size_t>(attribute)] = group.setting(claim.value);
    const std::vector<size_t> words = quoted(reading.tags, attribute, claim.word);
    for (const size_t k : words) used[k] = true;
    result.understanding.understood.push_back(
        {std::string(group.name), std::string(group.values[static_cast<size_t>(claim.value)]),
         joined(reading, words), claim.confidence});
  }
  result.understanding.ignored = ignored_words(reading, result, used);
  return result;
}

}  // namespace

TextResult TextEncoder::encode(std::string_view prompt, Run& run) const {
  const std::vector<Token> tokens = tokenize(prompt);
  Reading reading;
  std::vector<std::string> words;
  for (const Token& token : tokens) {
    reading.spelled.emplace_back(prompt.substr(token.begin, token.end - token.begin));
    reading.is_word.push_back(token.is_word());
    if (std::ssize(words) == config_.words_max) continue;
    reading.known.push_back(config_.word_id(token.word) >= 0);
    words.push_back(token.word);
  }
  auto scratch = run.workspace.scope();
  const View evidence = scratch.take(Dtype::f32, {1, std::ssize(words), kEvidence});
  const View tags = scratch.take(Dtype::f32, {1, std::ssize(words), kTags});
  network_(run, words, evidence, tags);
  for (size_t k = 0; k < words.size(); k++) {
    const float* row = tags.f32() + k * kTags;
    reading.tags.push_back(static_cast<int>(std::max_element(row, row + kTags) - row));
  }
  return decide(config_, reading, evidence.f32());
}

}  // namespace vita::world
