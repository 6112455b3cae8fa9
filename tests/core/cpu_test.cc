#include "core/cpu.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

namespace vita {
namespace {

TEST(Cpu, NamesEveryInstructionSet) {
  EXPECT_STREQ(isa_name(Isa::baseline), "baseline");
  EXPECT_STREQ(isa_name(Isa::avx2), "avx2");
  EXPECT_STREQ(isa_name(Isa::avx512), "avx512");
  EXPECT_STREQ(isa_name(Isa::avx512_vnni), "avx512_vnni");
}

// In processes of their own: the choice is made once.
TEST(CpuDeathTest, TheEnvironmentIsAnUpperLimit) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto exit_with_isa = [](const char* limit) {
    ::setenv("VITA_MAX_ISA", limit, 1);
    std::exit(static_cast<int>(cpu_isa()));
  };
  auto at_most_avx2 = [](int status) {
    return WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(Isa::avx2);
  };
  EXPECT_EXIT(exit_with_isa("baseline"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(exit_with_isa("avx2"), at_most_avx2, "");
  auto without_vnni = [](int status) {
    return WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(Isa::avx512);
  };
  EXPECT_EXIT(exit_with_isa("avx512"), without_vnni, "");
}

}  // namespace
}  // namespace vita
