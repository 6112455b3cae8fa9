#include "media/fragment_scan.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "core/error.h"
#include "media/media_tools.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

std::string corpus_file(const std::string& name) {
  std::ifstream file("fuzz/corpus/recording/" + name, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(file) << name;
  return bytes;
}

PlayablePart find_in(const std::string& bytes) {
  const auto size = static_cast<int64_t>(bytes.size());
  return find_playable_part(size, [&](int64_t offset, std::span<uint8_t> out) {
    std::memcpy(out.data(), bytes.data() + offset, out.size());
    return true;
  });
}

// Three fragments of two pictures each, and files with one fault each.
TEST(FragmentScan, CountsThePicturesBeforeTheFirstFault) {
  const std::map<std::string, int64_t> frames = {{"cut_header", 0},
                                                 {"cut_mdat", 0},
                                                 {"cut_mfra", 6},
                                                 {"cut_moof", 0},
                                                 {"cut_moov", 0},
                                                 {"empty", 0},
                                                 {"mdat_empty", 0},
                                                 {"mdat_size_huge", 0},
                                                 {"mdat_size_one", 0},
                                                 {"mdat_size_zero", 0},
                                                 {"mfra_then_more", 2},
                                                 {"moof_size_huge", 0},
                                                 {"moof_size_one", 0},
                                                 {"moof_size_seven", 0},
                                                 {"moof_size_zero", 0},
                                                 {"moov_child_huge", 0},
                                                 {"moov_child_zero", 0},
                                                 {"moov_first", 0},
                                                 {"moov_without_track", 0},
                                                 {"no_fragment", 0},
                                                 {"no_traf", 0},
                                                 {"not_fragmented", 0},
                                                 {"one_and_a_half", 2},
                                                 {"small", 2},
                                                 {"text", 0},
                                                 {"traf_child_zero", 0},
                                                 {"trun_all_flags", 1},
                                                 {"trun_count_huge", 0},
                                                 {"trun_count_without_table", 0},
                                                 {"trun_no_frames", 0},
                                                 {"trun_short", 0},
                                                 {"two_moofs", 0},
                                                 {"whole", 6},
                                                 {"zero_everything", 0},
                                                 {"zero_moof", 2}};
  for (const auto& [name, expected] : frames) {
    const PlayablePart part = find_in(corpus_file(name));
    EXPECT_EQ(part.frames, expected) << name;
    EXPECT_EQ(part.bytes > 0, expected > 0) << name;
  }
}

TEST(FragmentScan, CutsAfterTheLastWholeFragment) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "a").string();
  const std::string whole = corpus_file("whole"), broken = corpus_file("one_and_a_half");
  std::ofstream(path, std::ios::binary) << broken;
  const PlayablePart part = cut_to_playable_part(path);
  EXPECT_EQ(part.frames, find_in(broken).frames);
  EXPECT_LT(part.bytes, static_cast<int64_t>(broken.size()));
  EXPECT_EQ(static_cast<int64_t>(fs::file_size(path)), part.bytes);
  EXPECT_LT(part.picture_bytes, part.bytes);
  EXPECT_EQ(find_in(whole).bytes, static_cast<int64_t>(whole.size()));
}

TEST(FragmentScan, AFileThatCannotBeReadIsAnError) {
  const TemporaryFolder folder;
  EXPECT_THROW(cut_to_playable_part((folder.path() / "missing").string()), Error);
  EXPECT_EQ(find_playable_part(1000, [](int64_t, std::span<uint8_t>) { return false; }).bytes, 0);
}

}  // namespace
}  // namespace vita
