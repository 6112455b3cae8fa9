#include "weights/weight_scope.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"
#include "weights/safetensors_builder.h"

namespace vita {
namespace {

std::shared_ptr<const WeightFile> sample() {
  return WeightFile::parse(
      test::aligned_safetensors(
          R"({"mlp.up.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
          R"("mlp.up.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},)"
          R"("mlp.0.steps":{"dtype":"I32","shape":[1],"data_offsets":[32,36]},)"
          R"("mlpx":{"dtype":"F32","shape":[1],"data_offsets":[36,40]}})",
          {1, 2, 3, 4, 5, 6, 7, 8, 0, 9}),
      "model.safetensors");
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no exception";
}

TEST(WeightScope, GivesTensorsOfTheExpectedShape) {
  auto file = sample();
  WeightScope up = WeightScope(*file, "mlp").at("up");
  std::span<const float> weight = up.tensor("weight", {2, 3});
  EXPECT_EQ(weight.size(), 6u);
  EXPECT_EQ(weight[5], 6.f);
  EXPECT_EQ(up.tensor("bias", {2})[1], 8.f);
  EXPECT_TRUE(WeightScope(*file).at("mlp").at(0).has("steps"));
  EXPECT_FALSE(up.has("gate"));
}

TEST(WeightScope, NamesFileTensorFoundAndExpected) {
  auto file = sample();
  WeightScope up = WeightScope(*file).at("mlp.up");
  EXPECT_EQ(message_of([&] {
              up.tensor("weight", {3, 2});
            }),
            "model.safetensors: tensor \"mlp.up.weight\" is F32 [2, 3], expected F32 [3, 2]");
  EXPECT_EQ(message_of([&] { WeightScope(*file).at("mlp").at(0).tensor("steps", {1}); }),
            "model.safetensors: tensor \"mlp.0.steps\" is I32 [1], expected F32 [1]");
  EXPECT_EQ(message_of([&] { up.tensor("gate", {2}); }),
            "model.safetensors: there is no tensor \"mlp.up.gate\" among the 4 of the file");
}

TEST(WeightScope, KnowsWhatNobodyRead) {
  auto file = sample();
  WeightScope mlp = WeightScope(*file, "mlp");
  mlp.at("up").tensor("weight", {2, 3});
  EXPECT_EQ(message_of([&] { mlp.check_all_read(); }),
            "model.safetensors: 2 tensors belong to no layer of the model, expected none: "
            "mlp.0.steps, mlp.up.bias");
  mlp.at("up").tensor("bias", {2});
  mlp.view("0.steps");
  mlp.check_all_read();
  EXPECT_THROW(file->check_all_read(), Error);
  file->read("mlpx");
  file->check_all_read();
}

}  // namespace
}  // namespace vita
