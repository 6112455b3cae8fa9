// A prefix of names in a weight file: layers take their weights from a scope, so that loading is
// construction.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "weights/weight_file.h"

namespace vita {

// A cheap value; the file must outlive it and every span that it hands out.
//
//   Linear(const WeightScope& w, int64_t in, int64_t out)
//       : weight_(w.tensor("weight", {out, in})), bias_(w.tensor("bias", {out})) {}
class WeightScope {
 public:
  explicit WeightScope(const WeightFile& file, std::string prefix = "");

  // The scope below: at("trunk").at(3) holds the names "trunk.3.…".
  WeightScope at(std::string_view name) const;
  WeightScope at(int index) const;

  bool has(std::string_view name) const;
  // The f32 tensor `name` of exactly this shape, marked as read. Throws Error{not_found} if it is
  // missing and Error{corrupt} if its type or shape is another.
  std::span<const float> tensor(std::string_view name, std::initializer_list<int64_t> shape) const;
  std::span<const float> tensor(std::string_view name, std::span<const int64_t> shape) const;
  // Any type and shape, marked as read.
  const TensorView& view(std::string_view name) const;

  // Throws if a tensor under this scope has not been read.
  void check_all_read() const;
  const WeightFile& file() const { return *file_; }
  const std::string& prefix() const { return prefix_; }

 private:
  std::string full_name(std::string_view name) const;

  const WeightFile* file_;
  std::string prefix_;  // "" or "a.b."
};

}  // namespace vita
