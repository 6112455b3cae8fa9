#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "server/authentication.h"
#include "server/random_bytes.h"
#include "server/rate_limit.h"
#include "server/receipts.h"
#include "server/serve_options.h"
#include "server/tokens.h"

namespace vita {
namespace {

TEST(Tokens, BelongToASessionUntilTheyExpire) {
  Tokens tokens(600);
  const IssuedToken issued = *tokens.issue("s_1", Role::steer, 1000);
  EXPECT_EQ(issued.token.size(), 64u);
  EXPECT_EQ(issued.expires_s, 1600);
  const std::optional<Grant> grant = tokens.find(issued.token, 1599);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->session, "s_1");
  EXPECT_EQ(grant->role, Role::steer);
  EXPECT_FALSE(tokens.find(issued.token, 1600));
  EXPECT_FALSE(tokens.find(issued.token.substr(1), 1001));
  EXPECT_FALSE(tokens.find("", 1001));
}

TEST(Tokens, EndWithTheirSession) {
  Tokens tokens(600);
  const std::string one = tokens.issue("s_1", Role::steer, 0)->token;
  const std::string other = tokens.issue("s_2", Role::watch, 0)->token;
  EXPECT_NE(one, other);
  tokens.end_session("s_1");
  EXPECT_FALSE(tokens.find(one, 1));
  EXPECT_TRUE(tokens.find(other, 1));
}

TEST(Tokens, AreLimitedForASession) {
  Tokens tokens(600);
  for (size_t k = 0; k < Tokens::kPerSessionMax; k++) {
    ASSERT_TRUE(tokens.issue("s_1", Role::watch, 0));
  }
  EXPECT_FALSE(tokens.issue("s_1", Role::watch, 0));
  EXPECT_TRUE(tokens.issue("s_2", Role::watch, 0));
  EXPECT_TRUE(tokens.issue("s_1", Role::watch, 600)) << "expired ones no longer count";
}

TEST(TokenBucket, GivesABurstAndThenItsRate) {
  TokenBucket bucket(10, 3);
  int64_t now_us = 5'000'000;
  for (int k = 0; k < 3; k++) EXPECT_TRUE(bucket.take(now_us));
  EXPECT_FALSE(bucket.take(now_us));
  now_us += 99'000;
  EXPECT_FALSE(bucket.take(now_us));
  now_us += 2'000;
  EXPECT_TRUE(bucket.take(now_us));
  EXPECT_FALSE(bucket.take(now_us));
  now_us += 60'000'000;
  for (int k = 0; k < 3; k++) EXPECT_TRUE(bucket.take(now_us));
  EXPECT_FALSE(bucket.take(now_us));
}

TEST(AddressLimit, IsOfEachAddressAndBounded) {
  AddressLimit limit(1, 1);
  int64_t now_us = 1'000'000;
  EXPECT_TRUE(limit.take("a", now_us));
  EXPECT_FALSE(limit.take("a", now_us));
  EXPECT_TRUE(limit.take("b", now_us));
  for (size_t k = 2; k < AddressLimit::kAddressesMax; k++) {
    ASSERT_TRUE(limit.take("n" + std::to_string(k), now_us));
  }
  EXPECT_FALSE(limit.take("one more", now_us)) << "none of the others is idle";
  now_us += 2'000'000;
  EXPECT_TRUE(limit.take("one more", now_us)) << "those that were idle are forgotten";
}

TEST(Receipts, FindTheirControlAndTheFrameThatShowsIt) {
  Receipts receipts;
  receipts.add(7, {1, "a", 100, "", {}, false});
  EXPECT_FALSE(receipts.take(8));
  const std::optional<PendingControl> control = receipts.take(7);
  ASSERT_TRUE(control);
  EXPECT_EQ(control->client_id, "a");
  EXPECT_FALSE(receipts.take(7));
  receipts.await_frame(12, *control);
  EXPECT_TRUE(receipts.shown(11).empty());
  ASSERT_EQ(receipts.shown(13).size(), 1u);
  EXPECT_TRUE(receipts.shown(13).empty());
}

TEST(Receipts, ForgetTheOldest) {
  Receipts receipts;
  for (uint64_t id = 0; id <= Receipts::kWaitingMax; id++) receipts.add(id, {});
  EXPECT_EQ(receipts.dropped(), 1u);
  EXPECT_FALSE(receipts.take(0));
  EXPECT_TRUE(receipts.take(1));
}

TEST(Secrets, AreRandomAndCompared) {
  EXPECT_EQ(random_hex(16).size(), 32u);
  EXPECT_NE(random_hex(16), random_hex(16));
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "abcd"));
  EXPECT_FALSE(same_secret("", "a"));
}

TEST(HostName, LeavesThePortOut) {
  EXPECT_EQ(host_name("localhost:8080"), "localhost");
  EXPECT_EQ(host_name("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(host_name("[::1]:8080"), "::1");
  EXPECT_EQ(host_name("[::1"), "::1");
  EXPECT_EQ(host_name(""), "");
  for (const char* name : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) {
    EXPECT_TRUE(is_loopback(name)) << name;
  }
  for (const char* name :
       {"", "localhost.example.org", "0.0.0.0", "10.0.0.1", "127.0.0.1.nip.io"}) {
    EXPECT_FALSE(is_loopback(name)) << name;
  }
}

std::string refusal(const ServeOptions& options) {
  try {
    check_serve_options(options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ServeOptions, AreChecked) {
  EXPECT_EQ(refusal({}), "");
  ServeOptions options;
  options.host = "0.0.0.0";
  EXPECT_NE(refusal(options).find("expected an API key"), std::string::npos);
  options.api_key = "short";
  EXPECT_NE(refusal(options).find("expected 16 to 256"), std::string::npos);
  options.api_key = "0123456789abcdef";
  EXPECT_EQ(refusal(options), "");
  options.tls_cert = "cert.pem";
  EXPECT_NE(refusal(options).find("--tls-key"), std::string::npos);
  options = {};
  options.port = 70000;
  EXPECT_NE(refusal(options).find("--port"), std::string::npos);
  options = {};
  options.max_sessions = 0;
  EXPECT_NE(refusal(options).find("--max-sessions"), std::string::npos);
}

}  // namespace
}  // namespace vita
