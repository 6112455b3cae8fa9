// Shapes and views: what ops read and write.
#pragma once
#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "core/dtype.h"

namespace vita {

// Up to five sizes, outermost first. A plain value that never allocates.
class Shape {
 public:
  static constexpr int kMaxRank = 5;

  constexpr Shape() = default;
  constexpr Shape(std::initializer_list<int64_t> sizes) {
    assert(sizes.size() <= kMaxRank);
    for (int64_t size : sizes) sizes_[rank_++] = size;
  }

  constexpr int rank() const { return rank_; }
  // Negative indices count from the innermost: shape[-1] is the number of channels.
  constexpr int64_t operator[](int i) const { return sizes_[i < 0 ? rank_ + i : i]; }
  constexpr int64_t& operator[](int i) { return sizes_[i < 0 ? rank_ + i : i]; }
  constexpr int64_t elements() const {
    int64_t n = 1;
    for (int i = 0; i < rank_; i++) n *= sizes_[i];
    return n;
  }
  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; i++) {
      if (a.sizes_[i] != b.sizes_[i]) return false;
    }
    return true;
  }
  // "[1, 180, 320, 48]"
  std::string text() const {
    std::string out = "[";
    for (int i = 0; i < rank_; i++) out += (i ? ", " : "") + std::to_string(sizes_[i]);
    return out + "]";
  }

 private:
  std::array<int64_t, kMaxRank> sizes_{};
  int rank_ = 0;
};

// Dense memory of somebody else. Images are [n, h, w, c] (channels innermost), matrices [rows,
// dim], token sequences [batch, tokens, dim]. A view of rank 0 with no data stands for "not given".
struct View {
  Dtype dtype = Dtype::f32;
  void* data = nullptr;
  Shape shape;

  View() = default;
  View(Dtype type, void* memory, Shape sizes) : dtype(type), data(memory), shape(sizes) {}
  View(float* memory, Shape sizes) : View(Dtype::f32, memory, sizes) {}

  explicit operator bool() const { return data != nullptr; }
  int64_t elements() const { return shape.elements(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * element_bytes(dtype); }

  float* f32() const {
    assert(dtype == Dtype::f32);
    return static_cast<float*>(data);
  }
  int32_t* i32() const {
    assert(dtype == Dtype::i32);
    return static_cast<int32_t*>(data);
  }
  uint8_t* u8() const {
    assert(dtype == Dtype::u8);
    return static_cast<uint8_t*>(data);
  }

  // The same memory under another shape of as many elements.
  View as(Shape other) const {
    assert(other.elements() == elements());
    return {dtype, data, other};
  }
  // Entries first .. first + count - 1 of the outermost axis.
  View part(int64_t first, int64_t count) const {
    assert(first >= 0 && count >= 0 && first + count <= shape[0]);
    View v = *this;
    const size_t bytes_each = shape[0] == 0 ? 0 : bytes() / static_cast<size_t>(shape[0]);
    v.data = static_cast<char*>(data) + bytes_each * static_cast<size_t>(first);
    v.shape[0] = count;
    return v;
  }
};

}  // namespace vita
