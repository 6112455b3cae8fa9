// The painter's loops, compiled once per instruction set, as a table of functions. They work on
// integers and give the same bits everywhere; docs/world_model.md ("In integers") specifies them.
// Plain data only: see cmake/Room.cmake.
#pragma once
#include <cstdint>

#include "core/cpu.h"
#include "models/world/painter_sizes.h"

namespace vita::world {

// Rows of what the per-pixel network makes, kept in a ring: block row y (two rows of the guide)
// lies in slot y % rows. On both sides the outermost block, or pixel, is repeated once.
struct FeatureRing {
  int rows = 0, columns = 0;   // columns: blocks across the picture
  uint8_t* blocks = nullptr;   // [rows][columns + 2][kBlockChannels], channel c * 4 + dy * 2 + dx
  int16_t* colours = nullptr;  // [rows][kColourPlanes][2][colour_stride], 14 fractional bits
  int64_t colour_stride = 0;   // at least kColourMargin + 2 * columns + kColourMargin
};
inline constexpr int kColourMargin = 32;  // elements before pixel 0 of a row of colours

static inline int64_t block_row_bytes(int columns) {
  return static_cast<int64_t>(columns + 2) * kBlockChannels;
}
static inline uint8_t* block_row(const FeatureRing& ring, int y) {
  return ring.blocks + y % ring.rows * block_row_bytes(ring.columns);
}
// Pixel 0 of a row of the guide.
static inline int16_t* colour_row(const FeatureRing& ring, int channel, int guide_y) {
  const int64_t row = (guide_y / 2 % ring.rows * kColourPlanes + channel) * 2 + guide_y % 2;
  return ring.colours + row * ring.colour_stride + kColourMargin;
}

struct ShadeRequest {
  const uint8_t* planes;    // [kGuidePlanes][height][width]
  const uint8_t* kinds;     // [height][width], each < kPixelKinds
  int width, height;        // of the guide; multiples of 8
  int first_row, last_row;  // block rows to shade
  const int32_t* weights;   // [kPixelKinds][kExpertWords], see pack_pixel_layer()
  FeatureRing out;
};

// A convolution over rows of pixels of bytes. Each output pixel reads `segments` stretches of
// `quads` times 4 bytes: the pixel's own bytes and what lies beside them in segment[s], from the
// pixel's place on. So a 3x3 convolution has a segment for each row, a 1x1 one for each input.
struct ConvShape {
  int segments, quads, stride;  // stride: bytes from one pixel to the next in every segment
  int outputs;                  // channels
};
inline constexpr ConvShape kStemShape{3, 3 * kBlockChannels / 4, kBlockChannels, kTrunk};
inline constexpr ConvShape kRefineShape{3, 3 * kTrunk / 4, kTrunk, kTrunk};
inline constexpr ConvShape kHeadShape{2, kTrunk / 4, kTrunk, kHeadChannels};
inline constexpr int kOutputsPadded = 80;  // the most outputs, as whole registers of any width

struct ConvRow {
  const uint8_t* segment[3]{};
  const void* weights = nullptr;  // packed by this instruction set's pack
  const int32_t* bias = nullptr;  // [kOutputsPadded]
  const float* scale = nullptr;   // [kOutputsPadded]
  int columns = 0;                // pixels, a multiple of 4
  uint8_t* bytes = nullptr;  // stem and refine: [columns][kTrunk], u8 = clamp(round(sum * scale))
  // Head: [kHeadPlanes][plane_stride], s16 = round(sum * scale) within +-32767. Plane c / 4 holds
  // channels c .. c + 3 of all pixels: a row of the picture, where it is a tap's or Y's.
  int16_t* planes = nullptr;
  int64_t plane_stride = 0;
};
inline constexpr int kHeadPlanes = kOutputsPadded / 4;

// One row of blocks of the picture. Rows of colours may be read up to kColourMargin before and
// after, rows of the head up to 64 elements after their end.
struct ComposeRow {
  const int16_t* luma[4]{};       // guide rows 2 y - 1 .. 2 y + 2
  const int16_t* chroma[2][2]{};  // U, V: guide rows 2 y, 2 y + 1
  const int16_t* head = nullptr;  // [kHeadPlanes][plane_stride]
  int64_t plane_stride = 0;
  int columns = 0;           // blocks
  uint8_t* y = nullptr;      // four rows
  uint8_t* chroma_out[2]{};  // U, V: two rows each
  int64_t y_stride = 0, chroma_stride = 0;
  int row = 0;  // of the blocks in the picture, for the dither
};

struct PainterKernels {
  void (*shade)(const ShadeRequest& request);
  // weights: [segments][quads][outputs][4] -> packed, of conv_packed_bytes(shape).
  void (*pack_conv)(const ConvShape& shape, const int8_t* weights, void* packed);
  void (*stem)(const ConvRow& row);
  void (*refine)(const ConvRow& row);
  void (*head)(const ConvRow& row);
  void (*compose)(const ComposeRow& row);
};

// Room for any instruction set's packing.
constexpr int64_t conv_packed_bytes(const ConvShape& shape) {
  return int64_t{shape.segments} * shape.quads * kOutputsPadded * 8;
}

// isa: at most cpu_isa().
PainterKernels painter_kernels(Isa isa);

}  // namespace vita::world

namespace vita::avx512_vnni {
void fill_pixel_int16(world::PainterKernels& kernels);
void fill_conv_int8(world::PainterKernels& kernels);
void fill_compose(world::PainterKernels& kernels);
}  // namespace vita::avx512_vnni
namespace vita::avx512 {
void fill_pixel_int16(world::PainterKernels& kernels);
void fill_conv_int8(world::PainterKernels& kernels);
void fill_compose(world::PainterKernels& kernels);
}  // namespace vita::avx512
namespace vita::avx2 {
void fill_pixel_int16(world::PainterKernels& kernels);
void fill_conv_int8(world::PainterKernels& kernels);
void fill_compose(world::PainterKernels& kernels);
}  // namespace vita::avx2
namespace vita::baseline {
void fill_pixel_int16(world::PainterKernels& kernels);
void fill_conv_int8(world::PainterKernels& kernels);
void fill_compose(world::PainterKernels& kernels);
}  // namespace vita::baseline
