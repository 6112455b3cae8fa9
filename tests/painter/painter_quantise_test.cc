// How trained weights become integers (docs/world_model.md, "In integers").
#include "models/world/painter_quantise.h"

#include <gtest/gtest.h>
#include <algorithm>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "painter/hashed_painter.h"
#include "weights/safetensors_builder.h"

namespace vita::world {
namespace {

// --- one output's row

TEST(QuantiseRow, ScalesTheLargestWeightTo127) {
  const float weights[] = {.5f, -1.27f, .635f, 0.f};
  int8_t out[4];
  const QuantisedRow row = quantise_row(weights, 4, .2f, out);
  EXPECT_FLOAT_EQ(row.scale, .01f);
  EXPECT_EQ(out[0], 50);
  EXPECT_EQ(out[1], -127);
  EXPECT_EQ(out[3], 0);
  EXPECT_EQ(row.bias, std::lround(.2 * 255 / .01));
}

TEST(QuantiseRow, RoundsToTheNearest) {
  // With a scale of exactly 1.
  const float weights[] = {127.f, 3.4f, 3.6f, -3.4f, -3.6f, 2.5f, 3.5f};
  int8_t out[7];
  EXPECT_EQ(quantise_row(weights, 7, -.01f, out).bias, -3);  // of -2.55
  const std::vector<int8_t> expected{127, 3, 4, -3, -4, 2, 4};
  EXPECT_EQ(std::vector<int8_t>(out, out + 7), expected);
}

TEST(QuantiseRow, KeepsARowOfZeros) {
  const float weights[3] = {};
  int8_t out[3] = {1, 2, 3};
  const QuantisedRow silent = quantise_row(weights, 3, 0.f, out);
  EXPECT_GT(silent.scale, 0.f);
  EXPECT_EQ(silent.bias, 0);
  EXPECT_EQ(out[0] | out[1] | out[2], 0);
  const QuantisedRow biased = quantise_row(weights, 3, .3f, out);
  EXPECT_NEAR(static_cast<double>(biased.bias) * double{biased.scale}, .3 * 255, 1e-4);
}

// A bias far beyond its weights must not overflow the sum of 32 bits.
TEST(QuantiseRow, MakesRoomForALargeBias) {
  const float weights[2] = {1e-9f, -1e-9f};
  int8_t out[2];
  for (float bias : {40.f, -40.f}) {
    const QuantisedRow row = quantise_row(weights, 2, bias, out);
    EXPECT_NEAR(static_cast<double>(row.bias) * double{row.scale}, double{bias} * 255, 1e-2);
    EXPECT_LT(std::abs(int64_t{row.bias}), int64_t{1} << 30);
  }
}

// --- a convolution

class QuantisedConv : public testing::Test {
 protected:
  ByteConv quantised(const ConvShape& shape, ConvOutput output, int kernel) {
    const int inputs = static_cast<int>(weights_.size()) / shape.outputs / (kernel * kernel);
    const auto dims = [](std::initializer_list<int> sizes) {
      std::string out;
      for (int size : sizes) {
        out += out.empty() ? '[' : ',';
        out += std::to_string(size);
      }
      return out + ']';
    };
    std::vector<float> values = weights_;
    values.insert(values.end(), bias_.begin(), bias_.end());
    const std::string middle = std::to_string(weights_.size() * sizeof(float)),
                      end = std::to_string(values.size() * sizeof(float));
    const std::string header =
        R"({"c.weight":{"dtype":"F32","shape":)" + dims({shape.outputs, inputs, kernel, kernel}) +
        R"(,"data_offsets":[0,)" + middle + R"(]},"c.bias":{"dtype":"F32","shape":)" +
        dims({shape.outputs}) + R"(,"data_offsets":[)" + middle + "," + end + "]}}";
    const auto file = WeightFile::parse(test::aligned_safetensors(header, values), "test.file");
    return quantised_conv(WeightScope(*file, "c"), shape, output, kernels_);
  }
  void resize(int outputs, int inputs) {
    weights_.assign(static_cast<size_t>(outputs) * inputs, 0.f);
    bias_.assign(static_cast<size_t>(outputs), 0.f);
  }

  PainterKernels kernels_ = painter_kernels(cpu_isa());
  std::vector<float> weights_, bias_;
};

// One weight at a time, so that a weight in a wrong place shows.
TEST_F(QuantisedConv, PutsEachWeightWhereTheKernelReadsIt) {
  const int columns = 8, output = 5, row_bytes = (columns + 2) * kTrunk;
  for (int tap = 0; tap < 9; tap++) {
    const int input = (tap * 7 + 3) % kTrunk;
    resize(kTrunk, kTrunk * 9);
    weights_[static_cast<size_t>((output * kTrunk + input) * 9 + tap)] = .5f;
    const ByteConv conv = quantised(kWideShape, ConvOutput::bytes, 3);
    std::vector<uint8_t> rows(3 * static_cast<size_t>(row_bytes)), out(columns * kTrunk);
    const int x = 4;
    rows[static_cast<size_t>(tap / 3 * row_bytes + (x + tap % 3) * kTrunk + input)] = 200;
    kernels_.wide({.segment = {rows.data(), rows.data() + row_bytes, rows.data() + 2 * row_bytes},
                   .weights = conv.weights.data(),
                   .bias = conv.bias.data(),
                   .scale = conv.scale.data(),
                   .columns = columns,
                   .bytes = out.data()});
    for (int i = 0; i < columns * kTrunk; i++) {
      EXPECT_EQ(out[static_cast<size_t>(i)], i == x * kTrunk + output ? 100 : 0)
          << "tap " << tap << " at " << i;
    }
  }
}

TEST_F(QuantisedConv, ScalesTheHeadToItsFixedPoint) {
  resize(kHeadChannels, 2 * kTrunk);
  for (int o = 0; o < kHeadChannels; o++) {
    weights_[static_cast<size_t>(o) * 2 * kTrunk] = 1.27f;
    bias_[static_cast<size_t>(o)] = .25f;
  }
  const ByteConv conv = quantised(kHeadShape, ConvOutput::head, 1);
  for (int o = 0; o < kHeadChannels; o++) {
    const float one = o < 4 * kTaps ? 32768.f : 16384.f;
    EXPECT_NEAR(conv.scale[static_cast<size_t>(o)], .01f * one / 255, 1e-5f) << o;
    const float bias = static_cast<float>(conv.bias[static_cast<size_t>(o)]);
    EXPECT_NEAR(bias * conv.scale[static_cast<size_t>(o)], .25f * one, .01f * one / 255) << o;
  }
}

TEST_F(QuantisedConv, RefusesWeightsBeyondAllUse) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity(), 1e30f, -40000.f}) {
    for (bool in_bias : {false, true}) {
      resize(kHeadChannels, 2 * kTrunk);
      (in_bias ? bias_[9] : weights_[9 * 2 * kTrunk + 17]) = bad;
      try {
        quantised(kHeadShape, ConvOutput::head, 1);
        ADD_FAILURE() << bad << " was taken";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::corrupt);
        const std::string text = error.what();
        EXPECT_NE(text.find("test.file: \"c.weight\""), std::string::npos) << text;
        EXPECT_NE(text.find("output 9"), std::string::npos) << text;
      }
    }
  }
}

// --- the per-pixel network

TEST(PixelWeights, AreKeptWithinTheirBits) {
  struct {
    const char* tensor;
    int layer;
    float value, folded;
  } const cases[] = {{"pixel.0.weight", 0, 31.f, 31.f},
                     {"pixel.0.weight", 0, -32.f, -PixelExperts::kMostFirst},
                     {"pixel.1.weight", 1, 900.f, PixelExperts::kMostTurned}};
  for (const auto& c : cases) {
    const auto file = test::hashed_painter_weights({c.tensor, c.value});
    const PixelExperts experts(WeightScope(*file, "painter"));
    const float code[kCode] = {};
    float matrix[PixelExperts::kMostWeights], bias[PixelExperts::kMostLinear];
    experts.fold(c.layer, 1, code, matrix, bias);
    const float* const begin = matrix;
    const float* const end = begin + kPixel[c.layer].inputs * kPixel[c.layer].linear();
    EXPECT_NE(std::find(begin, end, c.folded), end) << c.tensor << " of " << c.value;
    for (const float* w = begin; w != end; w++) EXPECT_LE(std::abs(*w), std::abs(c.folded));
  }
}

TEST(PixelWeights, AreRefusedWhenTheyAreNoNumbersAndBiasesBeyondTheirBits) {
  struct {
    const char* tensor;
    float value;
    const char* complaint;
  } const cases[] = {
      {"pixel.1.weight", 9.f, nullptr},
      {"pixel.1.weight", std::numeric_limits<float>::quiet_NaN(),
       "\"painter.pixel.1.\": found nan"},
      {"pixel.3.bias", 300.f, "\"painter.pixel.3.\": found "},
      {"pixel.2.bias_code", std::numeric_limits<float>::quiet_NaN(), "found nan for kind 1"},
  };
  for (const auto& c : cases) {
    const auto file = test::hashed_painter_weights({c.tensor, c.value});
    const WeightScope scope(*file, "painter");
    const PixelExperts experts(scope);
    try {
      check_pixel_weights(scope, experts);
      EXPECT_EQ(c.complaint, nullptr) << c.tensor << " of " << c.value << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      ASSERT_NE(c.complaint, nullptr) << error.what();
      EXPECT_NE(std::string(error.what()).find(c.complaint), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace vita::world
