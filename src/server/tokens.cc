#include "server/tokens.h"

#include "core/hash.h"
#include "server/random_bytes.h"

namespace vita {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kTokenCharsMax = 128;

}  // namespace

const char* role_name(Role role) { return role == Role::steer ? "steer" : "watch"; }

void Tokens::forget_expired(int64_t now_s) {
  std::erase_if(grants_, [now_s](const auto& entry) { return entry.second.expires_s <= now_s; });
}

std::optional<IssuedToken> Tokens::issue(const std::string& session, Role role, int64_t now_s) {
  forget_expired(now_s);
  size_t held = 0;
  for (const auto& [hash, grant] : grants_) held += grant.session == session;
  if (held >= kPerSessionMax) return std::nullopt;
  IssuedToken issued{random_hex(kTokenBytes), now_s + lifetime_s_};
  grants_[sha256_hex(issued.token)] = {session, role, issued.expires_s};
  return issued;
}

// The look-up compares hashes, so its time tells nothing about any token.
std::optional<Grant> Tokens::find(std::string_view token, int64_t now_s) {
  if (token.size() > kTokenCharsMax) return std::nullopt;
  const auto found = grants_.find(sha256_hex(token));
  if (found == grants_.end() || found->second.expires_s <= now_s) return std::nullopt;
  return found->second;
}

void Tokens::end_session(const std::string& session) {
  std::erase_if(grants_, [&](const auto& entry) { return entry.second.session == session; });
}

}  // namespace vita
