#include "weights/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "weights/json.h"

namespace vita {
namespace {

using nlohmann::json;

constexpr size_t kLengthBytes = 8;
constexpr int kMaxHeaderDepth = 3;  // header, tensor, shape

constexpr struct {
  Dtype dtype;
  const char* name;
} kDtypes[] = {
    {Dtype::f64, "F64"}, {Dtype::f32, "F32"},      {Dtype::f16, "F16"}, {Dtype::bf16, "BF16"},
    {Dtype::i64, "I64"}, {Dtype::i32, "I32"},      {Dtype::i16, "I16"}, {Dtype::i8, "I8"},
    {Dtype::u8, "U8"},   {Dtype::boolean, "BOOL"},
};

class HeaderReader {
 public:
  HeaderReader(std::span<const std::byte> file, const std::string& path)
      : file_(file), path_(path) {}

  std::vector<TensorRecord> read() {
    json header = parse_json(header_text(), kMaxHeaderDepth, path_ + ": header");
    if (!header.is_object())
      refuse("the header is " + json_excerpt(header) + ", expected an object");
    if (header.size() > kMaxTensors) {
      refuse("the header holds " + std::to_string(header.size()) + " entries, expected at most " +
             std::to_string(kMaxTensors));
    }
    std::vector<TensorRecord> records;
    for (const auto& [name, value] : header.items()) {
      if (name == "__metadata__") {
        check_metadata(value);
      } else {
        records.push_back(record(name, value));
      }
    }
    check_layout(records);
    return records;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw Error(ErrorCode::corrupt, path_ + ": " + message);
  }
  [[noreturn]] void refuse(const std::string& tensor, const std::string& message) const {
    refuse("tensor \"" + printable(tensor) + "\": " + message);
  }

  std::string_view header_text() {
    if (file_.size() < kLengthBytes) {
      refuse("the file has " + std::to_string(file_.size()) +
             " bytes, expected at least 8 for the header's length");
    }
    uint64_t length = 0;
    for (size_t i = 0; i < kLengthBytes; i++)
      length |= std::to_integer<uint64_t>(file_[i]) << (8 * i);
    if (length > kMaxHeaderBytes) {
      refuse("the header claims " + std::to_string(length) + " bytes, expected at most " +
             std::to_string(kMaxHeaderBytes));
    }
    if (length > file_.size() - kLengthBytes) {
      refuse("the header claims " + std::to_string(length) + " bytes, but only " +
             std::to_string(file_.size() - kLengthBytes) + " follow");
    }
    data_begin_ = kLengthBytes + static_cast<size_t>(length);
    return {reinterpret_cast<const char*>(file_.data()) + kLengthBytes,
            static_cast<size_t>(length)};
  }

  void check_metadata(const json& metadata) const {
    if (!metadata.is_object())
      refuse("__metadata__ is " + json_excerpt(metadata) + ", expected an object");
    for (const auto& [key, value] : metadata.items()) {
      if (!value.is_string()) {
        refuse("__metadata__ \"" + printable(key) + "\" is " + json_excerpt(value) +
               ", expected a string");
      }
    }
  }

  TensorRecord record(const std::string& name, const json& value) const {
    if (name.empty() || name.size() > kMaxTensorName) {
      refuse(name, "the name has " + std::to_string(name.size()) + " bytes, expected 1 to " +
                       std::to_string(kMaxTensorName));
    }
    if (std::any_of(name.begin(), name.end(), [](char c) { return c <= ' ' || c == '\x7f'; })) {
      refuse(name, "the name holds a character other than printable ASCII");
    }
    if (!value.is_object()) refuse(name, "found " + json_excerpt(value) + ", expected an object");
    for (const auto& [key, unused] : value.items()) {
      if (key != "dtype" && key != "shape" && key != "data_offsets") {
        refuse(name, "the key \"" + printable(key) +
                         "\" is not known, expected dtype, shape, data_offsets");
      }
    }
    TensorRecord out;
    out.name = name;
    out.dtype = dtype(name, value);
    out.shape = shape(name, value);
    place(value, out);
    return out;
  }

  const json& field(const std::string& name, const json& value, const char* key) const {
    auto found = value.find(key);
    if (found == value.end()) refuse(name, std::string("there is no \"") + key + "\"");
    return *found;
  }

  Dtype dtype(const std::string& name, const json& value) const {
    const json& text = field(name, value, "dtype");
    for (const auto& known : kDtypes) {
      if (text == known.name) return known.dtype;
    }
    std::string expected;
    for (const auto& known : kDtypes)
      expected += std::string(expected.empty() ? "" : ", ") + known.name;
    refuse(name, "the dtype is " + json_excerpt(text) + ", expected one of " + expected);
  }

  std::vector<int64_t> shape(const std::string& name, const json& value) const {
    const json& list = field(name, value, "shape");
    if (!list.is_array() || list.size() > kMaxTensorRank) {
      refuse(name, "the shape is " + json_excerpt(list) + ", expected an array of at most " +
                       std::to_string(kMaxTensorRank) + " sizes");
    }
    std::vector<int64_t> out;
    for (const json& size : list)
      out.push_back(static_cast<int64_t>(whole(name, size, INT64_MAX, "a size")));
    return out;
  }

  uint64_t whole(const std::string& name, const json& value, uint64_t max, const char* what) const {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > max) {
      refuse(name, std::string(what) + " is " + json_excerpt(value) +
                       ", expected a whole number from 0 to " + std::to_string(max));
    }
    return value.get<uint64_t>();
  }

  void place(const json& value, TensorRecord& out) const {
    const json& offsets = field(out.name, value, "data_offsets");
    if (!offsets.is_array() || offsets.size() != 2) {
      refuse(out.name, "data_offsets is " + json_excerpt(offsets) + ", expected two numbers");
    }
    size_t data_size = file_.size() - data_begin_;
    uint64_t begin = whole(out.name, offsets[0], data_size, "the first offset");
    uint64_t end = whole(out.name, offsets[1], data_size, "the second offset");
    if (end < begin) {
      refuse(out.name, "data_offsets is " + json_excerpt(offsets) +
                           ", expected the second not below the first");
    }
    uint64_t bytes = element_bytes(out.dtype);
    for (int64_t size : out.shape) {
      if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes)) {
        refuse(out.name, "the shape " + shape_text(out.shape) + " is larger than any file");
      }
    }
    if (bytes != end - begin) {
      refuse(out.name, "data_offsets hold " + std::to_string(end - begin) + " bytes, but " +
                           dtype_name(out.dtype) + " " + shape_text(out.shape) + " needs " +
                           std::to_string(bytes));
    }
    out.begin = data_begin_ + static_cast<size_t>(begin);
    out.end = data_begin_ + static_cast<size_t>(end);
    if (out.begin % element_bytes(out.dtype) != 0) {
      refuse(out.name, "the data starts at byte " + std::to_string(out.begin) +
                           ", expected a multiple of " + std::to_string(element_bytes(out.dtype)));
    }
  }

  // The tensors, in the order of their bytes, must follow each other from the header to the end of
  // the file.
  void check_layout(const std::vector<TensorRecord>& records) const {
    std::vector<const TensorRecord*> order;
    for (const TensorRecord& record : records) order.push_back(&record);
    std::sort(order.begin(), order.end(), [](const TensorRecord* a, const TensorRecord* b) {
      return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
    });
    size_t expected = data_begin_;
    for (const TensorRecord* record : order) {
      if (record->begin != expected) {
        const char* fault =
            record->begin < expected ? "overlaps the tensor before it" : "leaves a hole before it";
        refuse(record->name, std::string(fault) + ": it starts at byte " +
                                 std::to_string(record->begin - data_begin_) +
                                 " of the data, expected " +
                                 std::to_string(expected - data_begin_));
      }
      expected = record->end;
    }
    if (expected != file_.size()) {
      refuse("the tensors end at byte " + std::to_string(expected) + ", but the file has " +
             std::to_string(file_.size()));
    }
  }

  std::span<const std::byte> file_;
  const std::string& path_;
  size_t data_begin_ = 0;
};

}  // namespace

const char* dtype_name(Dtype dtype) {
  for (const auto& known : kDtypes) {
    if (known.dtype == dtype) return known.name;
  }
  return "?";
}

std::string shape_text(std::span<const int64_t> shape) {
  std::string out = "[";
  for (size_t i = 0; i < shape.size(); i++) out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return out + "]";
}

std::vector<TensorRecord> read_safetensors_header(std::span<const std::byte> file,
                                                  const std::string& path) {
  return HeaderReader(file, path).read();
}

}  // namespace vita
