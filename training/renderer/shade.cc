// Ground-truth shading, compiled per instruction set. The art of the training pictures: strong
// light, clean shapes, rich colour, depth by fog.
#include "renderer/shade.h"

#include "models/world/visibility.h"
#include "renderer/shade_sky.h"

namespace vita::VITA_ISA {

using world::Raster;

namespace {

constexpr MarchQuality kTruthQuality = {800, .0032f};

V3 ground_colour(const SceneView& s, V3 p, const Ground& at, F distance, float pixel, bool detail) {
  DetailNoise q = detail_noise(p, distance, pixel);
  F n9 = (q.n9 - .5f) * q.fade9, n1 = (q.n1 - .5f) * q.fade1;
  F rough = detail ? n9 * .7f + n1 * .45f : F(0.f);
  F patch = smoothstep(.46f, .54f, at.ground_mix + rough * .35f);
  V3 c = mix(colour(s, world::kGround0), colour(s, world::kGround1), patch);
  F phase = fract(strata_phase(p, q.n47, q.n9));
  F band = smoothstep(.30f, .38f, phase) - smoothstep(.80f, .88f, phase);
  V3 rock = colour(s, world::kRockColour);
  V3 pale = mix(colour(s, world::kCapColour), rock, .35f);
  rock = mix(rock, pale, band * (.65f * s.look[world::kStrata]));
  rock = rock * (F(1.f) - band * (.06f * (1 - s.look[world::kStrata])));
  c = mix(c, rock, smoothstep(.44f, .56f, at.rock + rough * .3f));
  c = mix(c, colour(s, world::kCapColour), smoothstep(.44f, .56f, at.cap + rough * .4f));
  c = mix(c, colour(s, world::kShore), F(1.f) - smoothstep(1.1f, 1.9f, p.y + rough * 2.2f));
  if (detail) {
    F tufts = smoothstep(.55f, .62f, q.n1 + (q.n9 - .5f) * .3f) * q.fade1;
    F spots = smoothstep(.56f, .61f, q.n9 + n1 * .25f) * q.fade9;
    F flat = smoothstep(.35f, .7f, at.normal.y);
    c = c * (F(1.f) - tufts * flat * .085f - spots * flat * .09f + n1 * .08f);
  }
  return c;
}

V3 lit(const SceneView& s, V3 albedo, V3 n, F visible) {
  F nl = dot(n, vec3(s.look + world::kSun));
  F direct = smoothstep(-.02f, .42f, nl) * .75f + saturate(nl) * .25f;
  V3 ambient = colour(s, world::kAmbient) * (n.y * .34f + .74f);
  F bounce = saturate(F(.5f) - n.y * .5f) * .16f;
  ambient = ambient + colour(s, world::kGround0) * colour(s, world::kSunColour) * bounce;
  return albedo *
         (ambient + colour(s, world::kSunColour) * (direct * smoothstep(.25f, .75f, visible)));
}

V3 fogged(const SceneView& s, V3 c, V3 d, F t, F height) {
  return mix(c, fog_colour(s, d), fog_amount(s, t, height));
}

V3 terrain(const SceneView& s, V3 o, V3 d, F t, float pixel, bool detail) {
  V3 p = o + d * t;
  Ground at = ground_at(s.maps, p.x, p.z);
  F visible = detail ? min(at.light, thing_light_at(s.maps, p.x, p.z)) : at.light;
  V3 c = lit(s, ground_colour(s, p, at, t, pixel, detail), at.normal, visible);
  const float lava = s.look[world::kLava];
  if (lava > 0) {
    F glow = exp(max(p.y, 0.f) * (-1.f / 7.f)) * (.8f * lava);
    c = c + V3{F(.75f), F(.22f), F(.05f)} * glow;
  }
  return fogged(s, c, d, t, p.y);
}

V3 lava_surface(const SceneView& s, V3 p, V3 d, F t) {
  F f = lava_noise(s, p, false) * .65f + lava_noise(s, p, true) * .35f;
  V3 c = mix({F(1.1f), F(.48f), F(.08f)}, {F(.34f), F(.07f), F(.05f)}, smoothstep(.46f, .56f, f));
  c = mix(c, {F(1.25f), F(.85f), F(.30f)}, F(1.f) - smoothstep(.30f, .38f, f));
  return mix(c, fog_colour(s, d), fog_amount(s, t, p.y) * .8f);
}

V3 water(const SceneView& s, V3 o, V3 d, F t, M active, float pixel) {
  V3 p = o + d * t;
  if (s.look[world::kLava] > .5f) return lava_surface(s, p, d, t);
  Ripples r = ripples(s, p, d, t);
  V3 seen = sky(s, r.reflected, 3, false);
  F unused,
      hit_t = march(s.maps, p, r.reflected, active, F(1.5f), F(1100.f), {40, .03f}, pixel, &unused);
  M hit = active & (hit_t < F(1100.f));
  if (any(hit)) seen = select(hit, terrain(s, p, r.reflected, hit_t, pixel * 3, false), seen);
  F grazing = F(1.f) - saturate(abs(d.y));
  grazing = grazing * grazing;
  F fresnel = grazing * grazing * .84f + .16f;
  V3 c = mix(colour(s, world::kWaterColour), seen, fresnel);
  F glitter = pow(saturate(dot(r.reflected, vec3(s.look + world::kSun))), 160.f) *
              (.9f * (1 - .5f * s.look[world::kRain]));
  c = c + colour(s, world::kSunColour) *
              (glitter * smoothstep(.40f, .55f, r.fine) * .9f + glitter * .25f);
  F depth = height_at(s.maps, p.x, p.z);
  F foam = smoothstep(-.9f, -.35f, depth + (r.fine - .5f) * .5f) * .55f;
  c = mix(c, mix(colour(s, world::kAmbient), colour(s, world::kSunColour), .45f) * F(.95f), foam);
  F visible = min(ground_at(s.maps, p.x, p.z).light, thing_light_at(s.maps, p.x, p.z));
  c = c * (smoothstep(.25f, .75f, visible) * .20f + .80f);
  return fogged(s, c, d, t, F(0.f));
}

V3 thing_albedo(const SceneView& s, I part, F tint, F grain) {
  auto is = [&](world::Part p) { return part == I(static_cast<int>(p)); };
  V3 c = {F(.33f), F(.22f), F(.16f)};
  V3 leaf = mix(colour(s, world::kLeaf0), colour(s, world::kLeaf1), tint) * (F(1.f) + grain * .30f);
  V3 stone = colour(s, world::kRockColour) * (tint * .45f + .85f);
  V3 crystal = mix(colour(s, world::kWaterColour) * F(1.5f), colour(s, world::kCapColour), tint);
  c = select(is(world::kFoliage), leaf, c);
  c = select(is(world::kStone), stone, c);
  c = select(is(world::kWall), V3{F(.60f), F(.42f), F(.30f)} * (tint * .5f + .7f), c);
  c = select(
      is(world::kRoof),
      mix({F(.58f), F(.19f), F(.16f)}, {F(.34f), F(.27f), F(.36f)}, smoothstep(.6f, .7f, tint)), c);
  c = select(is(world::kLamp), {F(.25f), F(.27f), F(.33f)}, c);
  c = select(is(world::kCrystalPart), crystal, c);
  return select(is(world::kPale), {F(.89f), F(.86f), F(.81f)}, c);
}

V3 thing(const SceneView& s, V3 o, V3 d, F t, float pixel, const Strip& strip, int y, int x) {
  V3 p = o + d * t;
  V3 n = {load(strip.at(Strip::nx, y) + x), load(strip.at(Strip::ny, y) + x),
          load(strip.at(Strip::nz, y) + x)};
  I part = truncate(load(strip.at(Strip::part, y) + x) + .5f);
  DetailNoise q = detail_noise(p, t, pixel);
  V3 albedo = thing_albedo(s, part, load(strip.at(Strip::tint, y) + x), (q.n1 - .5f) * q.fade1);
  V3 c = lit(s, albedo, n, ground_at(s.maps, p.x, p.z).light);
  V3 sun = vec3(s.look + world::kSun);
  F rim = saturate(F(1.f) + dot(n, d));
  c = c +
      colour(s, world::kSunColour) * (rim * rim * rim * saturate(dot(d, sun) * .8f + .2f) * .28f);
  const float night = s.look[world::kNight], rain = s.look[world::kRain];
  const float lamp_light = .25f + .75f * (night > .25f * rain ? night : .25f * rain);
  F glow = select(part == I(world::kLamp), F(lamp_light),
                  select(part == I(world::kCrystalPart), F(.12f + .35f * night), F(0.f)));
  V3 shine = select(part == I(world::kLamp), {F(1.15f), F(.82f), F(.40f)}, albedo * F(1.4f));
  c = mix(c, shine, glow);
  return mix(c, fog_colour(s, d), fog_amount(s, t, p.y) * (F(1.f) - glow * (.5f * night)));
}

// Gentle contrast, saturation and a soft shoulder.
F shoulder(F v) {
  v = max(v, 0.f);
  return select(v > F(.8f), F(1.f) - exp((F(.8f) - v) * 4.2f) * .2f, v);
}
V3 grade(V3 c) {
  F l = c.x * .3f + c.y * .55f + c.z * .15f;
  return {shoulder(mix(l, c.x, 1.12f)), shoulder(mix(l, c.y, 1.12f)), shoulder(mix(l, c.z, 1.12f))};
}

V3 shade_pixels(const SceneView& s, const CameraBasis& b, const Strip& strip, int gx, int gy, int y,
                int x) {
  const float pixel = b.pixel * 2;  // of the finished picture
  F sx = view_x(b, gx), sy = view_y(b, gy);
  V3 d = ray(b, sx, sy);
  F t = load(strip.at(Strip::t, y) + x), kind = load(strip.at(Strip::kind, y) + x);
  M is_terrain = kind<F(.5f), is_water = (kind > F(.5f)) & (kind < F(1.5f)), is_sky = kind> F(2.5f);
  M is_thing = ~is_terrain & ~is_water & ~is_sky;
  V3 c = {F(0.f), F(0.f), F(0.f)};
  if (any(is_sky)) c = select(is_sky, sky(s, d, 5, true), c);
  if (any(is_terrain)) c = select(is_terrain, terrain(s, b.origin, d, t, pixel, true), c);
  if (any(is_water)) c = select(is_water, water(s, b.origin, d, t, is_water, pixel), c);
  if (any(is_thing)) c = select(is_thing, thing(s, b.origin, d, t, pixel, strip, y, x), c);
  if (s.look[world::kSnow] > .01f || s.look[world::kRain] > .01f) {
    V3 flake = mix(colour(s, world::kHorizon), {F(1.f), F(1.f), F(1.f)}, .5f) *
               F(1 - .55f * s.look[world::kNight]);
    c = mix(c, flake, particles(s, sx, sy));
  }
  return grade(c);
}

}  // namespace

void shade_columns(const training::ShadeJob& job) {
  const Raster& r = job.raster;
  const int rows = 2 * r.height;
  const CameraBasis b = camera_basis(job.camera, 2 * r.full_width, 2 * r.full_height);
  const Raster fine = {2 * r.full_width, 2 * r.full_height, 2 * r.x0, 2 * r.y0, 2 * r.width, rows};
  const Strip strip = {job.scratch, rows};
  float* colours = job.scratch + Strip::planes * rows * kStripWidth;
  for (int x0 = 2 * job.x_first; x0 < 2 * job.x_last; x0 += kStripWidth) {
    see_land(*job.scene, b, fine.x0 + x0, fine.y0, kTruthQuality, strip);
    see_things(*job.scene, b, fine, fine.x0 + x0, strip);
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < kStripWidth; x += kLanes) {
        V3 c = shade_pixels(*job.scene, b, strip, fine.x0 + x0 + x, fine.y0 + y, y, x);
        float* out = colours + y * kStripWidth + x;
        store(out, c.x);
        store(out + rows * kStripWidth, c.y);
        store(out + 2 * rows * kStripWidth, c.z);
      }
    }
    for (int y = 0; y < r.height; y++) {
      for (int x = 0; x < kStripWidth / 2; x++) {
        for (int k = 0; k < 3; k++) {
          const float* in = colours + (k * rows + 2 * y) * kStripWidth + 2 * x;
          const float v =
              (in[0] + in[1] + in[kStripWidth] + in[kStripWidth + 1]) * .25f * 255.f + .5f;
          job.rgb[(static_cast<long>(y) * r.width + x0 / 2 + x) * 3 + k] =
              static_cast<uint8_t>(v < 0     ? 0
                                   : v > 255 ? 255
                                             : v);
        }
      }
    }
  }
}

}  // namespace vita::VITA_ISA
