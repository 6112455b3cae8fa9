#include "media/picture_pool.h"

#include <array>
#include <cstring>
#include <string>

#include "core/error.h"
#include "media/initialise.h"

namespace vita {
namespace {

GstCapsOwner make_caps(int width, int height, double fps) {
  int numerator = 0, denominator = 1;
  gst_util_double_to_fraction(fps, &numerator, &denominator);
  return GstCapsOwner(gst_caps_new_simple(
      "video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, width, "height",
      G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, numerator, denominator,
      "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, "interlace-mode", G_TYPE_STRING, "progressive",
      "colorimetry", G_TYPE_STRING, "bt601", nullptr));
}

// A buffer mapped for writing.
class WritablePicture {
 public:
  WritablePicture(const GstVideoInfo& info, GstBuffer* buffer) {
    if (!gst_video_frame_map(&picture_, &info, buffer, GST_MAP_WRITE)) {
      throw Error(ErrorCode::internal, "GStreamer cannot map a picture for writing");
    }
  }
  ~WritablePicture() { gst_video_frame_unmap(&picture_); }
  WritablePicture(const WritablePicture&) = delete;
  WritablePicture& operator=(const WritablePicture&) = delete;

  uint8_t* row(int plane, int y) {
    return static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&picture_, plane)) +
           static_cast<ptrdiff_t>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&picture_, plane);
  }

 private:
  GstVideoFrame picture_;
};

}  // namespace

PicturePool::PicturePool(int width, int height, double fps, int buffers) {
  initialise_media();
  caps_ = make_caps(width, height, fps);
  pool_.reset(gst_buffer_pool_new());
  gst_video_info_from_caps(&info_, caps_.get());
  const auto count = static_cast<guint>(buffers);
  GstStructure* config = gst_buffer_pool_get_config(pool_.get());
  gst_buffer_pool_config_set_params(config, caps_.get(), static_cast<guint>(info_.size), count,
                                    count);
  if (!gst_buffer_pool_set_config(pool_.get(), config) ||
      !gst_buffer_pool_set_active(pool_.get(), TRUE)) {
    throw Error(ErrorCode::internal, "GStreamer cannot allocate " + std::to_string(buffers) +
                                         " pictures of " + std::to_string(info_.size) + " bytes");
  }
}

PicturePool::~PicturePool() { gst_buffer_pool_set_active(pool_.get(), FALSE); }

GstBufferOwner PicturePool::acquire(bool wait) {
  GstBufferPoolAcquireParams params{};
  params.flags = wait ? GST_BUFFER_POOL_ACQUIRE_FLAG_NONE : GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
  GstBuffer* buffer = nullptr;
  const GstFlowReturn flow = gst_buffer_pool_acquire_buffer(pool_.get(), &buffer, &params);
  return GstBufferOwner(flow == GST_FLOW_OK ? buffer : nullptr);
}

void PicturePool::fill(const Frame& frame, GstBuffer* buffer) {
  const int width = GST_VIDEO_INFO_WIDTH(&info_), height = GST_VIDEO_INFO_HEIGHT(&info_);
  if (frame.width != width || frame.height != height) {
    throw Error(ErrorCode::invalid_argument,
                "encoder: found a frame of " + std::to_string(frame.width) + "x" +
                    std::to_string(frame.height) + ", expected " + std::to_string(width) + "x" +
                    std::to_string(height));
  }
  WritablePicture picture(info_, buffer);
  const std::array<const uint8_t*, 3> planes = {frame.y, frame.u, frame.v};
  for (int plane = 0; plane < 3; plane++) {
    const uint8_t* from = planes[static_cast<size_t>(plane)];
    const ptrdiff_t stride = plane == 0 ? frame.y_stride : frame.uv_stride;
    for (int y = 0; y < height >> (plane > 0); y++) {
      std::memcpy(picture.row(plane, y), from + y * stride,
                  static_cast<size_t>(width >> (plane > 0)));
    }
  }
}

void PicturePool::fill_flat(uint8_t y, uint8_t u, uint8_t v, GstBuffer* buffer) {
  WritablePicture picture(info_, buffer);
  const std::array<uint8_t, 3> values = {y, u, v};
  for (int plane = 0; plane < 3; plane++) {
    for (int row = 0; row < GST_VIDEO_INFO_HEIGHT(&info_) >> (plane > 0); row++) {
      std::memset(picture.row(plane, row), values[static_cast<size_t>(plane)],
                  static_cast<size_t>(GST_VIDEO_INFO_WIDTH(&info_) >> (plane > 0)));
    }
  }
}

void PicturePool::stop() { gst_buffer_pool_set_flushing(pool_.get(), TRUE); }

}  // namespace vita
