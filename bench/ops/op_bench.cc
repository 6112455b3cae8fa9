// Times the table of tests/ops on the cpu backend.
//
//   build/bench/ops/op_bench [--filter conv_320x180] [--threads 2]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/error.h"
#include "ops/op_cases.h"

namespace {

constexpr double kBudgetS = 0.3;  // per case
constexpr int kMaxRuns = 200;

struct Options {
  std::string filter;
  int threads = 1;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--filter") == 0) options.filter = argv[i + 1];
    if (std::strcmp(argv[i], "--threads") == 0) options.threads = std::atoi(argv[i + 1]);
  }
  return options;
}

// Seconds of each run, sorted.
std::vector<double> time_case(const vita::Backend& backend, vita::Stream& stream,
                              const vita::OpCase& op_case) {
  using Clock = std::chrono::steady_clock;
  const vita::OpBuffers buffers(op_case, 11);
  const vita::OpRun op = op_case.plan(backend);
  for (int i = 0; i < 3; i++) op(stream, buffers.inputs(), buffers.out());
  std::vector<double> seconds;
  double sum = 0;
  while (sum < kBudgetS && static_cast<int>(seconds.size()) < kMaxRuns) {
    const auto start = Clock::now();
    op(stream, buffers.inputs(), buffers.out());
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    sum += seconds.back();
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds;
}

int bench(const Options& options) {
  const auto backend = vita::make_cpu_backend(options.threads);
  auto stream = backend->stream(options.threads);
  stream->attach();
  std::printf("%s, %d thread%s\n%-44s %10s %10s %10s\n", backend->description().c_str(),
              options.threads, options.threads == 1 ? "" : "s", "case", "best ms", "median ms",
              "GFLOP/s");
  for (const vita::OpCase& op_case : vita::op_cases()) {
    if (op_case.name.find(options.filter) == std::string::npos) continue;
    const std::vector<double> seconds = time_case(*backend, *stream, op_case);
    const double median = seconds[seconds.size() / 2];
    std::printf("%-44s %10.4f %10.4f %10.1f\n", op_case.name.c_str(), seconds.front() * 1e3,
                median * 1e3, op_case.flops / seconds.front() * 1e-9);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return bench(parse(argc, argv));
  } catch (const vita::Error& error) {
    std::fprintf(stderr, "op_bench: %s\n", error.what());
    return 2;
  }
}
