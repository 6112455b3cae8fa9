#include "weights/weight_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "weights/safetensors_builder.h"

namespace vita {
namespace {

using test::aligned_safetensors;
using test::safetensors;

TEST(WeightFile, ReadsTensorsOfSeveralTypes) {
  std::string header = R"({"__metadata__":{"format":"pt"},)"
                       R"("b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                       R"("a":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},)"
                       R"("scalar":{"dtype":"I8","shape":[],"data_offsets":[11,12]}})";
  float bytes_of_a = 0;
  auto file = WeightFile::parse(aligned_safetensors(header, {1.5f, -2.f, bytes_of_a}), "x");
  EXPECT_EQ(file->names(), (std::vector<std::string>{"a", "b", "scalar"}));
  const TensorView* b = file->find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->dtype, Dtype::f32);
  EXPECT_EQ(b->shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(b->size, 8u);
  EXPECT_EQ(reinterpret_cast<const float*>(b->data)[1], -2.f);
  EXPECT_TRUE(file->find("scalar")->shape.empty());
  EXPECT_EQ(file->find("c"), nullptr);
}

TEST(WeightFile, AnEmptyFileOfTensorsIsWellFormed) {
  EXPECT_TRUE(WeightFile::parse(safetensors("{}", 0), "x")->names().empty());
  auto zero = WeightFile::parse(
      safetensors(R"({"a":{"dtype":"U8","shape":[0,4],"data_offsets":[0,0]}})", 0), "x");
  EXPECT_EQ(zero->find("a")->size, 0u);
}

TEST(WeightFile, OpensAndMapsAFile) {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / "vita_weight_file_test.safetensors";
  auto bytes =
      aligned_safetensors(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", {3.f});
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  auto file = WeightFile::open(path.string());
  EXPECT_EQ(*reinterpret_cast<const float*>(file->read("w").data), 3.f);
  std::filesystem::remove(path);
}

TEST(WeightFile, SaysWhyAFileCannotBeOpened) {
  try {
    WeightFile::open("no/such/model.safetensors");
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("no/such/model.safetensors"), std::string::npos);
  }
  EXPECT_THROW(WeightFile::open(std::filesystem::temp_directory_path().string()), Error);
}

struct Hostile {
  const char* what;
  std::string header;
  size_t data_bytes;
  const char* message;  // what the refusal must name
};

std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t.w":)" + tensor(dtype, shape, offsets) + "}";
}

std::vector<Hostile> hostile_headers() {
  const std::string u8 = "\"U8\"";
  std::string nested = R"({"a":)" + std::string(5000, '[') + std::string(5000, ']') + "}";
  return {
      {"no JSON", "{\"a\":", 0, "not valid JSON"},
      {"bad UTF-8", "{\"\xff\":1}", 0, "not valid JSON"},
      {"text after the header", "{} {}", 0, "not valid JSON"},
      {"an array", "[]", 0, "expected an object"},
      {"deep nesting", nested, 0, "levels of nesting"},
      {"metadata of numbers", R"({"__metadata__":{"a":1}})", 0, "expected a string"},
      {"a name twice",
       R"({"t":)" + tensor(u8, "[1]", "[0,1]") + R"(,"t":)" + tensor(u8, "[1]", "[1,2]") + "}", 2,
       "occurs twice"},
      {"a field twice", R"({"t":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}})", 1,
       "occurs twice"},
      {"an unknown field", R"({"t":{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":1}})", 1,
       "not known"},
      {"an empty name", R"({"":)" + tensor(u8, "[1]", "[0,1]") + "}", 1, "0 bytes"},
      {"a long name", R"({")" + std::string(300, 'n') + R"(":)" + tensor(u8, "[1]", "[0,1]") + "}",
       1, "300 bytes"},
      {"a name with a line feed", R"({"a\nb":)" + tensor(u8, "[1]", "[0,1]") + "}", 1,
       "printable ASCII"},
      {"no object", R"({"t.w":3})", 0, "expected an object"},
      {"no dtype", R"({"t.w":{"shape":[],"data_offsets":[0,1]}})", 1, "no \"dtype\""},
      {"an unknown dtype", one("\"F8_E4M3\"", "[1]", "[0,1]"), 1, "expected one of F64, F32"},
      {"a dtype that is a number", one("7", "[1]", "[0,1]"), 1, "the dtype is 7"},
      {"a shape that is a number", one(u8, "4", "[0,4]"), 4, "the shape is 4"},
      {"a negative size", one(u8, "[-4]", "[0,4]"), 4, "a size is -4"},
      {"a fractional size", one(u8, "[4.0]", "[0,4]"), 4, "a size is 4.0"},
      {"a size beyond 64 bits", one(u8, "[99999999999999999999]", "[0,4]"), 4, "a size is"},
      {"many dimensions", one(u8, "[1,1,1,1,1,1,1,1,1]", "[0,1]"), 1, "at most 8 sizes"},
      {"a product that wraps to 4", one("\"F32\"", "[4611686018427387905]", "[0,4]"), 4,
       "larger than any file"},
      {"a product that wraps to 0", one(u8, "[4294967296,4294967296]", "[0,0]"), 0,
       "larger than any file"},
      {"an overflow hidden by a zero", one(u8, "[4294967296,4294967296,0]", "[0,0]"), 0,
       "larger than any file"},
      {"three offsets", one(u8, "[1]", "[0,1,2]"), 1, "expected two numbers"},
      {"a negative offset", one(u8, "[1]", "[-1,0]"), 1, "the first offset is -1"},
      {"offsets in reverse", one(u8, "[1]", "[2,1]"), 2, "not below the first"},
      {"an offset beyond the file", one(u8, "[8]", "[0,8]"), 4, "the second offset is 8"},
      {"a size that does not match", one(u8, "[3]", "[0,4]"), 4, "needs 3"},
      {"overlapping tensors",
       R"({"a":)" + tensor(u8, "[4]", "[0,4]") + R"(,"b":)" + tensor(u8, "[4]", "[2,6]") + "}", 6,
       "tensor \"b\": overlaps"},
      {"the same bytes twice",
       R"({"a":)" + tensor(u8, "[4]", "[0,4]") + R"(,"b":)" + tensor(u8, "[4]", "[0,4]") + "}", 4,
       "overlaps"},
      {"a hole",
       R"({"a":)" + tensor(u8, "[2]", "[0,2]") + R"(,"b":)" + tensor(u8, "[2]", "[3,5]") + "}", 5,
       "tensor \"b\": leaves a hole"},
      {"a hole at the start", one(u8, "[2]", "[1,3]"), 3, "leaves a hole"},
      {"bytes behind the last tensor", one(u8, "[2]", "[0,2]"), 3, "the tensors end at"},
  };
}

TEST(WeightFile, RefusesHostileHeadersAndNamesTheFault) {
  for (const Hostile& hostile : hostile_headers()) {
    try {
      WeightFile::parse(safetensors(hostile.header, hostile.data_bytes), "model.safetensors");
      ADD_FAILURE() << "accepted: " << hostile.what;
    } catch (const Error& error) {
      std::string message = error.what();
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << hostile.what;
      EXPECT_EQ(message.find("model.safetensors: "), 0u) << message;
      EXPECT_NE(message.find(hostile.message), std::string::npos)
          << hostile.what << ": " << message;
      EXPECT_LT(message.size(), 500u) << hostile.what;
    }
  }
}

TEST(WeightFile, RefusesWrongLengths) {
  auto refused = [](std::vector<std::byte> bytes, const char* expected) {
    try {
      WeightFile::parse(bytes, "x");
      ADD_FAILURE() << "accepted, expected: " << expected;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  };
  refused({}, "0 bytes");
  refused(std::vector<std::byte>(7), "7 bytes");
  refused(std::vector<std::byte>(8), "not valid JSON");
  refused(std::vector<std::byte>(64, std::byte{0xff}), "expected at most");
  std::vector<std::byte> cut = safetensors("{}", 0);
  cut.pop_back();
  refused(cut, "only 1 follow");
}

TEST(WeightFile, RefusesTensorsThatAreNotAligned) {
  std::string header = one("\"F32\"", "[1]", "[0,4]");
  header.resize((header.size() + 7) / 8 * 8 + 1, ' ');
  try {
    WeightFile::parse(safetensors(header, 4), "x");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("expected a multiple of 4"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace vita
