#include "engine/replay_file.h"

#include <memory>
#include <utility>

#include "core/hash.h"
#include "engine/machine.h"
#include "engine/picture_size.h"
#include "media/mp4_writer.h"
#include "stream/replay.h"

namespace vita {
namespace {

void append_plane(std::string& bytes, const uint8_t* plane, int stride, int width, int height) {
  for (int row = 0; row < height; row++) {
    bytes.append(reinterpret_cast<const char*>(plane) + static_cast<ptrdiff_t>(row) * stride,
                 static_cast<size_t>(width));
  }
}

}  // namespace

void FramesHash::add(const Frame& frame) {
  packed_.clear();
  append_plane(packed_, frame.y, frame.y_stride, frame.width, frame.height);
  append_plane(packed_, frame.u, frame.uv_stride, frame.width / 2, frame.height / 2);
  append_plane(packed_, frame.v, frame.uv_stride, frame.width / 2, frame.height / 2);
  lines_ += std::to_string(frame.index) + " " + sha256_hex(packed_) + "\n";
}

std::string FramesHash::hex() const { return sha256_hex(lines_); }

ReplayReport replay_file(const ReplayRequest& request, const ModelOpener& open,
                         const std::function<bool()>& interrupted) {
  LoggedSession log = read_session_log(request.log_path);
  const SessionLogHeader header = log.header;
  check_picture_size(header.width, header.height);
  check_frame_rate(header.fps);
  ReplayReport report;
  report.width = header.width;
  report.height = header.height;
  report.cut = log.cut;
  const int threads = checked_threads(header.workers);
  const std::unique_ptr<VideoModel> model = open(request.model_dir, threads);
  Replay replay(*model, std::move(log));
  std::unique_ptr<Mp4Writer> writer;
  if (!request.output_path.empty()) {
    writer = std::make_unique<Mp4Writer>(Mp4WriterOptions{
        request.output_path, header.width, header.height, header.fps, request.bitrate_kbps});
  }
  FramesHash hash;
  while (const Frame* frame = report.interrupted ? nullptr : replay.next()) {
    if (writer) writer->push(*frame);
    if (request.hash) hash.add(*frame);
    report.frames++;
    report.last_frame = frame->index;
    report.interrupted = interrupted && interrupted();
  }
  if (writer) writer->finish();
  if (request.hash) report.frames_sha256 = hash.hex();
  return report;
}

}  // namespace vita
