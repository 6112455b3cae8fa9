#include "media/fragment_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "media/live_encoder.h"
#include "media/media_tools.h"

namespace vita {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(20);

// Pictures 0 to count-1 at 24 a second from `start_us` on, a key frame every `key_every`.
std::vector<AccessUnit> encode(int count, int key_every = 1000, Picture (*drawn)(int64_t) = draw) {
  std::vector<AccessUnit> units;
  std::mutex mutex;
  std::condition_variable changed;
  LiveEncoder encoder({kWidth, kHeight, 24, 3000, 60},
                      {[&](const AccessUnit& unit) {
                         const std::lock_guard<std::mutex> lock(mutex);
                         units.push_back(unit);
                         changed.notify_all();
                       },
                       {}});
  for (int k = 0; k < count; k++) {
    if (k % key_every == 0) encoder.request_key();
    encoder.push(drawn(k).frame, 5'000'000 + k * int64_t{1'000'000} / 24);
    std::unique_lock<std::mutex> lock(mutex);
    const bool came = changed.wait_for(lock, kPatience, [&] { return std::ssize(units) == k + 1; });
    EXPECT_TRUE(came) << k;
  }
  return units;
}

int64_t frames_in(const fs::path& path) {
  return std::stoll("0" + run("ffprobe -v error -count_frames -select_streams v -of csv=p=0 "
                              "-show_entries stream=nb_read_frames '" +
                              path.string() + "'"));
}

double seconds_of(const fs::path& path) {
  return std::stod(
      run("ffprobe -v error -of csv=p=0 -show_entries format=duration '" + path.string() + "'"));
}

std::string raw_pictures(const fs::path& path) {
  return run("ffmpeg -v error -i '" + path.string() +
             "' -f rawvideo -pix_fmt yuv420p -vsync passthrough - 2>&1");
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class FragmentWriterTest : public testing::Test {
 protected:
  FragmentWriterOptions options(const std::string& name = "a.mp4") const {
    FragmentWriterOptions o;
    o.path = (folder_ / name).string();
    o.fragment_seconds = 0.25;
    return o;
  }
  FragmentWriterCallbacks callbacks() {
    return {[this] { keys_needed_++; },
            [this](const RecordingStatus& status) {
              const std::lock_guard<std::mutex> lock(mutex_);
              ended_.push_back(status);
              changed_.notify_all();
            }};
  }
  // What `ended` was called with.
  RecordingStatus wait_for_end() {
    std::unique_lock<std::mutex> lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, [this] { return !ended_.empty(); }));
    return ended_.empty() ? RecordingStatus{} : ended_.front();
  }
  size_t ends() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return ended_.size();
  }
  std::vector<std::string> files() const { return temporary_.files(); }

  TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
  std::atomic<int> keys_needed_{0};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RecordingStatus> ended_;
};

TEST_F(FragmentWriterTest, WritesEveryPictureWithItsTime) {
  constexpr int kFrames = 60;
  const FragmentWriterOptions o = options();
  FragmentWriter writer(o, callbacks());
  int64_t bytes = 0;
  for (const AccessUnit& unit : encode(kFrames, 25)) {
    EXPECT_TRUE(writer.push(unit));
    EXPECT_FALSE(fs::exists(o.path));
    bytes += static_cast<int64_t>(unit.size);
  }
  const RecordingStatus status = writer.finish();
  EXPECT_EQ(status.state, RecordingState::finished) << status.error;
  EXPECT_EQ(status.frames, kFrames);
  EXPECT_EQ(status.dropped, 0);
  EXPECT_EQ(status.bytes, bytes);
  EXPECT_NEAR(status.seconds, (kFrames - 1) / 24.0, 1e-4);
  EXPECT_EQ(writer.finish().frames, kFrames);
  EXPECT_EQ(ends(), 0u);
  EXPECT_EQ(keys_needed_, 0);
  EXPECT_EQ(files(), std::vector<std::string>{"a.mp4"});
  EXPECT_NEAR(seconds_of(o.path), kFrames / 24.0, 0.002);
  const std::string raw = raw_pictures(o.path);
  ASSERT_EQ(raw.size(), kFrames * kLuma * 3 / 2);
  for (int k = 0; k < kFrames; k++) {
    const auto* found = reinterpret_cast<const uint8_t*>(raw.data()) + k * (kLuma * 3 / 2);
    EXPECT_LT(mean_error(draw(k), found), 2) << "frame " << k;
  }
}

TEST_F(FragmentWriterTest, APauseIsAGap) {
  std::vector<AccessUnit> units = encode(4);
  units[2].pts_us += 60'000'000;
  units[3].pts_us += 60'000'000;
  FragmentWriter writer(options(), callbacks());
  for (const AccessUnit& unit : units) EXPECT_TRUE(writer.push(unit));
  EXPECT_NEAR(writer.finish().seconds, 60.125, 1e-3);
  const std::string times =
      run("ffprobe -v error -show_entries frame=pts_time -of csv=p=0 '" + options().path + "'");
  EXPECT_NE(times.find("0.000"), std::string::npos) << times;
  EXPECT_NE(times.find("60.083"), std::string::npos) << times;
}

TEST_F(FragmentWriterTest, BeginsWithAKeyFrame) {
  const std::vector<AccessUnit> units = encode(8, 5);
  FragmentWriter writer(options(), callbacks());
  for (int k = 1; k < 8; k++) {
    EXPECT_EQ(writer.status().state, k <= 5 ? RecordingState::waiting : RecordingState::recording);
    EXPECT_EQ(writer.push(units[static_cast<size_t>(k)]), k >= 5) << k;
  }
  EXPECT_GE(keys_needed_, 1);
  const RecordingStatus status = writer.finish();
  EXPECT_EQ(status.frames, 3);
  EXPECT_EQ(status.dropped, 0);  // they came before its beginning
  EXPECT_EQ(frames_in(options().path), 3);
}

TEST_F(FragmentWriterTest, DropsUpToTheNextKeyFrame) {
  const std::vector<AccessUnit> units = encode(12, 6);
  AccessUnit huge = units[2];
  const auto bytes = std::make_shared<std::vector<uint8_t>>(17 << 20);
  huge.data = std::shared_ptr<const uint8_t>(bytes, bytes->data());
  huge.size = bytes->size();
  FragmentWriter writer(options(), callbacks());
  EXPECT_TRUE(writer.push(units[0]));
  EXPECT_TRUE(writer.push(units[1]));
  EXPECT_FALSE(writer.push(huge)) << "beyond 16 MiB";
  EXPECT_EQ(keys_needed_, 1);
  for (size_t k = 3; k < 12; k++) EXPECT_EQ(writer.push(units[k]), k >= 6) << k;
  const RecordingStatus status = writer.finish();
  EXPECT_EQ(status.dropped, 4);
  EXPECT_EQ(status.frames, 8);
  EXPECT_EQ(raw_pictures(options().path).size(), 8 * kLuma * 3 / 2);
}

TEST_F(FragmentWriterTest, RefusesTimesThatDoNotGrow) {
  std::vector<AccessUnit> units = encode(6, 3);
  units[1].pts_us = units[0].pts_us;
  FragmentWriter writer(options(), callbacks());
  EXPECT_TRUE(writer.push(units[0]));
  EXPECT_FALSE(writer.push(units[1]));
  EXPECT_FALSE(writer.push(units[2])) << "leans on the one before";
  for (size_t k = 3; k < 6; k++) EXPECT_TRUE(writer.push(units[k]));
  EXPECT_EQ(writer.finish().dropped, 2);
  EXPECT_EQ(frames_in(options().path), 4);
}

// The part is a pipe that nobody reads, as a disk that does not answer.
TEST_F(FragmentWriterTest, NeverWaitsForTheDisk) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string part = options().path + ".part";
  ASSERT_EQ(mkfifo(part.c_str(), 0600), 0);
  const int reader = open(part.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  FragmentWriter writer(options(), callbacks());
  const std::vector<AccessUnit> units = encode(400, 400, draw_noise);
  int64_t taken = 0;
  for (const AccessUnit& unit : units) taken += writer.push(unit);
  EXPECT_GE(taken, 120);
  EXPECT_LT(taken, 400);
  EXPECT_EQ(writer.status().dropped, 400 - taken);
  EXPECT_GE(keys_needed_, 1);
  close(reader);  // a broken pipe: the recording fails, and finish() must return
  EXPECT_EQ(writer.finish().state, RecordingState::failed);
}

TEST_F(FragmentWriterTest, EndsAtItsLimits) {
  const std::vector<AccessUnit> units = encode(24);
  FragmentWriterOptions by_bytes = options("bytes.mp4"), by_time = options("time.mp4");
  for (int k = 0; k < 10; k++) by_bytes.max_bytes += static_cast<int64_t>(units[size_t(k)].size);
  by_bytes.max_bytes -= int64_t{4} << 30;
  by_time.max_seconds = 10.5 / 24;
  int64_t expected = 10;
  for (const FragmentWriterOptions& o : {by_bytes, by_time}) {
    std::promise<RecordingStatus> end;
    FragmentWriter writer(o, {{}, [&end](const RecordingStatus& s) { end.set_value(s); }});
    int64_t taken = 0;
    for (const AccessUnit& unit : units) taken += writer.push(unit);
    EXPECT_EQ(taken, expected) << o.path;
    std::future<RecordingStatus> future = end.get_future();
    ASSERT_EQ(future.wait_for(kPatience), std::future_status::ready) << o.path;
    const RecordingStatus status = future.get();
    EXPECT_EQ(status.state, RecordingState::full);
    EXPECT_EQ(status.frames, taken);
    EXPECT_EQ(frames_in(o.path), taken);
    EXPECT_EQ(writer.finish().state, RecordingState::full);
    expected = 11;
  }
  EXPECT_EQ(files(), (std::vector<std::string>{"bytes.mp4", "time.mp4"}));
}

TEST_F(FragmentWriterTest, WithoutAPictureThereIsNoFile) {
  {
    FragmentWriter writer(options(), callbacks());
    EXPECT_EQ(files(), std::vector<std::string>{"a.mp4.part"});
    const RecordingStatus status = writer.finish();
    EXPECT_EQ(status.state, RecordingState::finished) << status.error;
    EXPECT_EQ(status.frames, 0);
    EXPECT_TRUE(files().empty()) << "before it is gone";
    EXPECT_FALSE(writer.push(encode(1).front()));
  }
  { const FragmentWriter unused(options(), callbacks()); }
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(ends(), 0u);
}

TEST_F(FragmentWriterTest, TheDestructorCompletesTheFile) {
  {
    FragmentWriter writer(options(), callbacks());
    for (const AccessUnit& unit : encode(7)) writer.push(unit);
  }
  EXPECT_EQ(files(), std::vector<std::string>{"a.mp4"});
  EXPECT_EQ(frames_in(options().path), 7);
}

TEST_F(FragmentWriterTest, NamesWhatStandsInTheWay) {
  const auto refusal = [](const FragmentWriterOptions& o) -> std::string {
    try {
      const FragmentWriter writer(o, {});
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_NE(refusal(options("missing/a.mp4")).find("missing does not exist"), std::string::npos);
  fs::create_directory(folder_ / "folder.mp4");
  EXPECT_NE(refusal(options("folder.mp4")).find("not a regular file"), std::string::npos);
  FragmentWriterOptions o = options();
  o.max_bytes = 0;
  EXPECT_NE(refusal(o).find("0 bytes"), std::string::npos);
  o = options();
  o.max_seconds = std::nan("");
  EXPECT_NE(refusal(o).find("nan s"), std::string::npos);
  o = options();
  o.fragment_seconds = 0;
  EXPECT_NE(refusal(o).find("0.1 to 60"), std::string::npos);
  EXPECT_EQ(files(), std::vector<std::string>{"folder.mp4"});
}

TEST_F(FragmentWriterTest, AFullDiskKeepsWhatWasWritten) {
  RecordingStatus status;
  {
    const std::vector<AccessUnit> units = encode(120, 1000, draw_noise);
    const FileSizeLimit limit(300'000);
    FragmentWriter writer(options(), callbacks());
    for (const AccessUnit& unit : units) writer.push(unit);
    status = wait_for_end();
    EXPECT_FALSE(writer.push(units[0]));
    EXPECT_EQ(writer.finish().state, RecordingState::failed);
  }
  EXPECT_EQ(ends(), 1u);
  EXPECT_EQ(status.state, RecordingState::failed);
  EXPECT_NE(status.error.find("a.mp4"), std::string::npos) << status.error;
  EXPECT_NE(status.error.find("File too large"), std::string::npos) << status.error;
  EXPECT_EQ(files(), std::vector<std::string>{"a.mp4"});
  EXPECT_LE(fs::file_size(options().path), 300'000u);
  EXPECT_GT(status.frames, 0);
  EXPECT_LT(status.frames, 120);
  EXPECT_GT(status.bytes, 100'000);
  EXPECT_NEAR(status.seconds, static_cast<double>(status.frames - 1) / 24, 1e-4);
  EXPECT_EQ(raw_pictures(options().path).size(),
            static_cast<size_t>(status.frames) * kLuma * 3 / 2);
}

TEST_F(FragmentWriterTest, ADiskWithoutAnyRoomLeavesNothing) {
  {
    const std::vector<AccessUnit> units = encode(30);
    const FileSizeLimit limit(100);
    FragmentWriter writer(options(), callbacks());
    for (const AccessUnit& unit : units) writer.push(unit);
    const RecordingStatus status = writer.finish();
    EXPECT_EQ(status.state, RecordingState::failed);
    EXPECT_EQ(status.frames, 0);
    EXPECT_EQ(status.seconds, 0);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(FragmentWriterTest, BytesThatAreNoPictureFailAlone) {
  AccessUnit unit;
  static constexpr std::array<uint8_t, 8> kNonsense = {0, 0, 0, 1, 0x65, 1, 2, 3};
  unit.data = std::shared_ptr<const uint8_t>(std::shared_ptr<void>(), kNonsense.data());
  unit.size = kNonsense.size();
  unit.key = true;
  FragmentWriter writer(options(), callbacks());
  EXPECT_TRUE(writer.push(unit));
  EXPECT_EQ(writer.finish().state, RecordingState::failed);
  EXPECT_TRUE(files().empty());
}

// A process that records, until it is killed.
class Recorder {
 public:
  explicit Recorder(const fs::path& path) {
    int pipe_ends[2];
    EXPECT_EQ(pipe(pipe_ends), 0);
    const char* program = std::getenv("VITA_RECORDER");
    EXPECT_TRUE(program) << "VITA_RECORDER names the program record_until_killed";
    const std::string file = path.string();
    std::string name = program ? program : "false";
    std::string argument = file;
    std::array<char*, 3> arguments = {name.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
    EXPECT_EQ(posix_spawn(&process_, name.c_str(), &actions, nullptr, arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe_ends[1]);
    output_ = fdopen(pipe_ends[0], "r");
  }
  ~Recorder() { fclose(output_); }

  // Reads its words until it has handed over so many pictures, then kills it.
  void kill_after(long long frames) {
    long long found = 0;
    while (found < frames && fscanf(output_, "recorded %lld\n", &found) == 1) continue;
    EXPECT_EQ(found, frames);
    kill(process_, SIGKILL);
    int status = 0;
    waitpid(process_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
  }

 private:
  pid_t process_ = 0;
  FILE* output_ = nullptr;
};

TEST_F(FragmentWriterTest, AKilledRecordingIsRecovered) {
  constexpr int kFrames = 100, kFragment = 7;  // of a quarter of a second, and the picture after
  {
    Recorder recorder(folder_ / "killed.mp4");
    recorder.kill_after(kFrames);
  }
  EXPECT_EQ(files(), std::vector<std::string>{"killed.mp4.part"});
  const std::vector<RecoveredRecording> recovered = recover_recordings(folder_.string());
  ASSERT_EQ(recovered.size(), 1u);
  EXPECT_EQ(recovered[0].path, (folder_ / "killed.mp4").string());
  EXPECT_EQ(recovered[0].bytes, static_cast<int64_t>(fs::file_size(folder_ / "killed.mp4")));
  EXPECT_EQ(files(), std::vector<std::string>{"killed.mp4"});
  const int64_t frames = frames_in(folder_ / "killed.mp4");
  EXPECT_GE(frames, kFrames - 2 * kFragment);
  const std::string raw = raw_pictures(folder_ / "killed.mp4");
  ASSERT_EQ(raw.size(), static_cast<size_t>(frames) * kLuma * 3 / 2);
  for (int64_t k = 0; k < frames; k++) {
    const auto* found =
        reinterpret_cast<const uint8_t*>(raw.data()) + static_cast<size_t>(k) * (kLuma * 3 / 2);
    EXPECT_LT(mean_error(draw(k), found), 2) << "frame " << k;
  }
  EXPECT_TRUE(recover_recordings(folder_.string()).empty());
}

// Wherever a file breaks off, what remains is whole, and as much as can be.
TEST_F(FragmentWriterTest, RecoversWhateverPrefixIsThere) {
  {
    FragmentWriter writer(options(), callbacks());
    for (const AccessUnit& unit : encode(24)) writer.push(unit);
  }
  const std::string whole = bytes_of(options().path);
  std::vector<size_t> lengths;
  for (size_t at = 0; at < whole.size(); at += whole.size() / 40) lengths.push_back(at);
  lengths.push_back(whole.size() - 1);
  lengths.push_back(whole.size());
  int64_t before = 0;
  for (const size_t length : lengths) {
    fs::remove(options().path);
    write(options().path + ".part", whole.substr(0, length));
    const std::vector<RecoveredRecording> recovered = recover_recordings(folder_.string());
    ASSERT_EQ(recovered.size(), 1u) << length;
    EXPECT_LE(recovered[0].bytes, static_cast<int64_t>(length));
    EXPECT_GE(recovered[0].bytes, before) << length;
    if (recovered[0].path.empty()) {
      EXPECT_TRUE(files().empty()) << length;
    } else if (recovered[0].bytes > before) {
      EXPECT_EQ(raw_pictures(options().path).size() % (kLuma * 3 / 2), 0u) << length;
      EXPECT_GT(frames_in(options().path), 0) << length;
    }
    before = recovered[0].bytes;
  }
  EXPECT_EQ(before, static_cast<int64_t>(whole.size()));
  EXPECT_EQ(frames_in(options().path), 24);
}

TEST_F(FragmentWriterTest, RecoveryTouchesNothingElse) {
  {
    FragmentWriter writer(options(), callbacks());
    for (const AccessUnit& unit : encode(10)) writer.push(unit);
  }
  const std::string whole = bytes_of(options().path);
  write(options("a-2.mp4").path, "somebody's");
  write(options("a.mp4").path + ".part", whole);
  write(options("empty.mp4").path + ".part", "");
  write(folder_ / "other.part", "somebody's");
  write(folder_ / "target", "somebody's");
  fs::create_symlink(folder_ / "target", folder_ / "link.mp4.part");
  fs::create_directory(folder_ / "folder.mp4.part");
  const std::vector<RecoveredRecording> recovered = recover_recordings(folder_.string());
  ASSERT_EQ(recovered.size(), 2u);
  EXPECT_EQ(recovered[0].path, options("a-3.mp4").path);
  EXPECT_EQ(recovered[1].path, "");
  EXPECT_EQ(bytes_of(recovered[0].path), whole);
  EXPECT_EQ(bytes_of(options("a.mp4").path), whole);
  EXPECT_EQ(bytes_of(options("a-2.mp4").path), "somebody's");
  EXPECT_EQ(bytes_of(folder_ / "target"), "somebody's");
  EXPECT_EQ(files(), (std::vector<std::string>{"a-2.mp4", "a-3.mp4", "a.mp4", "folder.mp4.part",
                                               "link.mp4.part", "other.part", "target"}));
  EXPECT_TRUE(recover_recordings((folder_ / "missing").string()).empty());
  EXPECT_THROW(recover_recordings((folder_ / "target").string()), Error);
}

}  // namespace
}  // namespace vita
