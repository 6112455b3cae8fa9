#include "core/workspace.h"

#include <algorithm>
#include <new>

#include "core/error.h"

namespace vita {
namespace {

constexpr size_t kMinBlockBytes = size_t{1} << 20;

}  // namespace

void Workspace::Free::operator()(std::byte* p) const {
  ::operator delete[](p, std::align_val_t{kAlignment});
}

Workspace::Block Workspace::allocate(size_t bytes) {
  void* memory = ::operator new[](bytes, std::align_val_t{kAlignment});
  return {std::unique_ptr<std::byte[], Free>(static_cast<std::byte*>(memory)), bytes};
}

Workspace::Workspace(size_t bytes) : fixed_(true) {
  blocks_.push_back(allocate(std::max(bytes, kAlignment)));
}

size_t Workspace::capacity_bytes() const {
  size_t sum = 0;
  for (const Block& block : blocks_) sum += block.bytes;
  return sum;
}

void* Workspace::take(size_t element_bytes, const Shape& shape) {
  const size_t bytes = (static_cast<size_t>(shape.elements()) * element_bytes + kAlignment - 1) /
                       kAlignment * kAlignment;
  while (block_ < blocks_.size() && used_ + bytes > blocks_[block_].bytes) {
    if (fixed_) {
      throw Error(ErrorCode::internal, "workspace too small: " + std::to_string(bytes) +
                                           " bytes wanted for " + shape.text() + ", " +
                                           std::to_string(blocks_[block_].bytes - used_) + " of " +
                                           std::to_string(blocks_[block_].bytes) + " left");
    }
    block_++;
    used_ = 0;
  }
  if (block_ == blocks_.size()) blocks_.push_back(allocate(std::max(bytes, kMinBlockBytes)));
  std::byte* memory = blocks_[block_].memory.get() + used_;
  used_ += bytes;
  live_ += bytes;
  peak_ = std::max(peak_, live_);
  return memory;
}

void Workspace::rewind(const Scope& scope) {
  block_ = scope.block_;
  used_ = scope.used_;
  live_ = scope.live_;
}

}  // namespace vita
