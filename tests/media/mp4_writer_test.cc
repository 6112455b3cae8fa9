#include "media/mp4_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/thread_time.h"
#include "media/media_tools.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

class Mp4WriterTest : public testing::Test {
 protected:
  Mp4WriterOptions options(const std::string& name = "a.mp4") const {
    return {(folder_ / name).string(), kWidth, kHeight, 24, 4000};
  }
  std::vector<std::string> files() const { return temporary_.files(); }

  TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

std::string refusal(const Mp4WriterOptions& options) {
  try {
    const Mp4Writer writer(options);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::io);
    return e.what();
  }
  return "";
}

TEST_F(Mp4WriterTest, WritesEveryFrameWithItsPixels) {
  constexpr int kFrames = 30;
  const Mp4WriterOptions o = options();
  {
    Mp4Writer writer(o);
    for (int k = 0; k < kFrames; k++) {
      writer.push(draw(k).frame);
      EXPECT_FALSE(fs::exists(o.path));
    }
    writer.finish();
    EXPECT_EQ(writer.stats().frames, kFrames);
  }
  EXPECT_EQ(files(), std::vector<std::string>{"a.mp4"});
  const std::string probe =
      run("ffprobe -v error -count_frames -of default=nw=1 -show_entries "
          "stream=codec_name,width,height,"
          "pix_fmt,color_range,color_space,nb_read_frames,avg_frame_rate '" +
          o.path + "'");
  for (const char* line :
       {"codec_name=h264", "width=320", "height=192", "pix_fmt=yuv420p", "color_range=tv",
        "color_space=smpte170m", "avg_frame_rate=24/1", "nb_read_frames=30"}) {
    EXPECT_NE(probe.find(line), std::string::npos) << line << " in\n" << probe;
  }
  const std::string raw =
      run("ffmpeg -v error -i '" + o.path + "' -f rawvideo -pix_fmt yuv420p - 2>&1");
  ASSERT_EQ(raw.size(), kFrames * kLuma * 3 / 2);
  for (int k = 0; k < kFrames; k++) {
    const auto* found = reinterpret_cast<const uint8_t*>(raw.data()) + k * (kLuma * 3 / 2);
    EXPECT_LT(mean_error(draw(k), found), 2) << "frame " << k;
  }
}

TEST_F(Mp4WriterTest, MeasuresEncoding) {
  const int64_t before_us = monotonic_us();
  Mp4Writer writer({"", kWidth, kHeight, 24, 0});
  EXPECT_EQ(writer.stats().first_encoded_us, 0);
  writer.push(draw(0).frame);
  writer.drain();
  const EncodeStats one = writer.stats();
  EXPECT_EQ(one.frames, 1);
  EXPECT_GT(one.first_encoded_us, before_us);
  EXPECT_LE(one.first_encoded_us, monotonic_us());
  for (int k = 1; k < 10; k++) writer.push(draw(k).frame);
  writer.finish();
  const EncodeStats all = writer.stats();
  EXPECT_EQ(all.frames, 10);
  EXPECT_EQ(all.first_encoded_us, one.first_encoded_us);
  EXPECT_GT(all.last_encoded_us, all.first_encoded_us);
  EXPECT_GT(all.cpu_ms_mean, 0);
  EXPECT_GT(all.interval_ms_p50, 0);
}

TEST_F(Mp4WriterTest, SkippedFramesKeepTheirTime) {
  const Mp4WriterOptions o = options();
  Mp4Writer writer(o);
  for (const int k : {0, 1, 2, 10, 11}) writer.push(draw(k).frame);
  writer.finish();
  const std::string times =
      run("ffprobe -v error -show_entries frame=pts_time -of csv=p=0 '" + o.path + "'");
  EXPECT_NE(times.find("0.416"), std::string::npos) << times;
}

TEST_F(Mp4WriterTest, LeavesNothingWithoutFinish) {
  {
    Mp4Writer writer(options());
    writer.push(draw(0).frame);
    EXPECT_EQ(files(), std::vector<std::string>{"a.mp4.part"});
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(Mp4WriterTest, KeepsAnOlderFileUntilTheNewOneIsWhole) {
  const Mp4WriterOptions o = options();
  fclose(fopen(o.path.c_str(), "w"));
  {
    Mp4Writer writer(o);
    writer.push(draw(0).frame);
  }
  EXPECT_EQ(fs::file_size(o.path), 0u);
  Mp4Writer writer(o);
  writer.push(draw(0).frame);
  writer.finish();
  EXPECT_GT(fs::file_size(o.path), 500u);
}

TEST_F(Mp4WriterTest, WritesNoFileWithoutFrames) {
  {
    Mp4Writer writer(options());
    EXPECT_THROW(writer.finish(), Error);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(Mp4WriterTest, NamesWhatStandsInTheWay) {
  EXPECT_NE(refusal(options("missing/a.mp4")).find("missing does not exist"), std::string::npos);
  fs::create_directory(folder_ / "folder.mp4");
  EXPECT_NE(refusal(options("folder.mp4")).find("not a regular file"), std::string::npos);
  fs::create_directory(folder_ / "b.mp4.part");
  EXPECT_NE(refusal(options("b.mp4")).find("cannot create"), std::string::npos);
}

TEST_F(Mp4WriterTest, RefusesAFrameOfAnotherSize) {
  Mp4Writer writer(options());
  Picture p = draw(0);
  p.frame.width = 160;
  EXPECT_THROW(writer.push(p.frame), Error);
}

TEST_F(Mp4WriterTest, ReportsThatNothingMoreCanBeWritten) {
  std::string message;
  {
    const FileSizeLimit limit(100000);
    Mp4Writer writer(options());
    try {
      for (int k = 0; k < 2000; k++) writer.push(draw(k).frame);
      writer.finish();
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::io);
      message = e.what();
    }
  }
  EXPECT_NE(message.find("a.mp4"), std::string::npos) << message;
  EXPECT_NE(message.find("File too large"), std::string::npos) << message;
  EXPECT_TRUE(files().empty());
}

// The end of the file is written late: a writer that runs out of room there must not keep the file
// either.
TEST_F(Mp4WriterTest, ReportsAFullDiskAtTheVeryEnd) {
  bool failed = false;
  {
    const FileSizeLimit limit(600);
    Mp4Writer writer(options());
    try {
      writer.push(draw(0).frame);
      writer.finish();
    } catch (const Error&) {
      failed = true;
    }
  }
  EXPECT_TRUE(failed);
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace vita
