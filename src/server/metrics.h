// Counters for Prometheus.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/histogram.h"

namespace vita {

// Every family is declared at construction (metrics.cc has the table); any thread may count. A
// name that was not declared is an Error{internal}: a fault of ours that any test sees.
class Metrics {
 public:
  Metrics();

  // `label` is the value of the family's one label, empty for families without one.
  void add(const std::string& name, double amount = 1, const std::string& label = {});
  void set(const std::string& name, double value, const std::string& label = {});
  // Histograms: seconds.
  void observe(const std::string& name, double seconds, const std::string& label = {});
  // What a histogram of the engine's has gained between two looks at it.
  void observe_new(const std::string& name, const Histogram& before, const Histogram& after,
                   const std::string& label = {});
  double value(const std::string& name, const std::string& label = {}) const;
  // The text format 0.0.4.
  std::string text() const;

 private:
  enum class Kind { counter, gauge, histogram };
  struct Series {
    double value = 0;  // a histogram's sum
    uint64_t count = 0;
    std::vector<uint64_t> buckets;  // not cumulative
  };
  struct Family {
    Kind kind = Kind::counter;
    std::string help, label;
    std::map<std::string, Series> series;
  };

  void declare(Kind kind, const char* name, const char* help, const char* label = "");
  Family& family(const std::string& name);
  Series& series(const std::string& name, const std::string& label);
  static void append(std::string& out, const std::string& name, const Family& family);

  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace vita
