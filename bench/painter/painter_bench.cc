// Times the painter stage by stage on one core, in integers and in floats, beside oneDNN's
// convolutions and what the core can do at most. Times are of the thread's processor.
//
//   build/bench/painter/painter_bench [--rounds 15] [--json]
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "core/cpu.h"
#include "core/error.h"
#include "painter/cases.h"

namespace {

using vita::bench::Case;
using vita::bench::Peak;

struct Options {
  int rounds = 15;
  bool json = false;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i++) {
    if (std::strcmp(argv[i], "--json") == 0) options.json = true;
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
      options.rounds = std::max(std::atoi(argv[i + 1]), 1);
    }
  }
  return options;
}

double thread_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

const char* peak_name(Peak peak) {
  switch (peak) {
    case Peak::int8: return "int8";
    case Peak::int16: return "int16";
    case Peak::f32: return "f32";
    case Peak::memory: return "memory";
    case Peak::none: break;
  }
  return "";
}

struct Row {
  std::string name;
  const char* peak;
  double best_ms, median_ms, gops, share;  // gops, share: of the best; 0: not counted
  std::string note;
};

// All cases take turns, so that what else the machine does meets them alike.
std::vector<std::vector<double>> time_cases(const std::vector<Case>& cases, int rounds) {
  std::vector<std::vector<double>> seconds(cases.size());
  for (const Case& c : cases) c.run();
  for (int round = 0; round < rounds; round++) {
    for (size_t i = 0; i < cases.size(); i++) {
      const double start = thread_seconds();
      cases[i].run();
      seconds[i].push_back(thread_seconds() - start);
    }
  }
  for (std::vector<double>& of_case : seconds) std::sort(of_case.begin(), of_case.end());
  return seconds;
}

std::vector<Row> measure(const Options& options) {
  const auto backend = vita::make_cpu_backend(1);
  const auto stream = backend->stream(1);
  stream->attach();  // also keeps the single primitives to one thread
  const vita::bench::Guide guide;
  std::vector<Case> cases;
  const auto add = [&](const std::vector<Case>& more) {
    cases.insert(cases.end(), more.begin(), more.end());
  };
  for (Peak peak : {Peak::int8, Peak::int16, Peak::f32}) {
    cases.push_back({std::string("peak: ") + peak_name(peak), peak, vita::bench::peak_ops(peak),
                     [peak] { vita::bench::run_peak(peak); }});
  }
  cases.push_back(vita::bench::triad_case());
  const size_t peak_count = cases.size();
  add(vita::bench::integer_cases(guide));
  add(vita::bench::memory_cases());
  add(vita::bench::float_cases(guide, *backend, *stream));
  add(vita::bench::onednn_cases());

  const auto seconds = time_cases(cases, options.rounds);
  std::map<Peak, double> peaks;
  std::vector<Row> rows;
  for (size_t i = 0; i < cases.size(); i++) {
    const Case& c = cases[i];
    const double best = seconds[i].front(), gops = c.ops / best * 1e-9;
    if (i < peak_count) peaks[c.peak] = gops;
    rows.push_back({c.name, peak_name(c.peak), best * 1e3, seconds[i][seconds[i].size() / 2] * 1e3,
                    gops, c.peak == Peak::none ? 0 : gops / peaks[c.peak], c.note});
  }
  return rows;
}

void print_table(const std::vector<Row>& rows, const Options& options) {
  std::printf("%s, one core, %dx%d, %d rounds\n", vita::isa_name(vita::cpu_isa()),
              vita::bench::kWidth, vita::bench::kHeight, options.rounds);
  std::printf("%-26s %12s %12s %9s %8s\n", "case", "best core-ms", "median", "GOP/s", "of peak");
  for (const Row& row : rows) {
    std::printf("%-26s %12.3f %12.3f", row.name.c_str(), row.best_ms, row.median_ms);
    if (row.gops > 0) std::printf(" %9.1f", row.gops);
    if (row.share > 0) std::printf(" %6.1f %% of %s", row.share * 100, row.peak);
    if (!row.note.empty()) std::printf("  %s", row.note.c_str());
    std::printf("\n");
  }
}

void print_json(const std::vector<Row>& rows, const Options& options) {
  std::printf("{\"isa\": \"%s\", \"width\": %d, \"height\": %d, \"rounds\": %d, \"cases\": [",
              vita::isa_name(vita::cpu_isa()), vita::bench::kWidth, vita::bench::kHeight,
              options.rounds);
  const char* comma = "\n";
  for (const Row& row : rows) {
    std::printf("%s  {\"name\": \"%s\", \"best_core_ms\": %.4f, \"median_core_ms\": %.4f", comma,
                row.name.c_str(), row.best_ms, row.median_ms);
    if (row.gops > 0) std::printf(", \"gops\": %.2f", row.gops);
    if (row.share > 0) std::printf(", \"peak\": \"%s\", \"share\": %.4f", row.peak, row.share);
    if (!row.note.empty()) std::printf(", \"note\": \"%s\"", row.note.c_str());
    std::printf("}");
    comma = ",\n";
  }
  std::printf("\n]}\n");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    const std::vector<Row> rows = measure(options);
    (options.json ? print_json : print_table)(rows, options);
    return 0;
  } catch (const vita::Error& error) {
    std::fprintf(stderr, "painter_bench: %s\n", error.what());
    return 2;
  }
}
