// A safetensors file, memory-mapped and checked in full before the first tensor is handed out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dtype.h"

namespace vita {

const char* dtype_name(Dtype dtype);                     // as in the file: "F32", "BF16" ...
std::string shape_text(std::span<const int64_t> shape);  // "[32, 20, 3, 3]"

// Points into the file's memory: valid as long as the WeightFile lives.
struct TensorView {
  Dtype dtype = Dtype::f32;
  std::vector<int64_t> shape;
  const std::byte* data = nullptr;  // aligned to the element
  size_t size = 0;                  // bytes
};

// Immutable after construction, except for the "was read" marks, which are atomic: any thread may
// read. Every violation of the format throws Error{corrupt}; its message names the file, the
// tensor, what was found and what was expected.
//
//   auto file = WeightFile::open("models/world/model.safetensors");
//   Painter painter(WeightScope(*file, "painter"));
//   file->check_all_read("painter.");
class WeightFile {
 public:
  // Throws Error{not_found, io, corrupt}.
  static std::shared_ptr<const WeightFile> open(const std::string& path);
  // The same checks on bytes in memory (copied); `name` stands for the file in messages.
  static std::shared_ptr<const WeightFile> parse(std::span<const std::byte> bytes,
                                                 const std::string& name);
  ~WeightFile();
  WeightFile(const WeightFile&) = delete;
  WeightFile& operator=(const WeightFile&) = delete;

  // nullptr if there is no such tensor. Does not mark it as read.
  const TensorView* find(std::string_view name) const;
  // Throws Error{not_found} if there is no such tensor; marks it as read.
  const TensorView& read(std::string_view name) const;
  // Sorted.
  std::vector<std::string> names() const;
  const std::string& path() const { return path_; }
  // Throws Error{corrupt} that lists the tensors under `prefix` which nobody has read.
  void check_all_read(std::string_view prefix = "") const;

 private:
  struct Entry;
  class Mapping;
  WeightFile(std::string path, std::unique_ptr<Mapping> mapping);
  const Entry* entry(std::string_view name) const;

  std::string path_;
  std::unique_ptr<Mapping> mapping_;
  std::vector<Entry> entries_;  // sorted by name
};

}  // namespace vita
