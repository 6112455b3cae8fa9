// The last step of the painter: the network's blocks to an I420 picture in BT.601 studio swing.
#pragma once
#include "core/video_model.h"

namespace vita::world {

inline constexpr int kHeadChannels = 24;

// blocks: [out.height / 4][out.width / 4][24] floats, each a block of 4x4 luma samples (channels
// 0..15, luma - 0.5) with its 2x2 samples of U (16..19) and V (20..23). Y' = 16 + 219 Y, U' = 128 +
// 224 U, V' likewise, with an ordered dither of one step against banding. The width is a multiple
// of 16. Does not allocate.
void to_i420(const float* blocks, const FrameView& out);

}  // namespace vita::world
