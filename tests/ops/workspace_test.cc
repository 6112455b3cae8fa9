#include "core/workspace.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace vita {
namespace {

TEST(Workspace, GivesBackInTheOrderOfAStack) {
  Workspace workspace(1024);
  auto outer = workspace.scope();
  const View a = outer.take(Dtype::f32, {3, 5});
  void* first = nullptr;
  {
    auto inner = workspace.scope();
    first = inner.take(Dtype::u8, {10}).data;
  }
  EXPECT_EQ(outer.take(Dtype::f32, {1}).data, first);
  EXPECT_EQ(static_cast<char*>(first) - static_cast<char*>(a.data), 64);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(a.data) % Workspace::kAlignment, 0u);
}

// One network's worth of nested scopes, with a tensor larger than a block.
void work(Workspace& workspace) {
  auto outer = workspace.scope();
  outer.take(Dtype::f32, {100, 1000});
  for (int i = 0; i < 3; i++) {
    auto inner = workspace.scope();
    const View large = inner.take(Dtype::f32, {1000, 1000});
    const View small = inner.take(Dtype::u8, {1});
    large.f32()[999999] = 1;
    *small.u8() = 2;
    EXPECT_EQ(large.f32()[999999], 1);
  }
}

TEST(Workspace, ADryRunMeasuresWhatAFixedOneNeeds) {
  Workspace dry;
  work(dry);
  EXPECT_EQ(dry.peak_bytes(), 400000u + 4000000u + 64u);
  Workspace exact(dry.peak_bytes());
  work(exact);
  EXPECT_EQ(exact.capacity_bytes(), dry.peak_bytes());
  Workspace small(dry.peak_bytes() - 1);
  EXPECT_THROW(work(small), Error);
}

TEST(View, PartsAndShapes) {
  float memory[24];
  const View v(memory, {2, 3, 4});
  EXPECT_EQ(v.shape[-1], 4);
  EXPECT_EQ(v.bytes(), 96u);
  EXPECT_EQ(v.part(1, 1).f32(), memory + 12);
  EXPECT_EQ(v.part(1, 1).shape, (Shape{1, 3, 4}));
  EXPECT_EQ(v.as({6, 4}).shape.text(), "[6, 4]");
  EXPECT_FALSE(View());
}

}  // namespace
}  // namespace vita
