#include "core/histogram.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vita {
namespace {

TEST(Histogram, PercentilesAreWithinTwoPerCent) {
  Histogram h;
  for (int k = 1; k <= 10000; k++) h.add(k * 0.01);
  EXPECT_EQ(h.count(), 10000);
  EXPECT_NEAR(h.mean_ms(), 50.005, 1e-6);
  EXPECT_DOUBLE_EQ(h.max_ms(), 100);
  for (const double share : {0.01, 0.5, 0.95, 0.99}) {
    EXPECT_NEAR(h.percentile_ms(share) / (100 * share), 1, 0.02) << share;
  }
}

TEST(Histogram, HoldsExtremes) {
  Histogram h;
  EXPECT_EQ(h.percentile_ms(0.5), 0);
  h.add(-1);
  h.add(0);
  EXPECT_EQ(h.percentile_ms(0.99), 0);
  h.add(1e12);
  EXPECT_GT(h.percentile_ms(1), 1e6);
}

}  // namespace
}  // namespace vita
