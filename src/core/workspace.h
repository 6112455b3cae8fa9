// Scratch memory for activations: allocated once, taken and given back like a stack.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "core/view.h"

namespace vita {

// Owned by one worker and used by one thread at a time.
//
// Without a size it grows when it runs short, which is meant for the dry run that measures a
// network:
//
//   Workspace dry;                              // grows
//   network(run_with(dry), ...);
//   Workspace workspace(dry.peak_bytes());      // one allocation; the same network never allocates
//   again
//
//   auto scope = workspace.scope();
//   View hidden = scope.take(Dtype::f32, {rows, dim});   // given back when `scope` ends
class Workspace {
 public:
  static constexpr size_t kAlignment = 64;

  // Everything taken since the scope was opened is given back when it ends. Scopes nest.
  class Scope {
   public:
    ~Scope() { workspace_.rewind(*this); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    // Uninitialised memory. A workspace of fixed size that is too small throws Error{internal}.
    View take(Dtype dtype, Shape shape) {
      return {dtype, workspace_.take(element_bytes(dtype), shape), shape};
    }

   private:
    friend class Workspace;
    explicit Scope(Workspace& workspace)
        : workspace_(workspace),
          block_(workspace.block_),
          used_(workspace.used_),
          live_(workspace.live_) {}
    Workspace& workspace_;
    size_t block_, used_, live_;
  };

  Workspace() = default;
  explicit Workspace(size_t bytes);

  Scope scope() { return Scope(*this); }
  // The most that was ever taken at once; a Workspace of this size suffices for the same work.
  size_t peak_bytes() const { return peak_; }
  size_t capacity_bytes() const;

 private:
  struct Free {
    void operator()(std::byte* p) const;
  };
  struct Block {
    std::unique_ptr<std::byte[], Free> memory;
    size_t bytes = 0;
  };
  static Block allocate(size_t bytes);
  void* take(size_t element_bytes, const Shape& shape);
  void rewind(const Scope& scope);

  std::vector<Block> blocks_;
  bool fixed_ = false;
  size_t block_ = 0;  // the block in use
  size_t used_ = 0;   // bytes of it
  size_t live_ = 0;   // bytes taken in all blocks
  size_t peak_ = 0;
};

}  // namespace vita
