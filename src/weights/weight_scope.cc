#include "weights/weight_scope.h"

#include <algorithm>

#include "core/error.h"

namespace vita {

WeightScope::WeightScope(const WeightFile& file, std::string prefix)
    : file_(&file), prefix_(std::move(prefix)) {
  if (!prefix_.empty() && prefix_.back() != '.') prefix_ += '.';
}

WeightScope WeightScope::at(std::string_view name) const {
  return WeightScope(*file_, full_name(name));
}

WeightScope WeightScope::at(int index) const { return at(std::to_string(index)); }

bool WeightScope::has(std::string_view name) const {
  return file_->find(full_name(name)) != nullptr;
}

std::span<const float> WeightScope::tensor(std::string_view name,
                                           std::initializer_list<int64_t> shape) const {
  return tensor(name, std::span(shape.begin(), shape.size()));
}

std::span<const float> WeightScope::tensor(std::string_view name,
                                           std::span<const int64_t> shape) const {
  const TensorView& found = view(name);
  if (found.dtype != Dtype::f32 ||
      !std::equal(found.shape.begin(), found.shape.end(), shape.begin(), shape.end())) {
    throw Error(ErrorCode::corrupt, file_->path() + ": tensor \"" + full_name(name) + "\" is " +
                                        dtype_name(found.dtype) + " " + shape_text(found.shape) +
                                        ", expected F32 " + shape_text(shape));
  }
  return {reinterpret_cast<const float*>(found.data), found.size / sizeof(float)};
}

const TensorView& WeightScope::view(std::string_view name) const {
  return file_->read(full_name(name));
}

void WeightScope::check_all_read() const { file_->check_all_read(prefix_); }

std::string WeightScope::full_name(std::string_view name) const {
  return prefix_ + std::string(name);
}

}  // namespace vita
