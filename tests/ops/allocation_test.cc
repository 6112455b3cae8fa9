// No op and no block allocates after its first run on a stream, except inside oneDNN:
// dnnl_primitive_execute (2.6) builds a small hash map of its arguments on every call. Those are
// counted apart and kept few.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "nn/blocks.h"
#include "ops/op_cases.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VITA_SANITIZED 1  // the sanitizer owns malloc
#endif

namespace {

std::atomic<bool> counting{false};
std::atomic<int> ours{0}, in_dnnl{0};

#ifndef VITA_SANITIZED
void count(const void* caller) {
  if (!counting.load(std::memory_order_relaxed)) return;
  counting = false;  // dladdr may allocate
  Dl_info info{};
  const bool known = dladdr(caller, &info) != 0 && info.dli_fname != nullptr;
  (known && std::strstr(info.dli_fname, "libdnnl") != nullptr ? in_dnnl : ours)++;
  counting = true;
}
#endif

}  // namespace

#ifndef VITA_SANITIZED
extern "C" {
void __libc_free(void* memory);
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

void* malloc(size_t bytes) {
  count(__builtin_return_address(0));
  return __libc_malloc(bytes);
}
void* calloc(size_t n, size_t bytes) {
  count(__builtin_return_address(0));
  return __libc_calloc(n, bytes);
}
void* realloc(void* memory, size_t bytes) {
  count(__builtin_return_address(0));
  return __libc_realloc(memory, bytes);
}
int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  count(__builtin_return_address(0));
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? 12 : 0;
}
void* aligned_alloc(size_t alignment, size_t bytes) {
  count(__builtin_return_address(0));
  return __libc_memalign(alignment, bytes);
}
}

void* operator new(size_t bytes) {
  count(__builtin_return_address(0));
  void* memory = __libc_malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(size_t bytes, std::align_val_t alignment) {
  count(__builtin_return_address(0));
  void* memory = __libc_memalign(static_cast<size_t>(alignment), bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { __libc_free(memory); }
void operator delete(void* memory, size_t) noexcept { __libc_free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { __libc_free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { __libc_free(memory); }
#endif

namespace vita {
namespace {

constexpr int kMaxDnnlAllocations = 16;  // per primitive; 8 were seen

class AllocationTest : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef VITA_SANITIZED
    GTEST_SKIP() << "the sanitizer replaces malloc";
#endif
  }

  // Runs f twice to warm up, then once counted.
  template <typename Function>
  static void expect_none(const std::string& what, int primitives, Function f) {
    f();
    f();
    ours = in_dnnl = 0;
    counting = true;
    f();
    counting = false;
    EXPECT_EQ(ours, 0) << what;
    EXPECT_LE(in_dnnl, primitives * kMaxDnnlAllocations) << what;
  }
};

TEST_F(AllocationTest, CountsWhatItShould) {
  ours = in_dnnl = 0;
  counting = true;
  int* volatile object = new int(1);  // volatile: the compiler may drop a pair that it sees through
  void* volatile block = std::malloc(1);
  counting = false;
  delete object;
  std::free(block);
  EXPECT_EQ(ours, 2);
}

TEST_F(AllocationTest, OpsDoNotAllocate) {
  const auto cpu = make_cpu_backend(2);
  for (const int threads : {1, 2}) {
    auto stream = cpu->stream(threads);
    stream->attach();
    for (const OpCase& c : op_cases()) {
      if (c.large) continue;
      const OpBuffers buffers(c, 11);
      const OpRun op = c.plan(*cpu);
      expect_none(c.name, c.primitives, [&] { op(*stream, buffers.inputs(), buffers.out()); });
    }
  }
}

TEST_F(AllocationTest, BlocksDoNotAllocate) {
  const auto file = WeightFile::open("tests/fixtures/ops/ops.safetensors");
  const auto cpu = make_cpu_backend();
  auto stream = cpu->stream(1);
  Workspace workspace;
  vita::Run run{*stream, workspace};

  const TransformerBlock transformer(
      {*cpu, WeightScope(*file, "transformer")},
      {.batch = 2, .tokens_max = 8, .dim = 12, .heads = 3, .mlp_dim = 20});
  std::vector<float> tokens(2 * 8 * 12), image(2 * 5 * 6 * 6), condition(2 * 5), out(2 * 5 * 6 * 8);
  // As many rows as planned, and fewer.
  for (const int64_t count : {8, 5}) {
    expect_none("transformer", 4, [&] {
      transformer(run, View(tokens.data(), {2, count, 12}), View());
    });
  }
  const ResBlock block({*cpu, WeightScope(*file, "resblock_skip")}, {.batch = 2,
                                                                     .height = 5,
                                                                     .width = 6,
                                                                     .in = 6,
                                                                     .out = 8,
                                                                     .condition = 5,
                                                                     .groups_in = 2,
                                                                     .groups_out = 4});
  expect_none("resblock", 5, [&] {
    block(run, View(image.data(), {2, 5, 6, 6}), View(condition.data(), {2, 5}),
          View(out.data(), {2, 5, 6, 8}));
  });
}

}  // namespace
}  // namespace vita
