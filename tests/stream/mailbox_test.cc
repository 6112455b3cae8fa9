#include "stream/mailbox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "stream/check_control.h"

namespace vita {
namespace {

TEST(Mailbox, TheLatestOfEachKindWins) {
  Mailbox box;
  const uint64_t first = box.post(MoveControl{0.5f});
  const uint64_t prompt = box.post(PromptControl{"snow"});
  const uint64_t second = box.post(MoveControl{1});
  auto letter = box.take(7);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->id, prompt);
  letter = box.take(7);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->id, second);
  EXPECT_FLOAT_EQ(std::get<MoveControl>(letter->control).forward, 1);
  EXPECT_TRUE(box.empty());
  EXPECT_FALSE(box.take(8));
  const auto receipt = box.next_receipt();
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->control_id, first);
  EXPECT_EQ(receipt->frame, 7);
  EXPECT_EQ(receipt->outcome, Receipt::Outcome::superseded);
  EXPECT_FALSE(box.next_receipt());
}

TEST(Mailbox, KeepsABoundedNumberOfReceipts) {
  Mailbox box;
  for (int k = 0; k < 1000; k++) {
    box.answer({box.post(MoveControl{}), k, Receipt::Outcome::applied, {}, {}});
  }
  size_t kept = 0;
  while (box.next_receipt()) kept++;
  EXPECT_EQ(kept, Mailbox::kReceiptsMax);
  EXPECT_GE(box.dropped_receipts(), 1000 - static_cast<int64_t>(Mailbox::kReceiptsMax));
}

TEST(Mailbox, RefusesNumbersOutOfRange) {
  EXPECT_NO_THROW(check_control(MoveControl{1, -1, 0, 0.5f, 0}));
  EXPECT_THROW(check_control(MoveControl{std::numeric_limits<float>::quiet_NaN()}), Error);
  EXPECT_THROW(check_control(MoveControl{0, 0, 0, 1.5f, 0}), Error);
  EXPECT_THROW(check_control(CameraControl{1e9, 0}), Error);
  EXPECT_THROW(check_control(CameraControl{0, 0, -1}), Error);
  EXPECT_THROW(check_control(PromptControl{"snow", -1}), Error);
  EXPECT_THROW(check_control(PromptControl{"  "}), Error);
}

}  // namespace
}  // namespace vita
