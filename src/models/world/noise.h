// World-anchored noise that the projector, the up-sampler and the training generator share bit for
// bit in meaning: pure functions of the integer lattice, with no tables, so that a world has no
// period. ISA source only (see src/core/simd.h).
#pragma once
#include "core/simd.h"

namespace vita::VITA_ISA {

// Integer hash of a lattice point; all 32 bits usable.
static inline I hash_lattice(I x, I z, int salt) {
  I h = x * I(374761393) + z * I(668265263) + I(salt);
  h = (h ^ (h >> 13)) * I(1274126177);
  h = (h ^ (h >> 16)) * I(static_cast<int>(2246822519u));
  return h ^ (h >> 15);
}
// Same, 0..1.
static inline F hash_unit(I x, I z, int salt) {
  return to_float(hash_lattice(x, z, salt) & I(0xffffff)) * (1.f / 16777216.f);
}
// Value noise in 0..1, lattice of one unit, C1.
static inline F value_noise(F x, F z, int salt) {
  F fx = floor(x), fz = floor(z);
  I ix = truncate(fx), iz = truncate(fz);
  F u = x - fx, v = z - fz;
  u = u * u * (3.f - u - u);
  v = v * v * (3.f - v - v);
  F a = hash_unit(ix, iz, salt), b = hash_unit(ix + I(1), iz, salt);
  F c = hash_unit(ix, iz + I(1), salt), d = hash_unit(ix + I(1), iz + I(1), salt);
  return mix(mix(a, b, u), mix(c, d, u), v);
}
// Gradient noise in about -1..1, lattice of one unit, C2.
static inline F gradient_noise(F x, F z, int salt) {
  F fx = floor(x), fz = floor(z);
  I ix = truncate(fx), iz = truncate(fz);
  F u = x - fx, v = z - fz;
  auto corner = [&](I cx, I cz, F dx, F dz) {
    I h = hash_lattice(cx, cz, salt);
    F gx = to_float((h & I(0xffff)) - I(0x8000)) * (1.f / 32768.f);
    F gz = to_float(((h >> 16) & I(0xffff)) - I(0x8000)) * (1.f / 32768.f);
    return gx * dx + gz * dz;
  };
  F a = corner(ix, iz, u, v), b = corner(ix + I(1), iz, u - 1.f, v);
  F c = corner(ix, iz + I(1), u, v - 1.f), d = corner(ix + I(1), iz + I(1), u - 1.f, v - 1.f);
  F uu = u * u * u * (u * (u * 6.f - 15.f) + 10.f), vv = v * v * v * (v * (v * 6.f - 15.f) + 10.f);
  return mix(mix(a, b, uu), mix(c, d, uu), vv) * 1.6f;
}
// The four channels of detail noise that the up-sampler gets: lattices of 64, 32, 16, 8 m; about
// -1..1.
static inline F fine_noise(F x, F z, int seed, int octave) {
  float inv = 1.f / static_cast<float>(64 >> octave);
  return gradient_noise(x * inv, z * inv, seed * 7919 + octave * 104729 + 17);
}

}  // namespace vita::VITA_ISA
