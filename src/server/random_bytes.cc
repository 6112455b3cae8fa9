#include "server/random_bytes.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <vector>

#include "core/error.h"
#include "core/hash.h"

namespace vita {

std::string random_hex(size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1) {
    throw Error(ErrorCode::internal, "the system's random generator gave nothing");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes);
  for (const unsigned char byte : random) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// Hashes have one length, so that the length of the secret does not show either.
bool same_secret(std::string_view a, std::string_view b) {
  const std::string hash_a = sha256_hex(a), hash_b = sha256_hex(b);
  return CRYPTO_memcmp(hash_a.data(), hash_b.data(), hash_a.size()) == 0;
}

}  // namespace vita
