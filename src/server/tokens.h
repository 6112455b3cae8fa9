// Short-lived rights to one session.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vita {

enum class Role { steer, watch };
const char* role_name(Role role);

struct Grant {
  std::string session;
  Role role = Role::watch;
  int64_t expires_s = 0;  // seconds of the Unix clock
};

struct IssuedToken {
  std::string token;
  int64_t expires_s = 0;
};

// Keeps hashes only: a token is shown once, to whom it is given. Used by one thread. Times are
// seconds of the Unix clock.
class Tokens {
 public:
  static constexpr size_t kPerSessionMax = 256;

  explicit Tokens(double lifetime_s) : lifetime_s_(static_cast<int64_t>(lifetime_s)) {}

  // Nothing if the session has kPerSessionMax tokens that still live.
  std::optional<IssuedToken> issue(const std::string& session, Role role, int64_t now_s);
  // Nothing for a token that was never given, has expired, or whose session is over.
  std::optional<Grant> find(std::string_view token, int64_t now_s);
  void end_session(const std::string& session);

 private:
  void forget_expired(int64_t now_s);

  const int64_t lifetime_s_;
  std::map<std::string, Grant, std::less<>> grants_;  // by the token's SHA-256
};

}  // namespace vita
