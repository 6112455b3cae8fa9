#include "core/huge_pages.h"

#include <sys/mman.h>

namespace vita {

void prefer_huge_pages(void* p, size_t bytes) {
  // Whether it helps or not, the memory is the same: a refusal needs no answer.
  (void)madvise(p, bytes, MADV_HUGEPAGE);
}

}  // namespace vita
