// The painter's loops, compiled once per instruction set, as a table of functions. They work on
// integers and give the same bits everywhere; docs/world_model.md ("In integers") specifies them.
// Plain data only: see cmake/Room.cmake.
#pragma once
#include <cstdint>

#include "core/cpu.h"
#include "models/world/painter_sizes.h"

namespace vita::world {

// Rows of the guide as the trunk sees them, kept in a ring: row y lies in slot y % rows. On both
// sides the outermost pixel is repeated once.
struct SeenRing {
  int rows = 0, columns = 0;   // rows: even; columns: pixels across the guide
  uint8_t* seen = nullptr;     // [rows][columns + 2][kTrunkInputs]
  int16_t* colours = nullptr;  // [rows][kColourPlanes][colour_stride], 14 fractional bits
  int64_t colour_stride = 0;   // at least kColourMargin + columns + kColourMargin
};
inline constexpr int kColourMargin = 32;  // elements before pixel 0 of a row of colours

static inline int64_t seen_row_bytes(int columns) {
  return static_cast<int64_t>(columns + 2) * kTrunkInputs;
}
static inline uint8_t* seen_row(const SeenRing& ring, int y) {
  return ring.seen + y % ring.rows * seen_row_bytes(ring.columns);
}
// Pixel 0 of a row.
static inline int16_t* colour_row(const SeenRing& ring, int channel, int y) {
  return ring.colours + (y % ring.rows * kColourPlanes + channel) * ring.colour_stride +
         kColourMargin;
}

struct ShadeRequest {
  const uint8_t* planes;      // [kGuidePlanes][height][width]
  const uint8_t* kinds;       // [height][width], each < kPixelKinds
  int width, height;          // of the guide; multiples of 8
  int first_pair, last_pair;  // pairs of rows to shade
  const int32_t* weights;     // [kPixelKinds][kExpertWords], see pack_pixel_layer()
  SeenRing out;
};

// A convolution over rows of pixels of bytes. Each output pixel reads `segments` stretches of
// `quads` times 4 bytes: the pixel's own bytes and what lies beside them in segment[s], from the
// pixel's place on. So a 3x3 convolution has a segment for each row, a 1x1 one for each input.
struct ConvShape {
  int segments, quads, stride;  // stride: bytes from one pixel to the next in every segment
  int outputs;                  // channels
};
inline constexpr ConvShape kWideShape{3, 3 * kTrunk / 4, kTrunk, kTrunk};  // stem and refine
inline constexpr ConvShape kHeadShape{2, kTrunk / 4, kTrunk, kHeadChannels};
static_assert(kTrunkInputs == kTrunk && kHeadChannels == kTrunk);

struct ConvRow {
  const uint8_t* segment[3]{};
  const void* weights = nullptr;  // packed by this instruction set's pack
  const int32_t* bias = nullptr;  // [kTrunk]
  const float* scale = nullptr;   // [kTrunk]
  int columns = 0;                // pixels, a multiple of 8
  uint8_t* bytes = nullptr;       // wide: [columns][kTrunk], u8 = clamp(round(sum * scale))
  // Head: [kTaps + 1][plane_stride], s16 = round(sum * scale) within +-32767. A plane holds four
  // channels of all pixels, dy * 2 + dx of each.
  int16_t* planes = nullptr;
  int64_t plane_stride = 0;
};

// Two rows of the picture, from a row of the guide. Rows of colours may be read up to kColourMargin
// before and after, rows of the head up to 128 elements after their end.
struct ComposeRow {
  const int16_t* luma[3]{};       // guide rows y - 1 .. y + 1
  const int16_t* chroma[2]{};     // U, V of row y
  const int16_t* head = nullptr;  // [kTaps + 1][plane_stride]
  int64_t plane_stride = 0;
  int columns = 0;           // pixels of the guide
  uint8_t* y = nullptr;      // two rows
  uint8_t* chroma_out[2]{};  // U, V: a row each
  int64_t y_stride = 0;
  int row = 0;  // y, for the dither
};

struct PainterKernels {
  void (*shade)(const ShadeRequest& request);
  // weights: [segments][quads][outputs][4] -> packed, of conv_packed_bytes(shape).
  void (*pack_conv)(const ConvShape& shape, const int8_t* weights, void* packed);
  void (*wide)(const ConvRow& row);
  void (*head)(const ConvRow& row);
  void (*compose)(const ComposeRow& row);
};

// Room for any instruction set's packing.
constexpr int64_t conv_packed_bytes(const ConvShape& shape) {
  return int64_t{shape.segments} * shape.quads * kTrunk * 8;
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
