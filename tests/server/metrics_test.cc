#include "server/metrics.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace vita {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, CountersAndGauges) {
  Metrics metrics;
  metrics.add("vitascope_frames_total");
  metrics.add("vitascope_frames_total", 2);
  metrics.set("vitascope_viewers", 3, "webrtc");
  metrics.add("vitascope_rejected_total", 1, "a\"b\\c\nd");
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, "# TYPE vitascope_frames_total counter"));
  EXPECT_TRUE(has_line(text, "vitascope_frames_total 3"));
  EXPECT_TRUE(has_line(text, "# TYPE vitascope_viewers gauge"));
  EXPECT_TRUE(has_line(text, "vitascope_viewers{transport=\"webrtc\"} 3"));
  EXPECT_TRUE(has_line(text, "vitascope_rejected_total{reason=\"a\\\"b\\\\c\\nd\"} 1"));
  EXPECT_EQ(metrics.value("vitascope_frames_total"), 3);
}

TEST(Metrics, HistogramsAreCumulative) {
  Metrics metrics;
  for (const double seconds : {0.0005, 0.02, 0.021, 99.0}) {
    metrics.observe("vitascope_stage_seconds", seconds, "painter");
  }
  const std::string text = metrics.text();
  const std::string name = "vitascope_stage_seconds_bucket{stage=\"painter\",le=";
  EXPECT_TRUE(has_line(text, name + "\"0.001\"} 1"));
  EXPECT_TRUE(has_line(text, name + "\"0.02\"} 2")) << "a bound belongs to its bucket";
  EXPECT_TRUE(has_line(text, name + "\"0.03\"} 3"));
  EXPECT_TRUE(has_line(text, name + "\"10\"} 3"));
  EXPECT_TRUE(has_line(text, name + "\"+Inf\"} 4"));
  EXPECT_TRUE(has_line(text, "vitascope_stage_seconds_count{stage=\"painter\"} 4"));
  EXPECT_TRUE(has_line(text, "vitascope_stage_seconds_sum{stage=\"painter\"} 99.0415"));
}

TEST(Metrics, TakesWhatAHistogramGained) {
  Metrics metrics;
  Histogram before, after;
  before.add(1.5);
  for (const double ms : {1.5, 15.0, 15.0, 20000.0}) after.add(ms);
  metrics.observe_new("vitascope_stage_seconds", before, after, "painter");
  metrics.observe_new("vitascope_stage_seconds", after, after, "painter");
  const std::string text = metrics.text();
  const std::string name = "vitascope_stage_seconds_bucket{stage=\"painter\",le=";
  EXPECT_TRUE(has_line(text, name + "\"0.01\"} 0"));
  EXPECT_TRUE(has_line(text, name + "\"0.02\"} 2"));
  EXPECT_TRUE(has_line(text, name + "\"10\"} 2"));
  EXPECT_TRUE(has_line(text, name + "\"+Inf\"} 3"));
  EXPECT_TRUE(has_line(text, "vitascope_stage_seconds_sum{stage=\"painter\"} 20.03"));
}

TEST(Metrics, AnUnknownNameIsAFault) {
  Metrics metrics;
  EXPECT_THROW(metrics.add("vitascope_typo_total"), Error);
}

}  // namespace
}  // namespace vita
