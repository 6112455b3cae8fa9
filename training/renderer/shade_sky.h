// Sky and fog colours of the ground truth; ISA source only.
#pragma once
#include "models/world/fields.h"

namespace vita::VITA_ISA {

static inline V3 colour(const SceneView& s, int offset) { return vec3(s.look + offset); }

// Fog glows towards the sun by day.
static inline V3 fog_colour(const SceneView& s, V3 d) {
  F toward =
      pow(saturate(dot(d, vec3(s.look + world::kSun))), 6.f) * (.55f * (1 - s.look[world::kNight]));
  V3 glow = mix(colour(s, world::kSunColour), colour(s, world::kHorizon), .35f) * F(1.02f);
  return mix(colour(s, world::kFogColour), glow, toward);
}

static inline V3 sun_and_stars(const SceneView& s, V3 c, V3 d, F toward) {
  const float night = s.look[world::kNight];
  const float wet =
      s.look[world::kSnow] > s.look[world::kRain] ? s.look[world::kSnow] : s.look[world::kRain];
  const float clear = 1 - .85f * wet;
  if (night > .02f) c = c + V3{F(.95f), F(.95f), F(1.f)} * (star(d) * (night * clear));
  F cosine = dot(d, vec3(s.look + world::kSun));
  F disc = smoothstep(.99935f - .0002f * night, .99965f - .00025f * night, cosine);
  c = c + colour(s, world::kSunColour) * (pow(toward, 90.f + 130.f * night) * (.35f * clear));
  V3 face = mix({F(1.15f), F(1.06f), F(.90f)}, {F(.93f), F(.95f), F(.98f)}, F(night));
  return mix(c, face, disc * clear);
}

static inline V3 clouds(const SceneView& s, V3 c, V3 d, F toward, int octaves) {
  const float night = s.look[world::kNight], threshold = .72f - .42f * s.look[world::kClouds];
  F f = cloud_noise(s, d, octaves);
  F dense = smoothstep(threshold, threshold + .10f, f) * smoothstep(.015f, .12f, d.y);
  F thick = saturate((f - threshold) * 3.2f);
  // The side of a cloud that faces the sun is brighter: compare with the noise towards the sun.
  F shaded = saturate(
      (cloud_noise(s, normalize(d + vec3(s.look + world::kSun) * F(.09f)), 3) - f + .06f) * 3.5f);
  V3 high =
      mix(colour(s, world::kHorizon), colour(s, world::kSunColour), .5f) * F(1.02f - .55f * night);
  V3 low = mix(colour(s, world::kZenith), colour(s, world::kHorizon), .45f) * F(.86f);
  V3 body = mix(high, low, saturate(smoothstep(.05f, .8f, thick) * .7f + shaded * .5f));
  body = body + colour(s, world::kSunColour) *
                    (pow(toward, 10.f) * (F(1.f) - thick) * (.30f * (1 - .6f * night)));
  return mix(c, body, dense * .88f);
}

static inline V3 far_ridge(const SceneView& s, V3 c, V3 d) {
  F b = ridge_distance(s, d);
  const float clear = __builtin_expf(-s.look[world::kFog] * (1100.f / 300.f));
  V3 stone = mix(colour(s, world::kAmbient) * F(.8f), colour(s, world::kHorizon), .35f);
  V3 body = mix(fog_colour(s, d), stone, F(.75f * clear + .06f));
  body = mix(body, fog_colour(s, d), saturate((b + .10f) * -9.f + .45f) * .6f);
  return mix(c, body, saturate(b * -600.f + .5f));
}

// full: sun disc and stars too, which the ripples of water do not show.
static inline V3 sky(const SceneView& s, V3 d, int octaves, bool full) {
  F up = max(d.y, 0.f), toward = saturate(dot(d, vec3(s.look + world::kSun)));
  const float night = s.look[world::kNight], fog = s.look[world::kFog] * (1.f / 300.f);
  V3 c =
      mix(colour(s, world::kZenith), colour(s, world::kHorizon), pow(saturate(F(1.f) - up), 4.2f));
  c = mix(c, colour(s, world::kSunColour), pow(toward, 7.f) * (.50f * (1 - .8f * night)));
  if (full) c = sun_and_stars(s, c, d, toward);
  c = clouds(s, c, d, toward, octaves);
  c = far_ridge(s, c, d);
  V3 haze = fog_colour(s, d);
  const float low = .35f + fog * 120;
  c = mix(c, haze, exp(up * -28.f) * (low < 1 ? low : 1.f));
  const float thick = (fog - 1 / 600.f) * 900.f;
  return thick > 0 ? mix(c, haze, exp(up * -3.f) * (.65f * (thick < 1 ? thick : 1.f))) : c;
}

}  // namespace vita::VITA_ISA
