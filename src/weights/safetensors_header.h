// The header of a safetensors file: which tensors there are and where their bytes lie.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weights/weight_file.h"

namespace vita {

struct TensorRecord {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<int64_t> shape;
  size_t begin = 0, end = 0;  // bytes from the start of the file
};

inline constexpr size_t kMaxHeaderBytes = 16 << 20;
inline constexpr size_t kMaxTensors = 1 << 16;
inline constexpr size_t kMaxTensorName = 256;
inline constexpr size_t kMaxTensorRank = 8;

// Reads and checks everything: lengths, JSON, names, types, shapes against sizes, and that the
// tensors cover the data without holes or overlaps. Records come sorted by name. Throws
// Error{corrupt}.
std::vector<TensorRecord> read_safetensors_header(std::span<const std::byte> file,
                                                  const std::string& path);

}  // namespace vita
