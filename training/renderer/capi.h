/* The C ABI of the training renderer, for ctypes. Nothing of the product links to it.
 * Generators and ground-truth shading live here; world state and projector are the product's own.
 */
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Procedural terrain for training. attributes: float[85], completed (docs/world_model.md). Writes n
 * x n fine cells of 4 m whose first cell starts at (x0, z0) metres (multiples of 32; n a multiple
 * of 8): fine [4][n][n] = height in metres, ground mix, rock, cap; density [8][n/8][n/8] of the
 * eight classes of things, 0..1. A pure function of its arguments: neighbouring regions of the same
 * seed fit without a seam. */
void vt_generate_region(const float* attributes, uint32_t seed, double x0, double z0, int n,
                        float* fine, float* density);
/* The four octaves of fine_noise at the centres of n x n fine cells: out [4][n][n]. */
void vt_fine_noise(uint32_t seed, double x0, double z0, int n, float* out);

/* A world: tiles, look and clock. */
void* vt_world_create(uint32_t seed);
void vt_world_free(void* world);
/* fine [4][256][256], density [8][32][32] of tile (i, j). */
void vt_world_set_tile(void* world, int i, int j, const float* fine, const float* density);
/* look: float[49]; rebuilds the light maps. Call after the tiles are set. */
void vt_world_set_look(void* world, const float* look);
void vt_world_set_time(void* world, float seconds);
/* camera: float[6] = x, y, z, yaw, pitch, tangent of half the horizontal field of view. */
void vt_world_suggest_camera(void* world, uint32_t seed, float* camera);
/* Guide of the crop (x0, y0, w, h) of a W x H guide: planes [20][h][w], kinds [h][w]. */
void vt_guide(void* world, const float* camera, const int* rect6 /* W H x0 y0 w h */,
              uint8_t* planes, uint8_t* kinds, int threads);
/* Ground truth of the crop (x0, y0, w, h) of a W x H picture: rgb [h][w][3]. */
void vt_render(void* world, const float* camera, const int* rect6, uint8_t* rgb, int threads);

#ifdef __cplusplus
}
#endif
