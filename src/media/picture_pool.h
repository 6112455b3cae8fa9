// Buffers for raw pictures on their way into an encoder.
#pragma once
#include <gst/gst.h>
#include <gst/video/video.h>

#include <cstdint>

#include "media/gst_handles.h"
#include "vita/frame.h"

namespace vita {

// A fixed number of I420 buffers of one size, made once. Any thread may call it.
class PicturePool {
 public:
  // Throws Error{internal} when the memory is not to be had.
  PicturePool(int width, int height, double fps, int buffers);
  ~PicturePool();
  PicturePool(const PicturePool&) = delete;
  PicturePool& operator=(const PicturePool&) = delete;

  // video/x-raw of these pictures, BT.601.
  const GstCaps* caps() const { return caps_.get(); }
  // A free buffer; waits for one if `wait`, until stop(). Nothing otherwise.
  GstBufferOwner acquire(bool wait);
  // Copies the frame, which has the pool's size. Throws Error{invalid_argument} if it has not.
  void fill(const Frame& frame, GstBuffer* buffer);
  // Fills a buffer with one colour.
  void fill_flat(uint8_t y, uint8_t u, uint8_t v, GstBuffer* buffer);
  // Ends the waiting for good.
  void stop();

 private:
  GstCapsOwner caps_;
  GstVideoInfo info_{};
  GstOwner<GstBufferPool> pool_;
};

}  // namespace vita
