// The text encoder against PyTorch (training/vitatrain/text_fixtures.py), layer by layer and whole.
#include "models/world/text_encoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "models/world/attribute_groups.h"
#include "models/world/tokenize.h"

namespace vita::world {
namespace {

constexpr float kTolerance = 1e-4f;  // of the largest value of a tensor, and at least absolute

class TextEncoderTest : public ::testing::TestWithParam<const char*> {
 protected:
  TextEncoderTest()
      : weights_(WeightFile::open("training/weights/text.safetensors")),
        fixture_(WeightFile::open("tests/fixtures/text/network.safetensors")),
        understood_(Config::load("tests/fixtures/text/understood.json")),
        config_(TextConfig::read(Config::load("training/weights/text.json").at("config"))),
        backend_(std::string(GetParam()) == "ref" ? make_ref_backend() : make_cpu_backend()),
        stream_(backend_->stream(1)) {
    stream_->attach();
  }

  Build build() const { return {*backend_, WeightScope(*weights_, "text")}; }
  vita::Run run() { return {*stream_, workspace_}; }

  void expect_close(const View& found, const std::string& name) const {
    const TensorView& expected = fixture_->read(name);
    const auto* values = reinterpret_cast<const float*>(expected.data);
    const size_t count = expected.size / sizeof(float);
    ASSERT_EQ(static_cast<size_t>(found.elements()), count) << name;
    float largest = 1.f, worst = 0.f;
    for (size_t k = 0; k < count; k++) {
      largest = std::max(largest, std::abs(values[k]));
      worst = std::max(worst, std::abs(values[k] - found.f32()[k]));
    }
    EXPECT_LE(worst, kTolerance * largest) << name;
  }

  std::shared_ptr<const WeightFile> weights_, fixture_;
  Config understood_;
  TextConfig config_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Stream> stream_;
  Workspace workspace_;
};

INSTANTIATE_TEST_SUITE_P(Backends, TextEncoderTest, ::testing::Values("ref", "cpu"),
                         [](const auto& backend) { return backend.param; });

TEST_P(TextEncoderTest, AgreesLayerByLayer) {
  const TextNetwork network(build(), config_);
  build().weights.check_all_read();
  const std::vector<std::string> prompts = understood_.texts("network_prompts");
  ASSERT_GE(prompts.size(), 6u);
  for (size_t n = 0; n < prompts.size(); n++) {
    const std::string name = std::to_string(n) + ".";
    std::vector<std::string> words;
    for (const Token& token : tokenize(prompts[n])) words.push_back(token.word);
    words.resize(std::min(words.size(), static_cast<size_t>(config_.words_max)));
    const auto* ids = reinterpret_cast<const int32_t*>(fixture_->read(name + "word_ids").data);
    for (size_t k = 0; k < words.size(); k++)
      EXPECT_EQ(config_.word_id(words[k]), ids[k]) << words[k];

    vita::Run running = run();
    auto scratch = workspace_.scope();
    const int64_t count = std::ssize(words);
    const View x = scratch.take(Dtype::f32, {1, count, config_.dim});
    const View evidence = scratch.take(Dtype::f32, {1, count, kEvidence});
    const View tags = scratch.take(Dtype::f32, {1, count, kTags});
    network.embed(running, words, x);
    expect_close(x, name + "embedded");
    for (int64_t k = 0; k < network.blocks(); k++) {
      network.block(running, k, x);
      expect_close(x, name + "block" + std::to_string(k));
    }
    network.heads(running, x, evidence, tags);
    expect_close(evidence, name + "evidence");
    expect_close(tags, name + "tags");
  }
}

TEST_P(TextEncoderTest, SaysBackWhatTrainingSays) {
  const TextEncoder text(build(), config_);
  for (const Config& test_case : understood_.objects("cases")) {
    const std::string prompt = test_case.text("prompt");
    SCOPED_TRACE(prompt);
    vita::Run running = run();
    const TextResult result = text.encode(prompt, running);
    const std::vector<int64_t> attributes = test_case.integers("attributes", -1, 1);
    ASSERT_EQ(attributes.size(), result.attributes.size());
    for (size_t k = 0; k < attributes.size(); k++) {
      EXPECT_EQ(result.attributes[k], static_cast<float>(attributes[k])) << "attribute " << k;
    }
    std::vector<std::string> names, values, words;
    const std::vector<double> confidences = test_case.numbers("confidences", 0, 1);
    for (size_t k = 0; k < result.understanding.understood.size(); k++) {
      const UnderstoodItem& item = result.understanding.understood[k];
      names.push_back(item.attribute);
      values.push_back(item.value);
      words.push_back(item.words);
      ASSERT_LT(k, confidences.size());
      EXPECT_NEAR(item.confidence, confidences[k], 1e-3) << item.attribute;
    }
    EXPECT_EQ(names, test_case.texts("names"));
    EXPECT_EQ(values, test_case.texts("values"));
    EXPECT_EQ(words, test_case.texts("words"));
    EXPECT_EQ(result.understanding.ignored, test_case.texts("ignored"));
  }
}

std::string found(const Understanding& understanding, std::string_view attribute) {
  for (const UnderstoodItem& item : understanding.understood) {
    if (item.attribute == attribute) return item.value + " <- " + item.words;
  }
  return "";
}

TEST_P(TextEncoderTest, ReportsMisspeltAndUnknownWords) {
  const TextEncoder text(build(), config_);
  vita::Run running = run();
  const Understanding said =
      text.encode("Snowy moutains at night with a castle", running).understanding;
  EXPECT_EQ(found(said, "biome"), "mountains <- moutains");
  EXPECT_EQ(found(said, "time"), "night <- night");
  EXPECT_EQ(found(said, "season"), "winter <- Snowy");
  EXPECT_EQ(said.ignored, std::vector<std::string>{"castle"});
  const Understanding nothing = text.encode("a dragon drinks coffee", running).understanding;
  EXPECT_TRUE(nothing.understood.empty());
  EXPECT_EQ(nothing.ignored.front(), "dragon");
}

TEST_P(TextEncoderTest, IgnoresWordsBeyondItsReach) {
  const TextEncoder text(build(), config_);
  std::string prompt = "desert";
  for (int64_t k = 0; k < config_.words_max; k++) prompt += " the";
  vita::Run running = run();
  const Understanding said = text.encode(prompt + " volcano", running).understanding;
  EXPECT_EQ(found(said, "biome"), "desert <- desert");
  ASSERT_FALSE(said.ignored.empty());
  EXPECT_EQ(said.ignored.back(), "volcano");
}

TEST_P(TextEncoderTest, RefusesBadPrompts) {
  const TextEncoder text(build(), config_);
  vita::Run running = run();
  for (const std::string& prompt : {std::string(), std::string("\xc3"), std::string(10000, 'x')}) {
    EXPECT_THROW(text.encode(prompt, running), Error);
  }
}

TEST(AttributeGroups, CoverTheAttributesInOrder) {
  int next = 0;
  int64_t classes = 0;
  for (const AttributeGroup& group : kAttributeGroups) {
    EXPECT_EQ(group.begin, next) << group.name;
    next += group.one_of ? group.classes() : 1;
    classes += group.classes();
  }
  EXPECT_EQ(next, kMist + 1);
  EXPECT_EQ(classes, kEvidence);
}

TEST(TextConfig, RefusesAVocabularyOutOfOrder) {
  const std::string head =
      R"({"dim": 8, "heads": 2, "layers": 1, "mlp_dim": 8, "words_max": 4, "trigrams_max": 4,
      "trigram_buckets": 8, "threshold": 0.5, "threshold_near": 0.5, "vocabulary": )";
  EXPECT_NO_THROW(TextConfig::read(Config::parse(head + R"(["a", "b"]})", "c")));
  EXPECT_THROW(TextConfig::read(Config::parse(head + R"(["b", "a"]})", "c")), Error);
  EXPECT_THROW(TextConfig::read(Config::parse(head + R"(["a", "a"]})", "c")), Error);
  EXPECT_THROW(TextConfig::read(Config::parse(head + "[]}", "c")), Error);
}

}  // namespace
}  // namespace vita::world
