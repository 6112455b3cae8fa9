#include "core/hash.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/error.h"

namespace vita {
namespace {

// FIPS 180-4, examples of one and of two blocks.
TEST(Hash, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Hash, OfAFileIsThatOfItsBytes) {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "vita_hash_test.bin";
  std::string text(3'000'001, 'x');
  std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(sha256_file_hex(path.string()), sha256_hex(text));
  std::filesystem::remove(path);
}

TEST(Hash, NamesTheFileThatIsMissing) {
  try {
    sha256_file_hex("no/such/file");
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("no/such/file"), std::string::npos);
  }
}

}  // namespace
}  // namespace vita
