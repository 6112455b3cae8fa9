// Every case of the table: the cpu backend against the reference, alone and with two threads at
// once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/cpu.h"
#include "core/error.h"
#include "ops/compare.h"
#include "ops/op_cases.h"

namespace vita {
namespace {

class OpTest : public ::testing::TestWithParam<OpCase> {};

OpBuffers result_of(const Backend& backend, const OpCase& op_case, int threads, int runs = 1) {
  OpBuffers buffers(op_case, 11);
  auto stream = backend.stream(threads);
  stream->attach();
  const OpRun op = op_case.plan(backend);
  for (int i = 0; i < runs; i++) op(*stream, buffers.inputs(), buffers.out());
  return buffers;
}

TEST_P(OpTest, CpuAgreesWithRef) {
  const OpBuffers expected = result_of(*make_ref_backend(), GetParam(), 1);
  const auto cpu = make_cpu_backend(2);
  const OpBuffers found = result_of(*cpu, GetParam(), 1, 2);
  EXPECT_TRUE(close_to(values(found.out()), values(expected.out()))) << cpu->description();
  const OpBuffers wide = result_of(*cpu, GetParam(), 2, 2);
  EXPECT_TRUE(close_to(values(wide.out()), values(expected.out())))
      << cpu->description() << " on two threads";
}

TEST_P(OpTest, TwoThreadsMayRunOneOp) {
  const auto cpu = make_cpu_backend();
  const OpRun op = GetParam().plan(*cpu);
  OpBuffers a(GetParam(), 11), b(GetParam(), 11), alone(GetParam(), 11);
  auto work = [&](OpBuffers& buffers) {
    auto stream = cpu->stream(1);
    stream->attach();
    for (int i = 0; i < 4; i++) op(*stream, buffers.inputs(), buffers.out());
  };
  work(alone);
  std::thread other([&] { work(b); });
  work(a);
  other.join();
  EXPECT_TRUE(std::ranges::equal(values(a.out()), values(alone.out())));
  EXPECT_TRUE(std::ranges::equal(values(b.out()), values(alone.out())));
}

std::vector<OpCase> cases_where(bool large) {
  std::vector<OpCase> cases = op_cases();
  std::erase_if(cases, [&](const OpCase& c) { return c.large != large; });
  return cases;
}

std::string case_name(const ::testing::TestParamInfo<OpCase>& info) {
  return std::to_string(info.index) + "_" + info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Small, OpTest, ::testing::ValuesIn(cases_where(false)), case_name);
INSTANTIATE_TEST_SUITE_P(Large, OpTest, ::testing::ValuesIn(cases_where(true)), case_name);

TEST(CpuBackend, ObeysTheIsaLimit) {
  const char* limit = std::getenv("VITA_MAX_ISA");
  if (limit == nullptr) GTEST_SKIP() << "VITA_MAX_ISA is not set";
  const std::string description = make_cpu_backend()->description();
  EXPECT_NE(description.find(isa_name(cpu_isa())), std::string::npos) << description;
  if (isa_name(cpu_isa()) != std::string(limit))
    GTEST_SKIP() << "the machine has less than " << limit;
}

// Works in place where the interface says so.
TEST(CpuBackend, RunsInPlace) {
  const auto cpu = make_cpu_backend();
  auto stream = cpu->stream(1);
  for (const OpCase& c : op_cases()) {
    const bool in_place = c.name.starts_with("activate") || c.name.starts_with("film") ||
                          c.name.starts_with("group_norm") || c.name.starts_with("layer_norm") ||
                          c.name == "add";
    if (!in_place || c.large) continue;
    const OpBuffers expected = result_of(*cpu, c, 1);
    const OpBuffers buffers(c, 11);
    c.plan (*cpu)(*stream, buffers.inputs(), buffers.inputs()[0]);
    EXPECT_TRUE(close_to(values(buffers.inputs()[0]), values(expected.out()))) << c.name;
  }
}

// What a crew makes is what one core makes, bit for bit; only convolutions need bands for it.
TEST(CpuBackend, ACrewRoundsAsOneCoreDoes) {
  const auto cpu = make_cpu_backend();
  ThreadPool pool({.threads = 1});
  Crew crew(pool, 2);
  auto narrow = cpu->stream(1), led = cpu->stream(crew);
  for (const OpCase& c : op_cases()) {
    if (c.large) continue;
    const OpRun op = c.plan(*cpu);
    const OpBuffers alone(c, 11), together(c, 11);
    op(*narrow, alone.inputs(), alone.out());
    crew.lead([&] {
      led->attach();
      for (int again = 0; again < 20; again++) op(*led, together.inputs(), together.out());
    });
    EXPECT_TRUE(std::ranges::equal(values(alone.out()), values(together.out()))) << c.name;
  }
}

TEST(Backends, RefuseWhatTheyCannotPlan) {
  const std::vector<float> weights(27), bias(1);
  for (const auto& backend : {make_ref_backend(), make_cpu_backend()}) {
    EXPECT_THROW(backend->conv2d({.height = 4, .width = 4, .in = 3, .out = 2}, weights, bias),
                 Error);
    EXPECT_THROW(backend->conv2d({.height = 4, .width = 4, .in = 3, .out = 1, .dtype = Dtype::i8},
                                 weights, bias),
                 Error);
    EXPECT_THROW(backend->conv2d({.height = 0, .width = 4, .in = 3, .out = 1}, weights, bias),
                 Error);
    EXPECT_THROW(
        backend->conv2d({.height = 4, .width = 4, .in = 3, .out = 1, .bands = 5}, weights, bias),
        Error);
    EXPECT_THROW(
        backend->conv2d({.height = 4, .width = 4, .in = 3, .out = 1, .stride = 2, .bands = 2},
                        weights, bias),
        Error);
    EXPECT_THROW(backend->linear({.rows_max = 0, .in = 27, .out = 1}, weights, bias), Error);
    EXPECT_NO_THROW(backend->conv2d({.height = 4, .width = 4, .in = 3, .out = 1}, weights, bias));
    EXPECT_NO_THROW(backend->conv2d({.height = 4, .width = 4, .in = 3, .out = 1}, weights, {}));
  }
  EXPECT_THROW(make_cpu_backend(2)->stream(3), Error);
  EXPECT_THROW(make_cpu_backend(0), Error);
}

TEST(Backends, RefuseViewsOfTheWrongShape) {
  std::vector<float> memory(64), bias(2);
  for (const auto& backend : {make_ref_backend(), make_cpu_backend()}) {
    auto stream = backend->stream(1);
    const View x(memory.data(), {4, 4}), wrong(memory.data(), {4, 5}),
        out(memory.data() + 32, {4, 4});
    EXPECT_THROW(backend->add(*stream, x, wrong, out), Error);
    EXPECT_THROW(backend->layer_norm(*stream, 1e-5f, x, bias, bias, out), Error);
    const auto op =
        backend->linear({.rows_max = 3, .in = 4, .out = 2}, std::span(memory).first(8), bias);
    EXPECT_THROW(op->run(*stream, x, View(memory.data() + 32, {4, 2})),
                 Error);  // four rows of three
    std::vector<int32_t> ids = {1, 99};
    EXPECT_THROW(backend->embedding_sum(*stream, std::span<const float>(memory).first(16),
                                        View(Dtype::i32, ids.data(), {1, 2}),
                                        View(memory.data() + 32, {1, 4})),
                 Error);
  }
}

}  // namespace
}  // namespace vita
