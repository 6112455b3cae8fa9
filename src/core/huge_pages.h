// Memory for large arrays that are read all over the place, in pages of 2 MiB where the system has
// them: with small pages most reads of a map wait for the page table first.
#pragma once
#include <cstddef>
#include <new>

namespace vita {

// Asks the system for large pages behind the memory; a system without them changes nothing.
void prefer_huge_pages(void* p, size_t bytes);

// For std::vector.
template <class T>
struct HugePageAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlign{size_t{2} << 20};

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>&) {}  // NOLINT: allocators convert

  T* allocate(size_t n) {
    void* p = ::operator new(n * sizeof(T), kAlign);
    prefer_huge_pages(p, n * sizeof(T));
    return static_cast<T*>(p);
  }
  void deallocate(T* p, size_t n) { ::operator delete(p, n * sizeof(T), kAlign); }
  template <class U>
  bool operator==(const HugePageAllocator<U>&) const {
    return true;
  }
};

}  // namespace vita
