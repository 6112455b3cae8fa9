"""Looks: light, sky, weather and palette for attributes. Here lives the art direction."""

import math

import numpy as np

from vitatrain import spec

# Per time of day: zenith, horizon, sun, ambient, fog, sun elevation from..to, night.
_MOODS = {
    "dawn": ((0.40, 0.58, 0.90), (1.05, 0.80, 0.68), (1.12, 0.82, 0.60), (0.50, 0.50, 0.68),
        (1.00, 0.76, 0.70), 0.12, 0.28, 0.0),
    "day": ((0.13, 0.43, 0.92), (0.70, 0.89, 1.00), (1.10, 1.00, 0.86), (0.42, 0.52, 0.70),
        (0.68, 0.84, 0.98), 0.60, 1.05, 0.0),
    "sunset": ((0.28, 0.30, 0.60), (1.12, 0.60, 0.26), (1.26, 0.68, 0.32), (0.54, 0.40, 0.60),
        (1.05, 0.56, 0.34), 0.09, 0.22, 0.05),
    "dusk": ((0.17, 0.12, 0.42), (0.96, 0.40, 0.54), (0.98, 0.48, 0.50), (0.48, 0.38, 0.72),
        (0.76, 0.35, 0.58), 0.06, 0.14, 0.35),
    "night": ((0.02, 0.05, 0.16), (0.11, 0.24, 0.46), (0.44, 0.56, 0.84), (0.16, 0.24, 0.46),
        (0.12, 0.21, 0.40), 0.35, 0.80, 1.0),
}

# Per biome, one or more palettes: ground 0, ground 1, rock, cap, shore, leaf 0, leaf 1, water.
_PALETTES = {
    "mountains": [
        ((0.30, 0.50, 0.22), (0.58, 0.62, 0.28), (0.46, 0.43, 0.49), (0.95, 0.97, 1.02),
         (0.74, 0.67, 0.50), (0.14, 0.34, 0.20), (0.24, 0.44, 0.20), (0.10, 0.34, 0.48)),
        ((0.42, 0.52, 0.26), (0.68, 0.62, 0.34), (0.52, 0.44, 0.42), (0.97, 0.97, 1.00),
         (0.70, 0.64, 0.54), (0.12, 0.30, 0.24), (0.22, 0.40, 0.24), (0.08, 0.40, 0.46)),
    ],
    "desert": [
        ((0.96, 0.72, 0.40), (0.90, 0.58, 0.32), (0.74, 0.38, 0.25), (0.98, 0.80, 0.52),
         (0.62, 0.64, 0.30), (0.28, 0.50, 0.24), (0.42, 0.56, 0.26), (0.10, 0.50, 0.52)),
        ((0.97, 0.82, 0.58), (0.92, 0.70, 0.46), (0.62, 0.42, 0.36), (0.96, 0.86, 0.66),
         (0.66, 0.66, 0.36), (0.30, 0.46, 0.26), (0.48, 0.54, 0.30), (0.12, 0.46, 0.56)),
        ((0.88, 0.48, 0.28), (0.78, 0.36, 0.22), (0.56, 0.22, 0.18), (0.92, 0.62, 0.40),
         (0.56, 0.52, 0.28), (0.26, 0.44, 0.26), (0.40, 0.50, 0.26), (0.10, 0.44, 0.50)),
    ],
    "hills": [
        ((0.46, 0.70, 0.22), (0.76, 0.80, 0.32), (0.60, 0.52, 0.42), (0.66, 0.78, 0.30),
         (0.92, 0.84, 0.58), (0.16, 0.46, 0.18), (0.42, 0.62, 0.18), (0.12, 0.44, 0.58)),
        ((0.34, 0.64, 0.28), (0.58, 0.74, 0.30), (0.56, 0.54, 0.50), (0.80, 0.76, 0.36),
         (0.88, 0.80, 0.56), (0.12, 0.40, 0.20), (0.30, 0.56, 0.20), (0.10, 0.40, 0.60)),
    ],
    "tundra": [
        ((0.90, 0.95, 1.00), (0.76, 0.87, 0.98), (0.36, 0.43, 0.56), (1.00, 1.00, 1.03),
         (0.58, 0.80, 0.92), (0.22, 0.40, 0.42), (0.46, 0.62, 0.66), (0.14, 0.44, 0.60)),
        ((0.72, 0.72, 0.62), (0.58, 0.62, 0.50), (0.42, 0.42, 0.48), (0.98, 0.99, 1.02),
         (0.62, 0.72, 0.76), (0.24, 0.38, 0.32), (0.52, 0.50, 0.30), (0.16, 0.38, 0.50)),
    ],
    "volcano": [
        ((0.25, 0.21, 0.24), (0.40, 0.29, 0.28), (0.18, 0.14, 0.17), (0.52, 0.27, 0.20),
         (0.58, 0.22, 0.10), (0.22, 0.26, 0.20), (0.36, 0.32, 0.20), (0.96, 0.34, 0.08)),
        ((0.20, 0.20, 0.26), (0.33, 0.28, 0.34), (0.15, 0.14, 0.19), (0.44, 0.36, 0.40),
         (0.50, 0.20, 0.12), (0.20, 0.28, 0.24), (0.30, 0.36, 0.24), (0.98, 0.40, 0.10)),
    ],
    "canyon": [
        ((0.92, 0.57, 0.32), (0.84, 0.64, 0.37), (0.76, 0.34, 0.20), (0.95, 0.70, 0.43),
         (0.50, 0.60, 0.28), (0.30, 0.50, 0.22), (0.46, 0.58, 0.24), (0.12, 0.46, 0.50)),
        ((0.82, 0.60, 0.46), (0.74, 0.50, 0.42), (0.60, 0.30, 0.30), (0.90, 0.76, 0.56),
         (0.56, 0.58, 0.34), (0.26, 0.44, 0.28), (0.44, 0.52, 0.30), (0.10, 0.48, 0.48)),
    ],
    "forest": [
        ((0.26, 0.48, 0.20), (0.44, 0.56, 0.22), (0.46, 0.44, 0.42), (0.50, 0.58, 0.24),
         (0.64, 0.56, 0.38), (0.10, 0.36, 0.16), (0.28, 0.52, 0.16), (0.08, 0.34, 0.38)),
        ((0.34, 0.42, 0.20), (0.54, 0.50, 0.26), (0.44, 0.40, 0.40), (0.44, 0.60, 0.30),
         (0.60, 0.54, 0.40), (0.08, 0.30, 0.20), (0.20, 0.44, 0.22), (0.10, 0.36, 0.44)),
    ],
    "islands": [
        ((0.36, 0.66, 0.24), (0.66, 0.76, 0.32), (0.54, 0.48, 0.44), (0.28, 0.54, 0.24),
         (0.99, 0.91, 0.70), (0.12, 0.50, 0.22), (0.38, 0.66, 0.20), (0.06, 0.58, 0.66)),
        ((0.48, 0.68, 0.30), (0.78, 0.78, 0.44), (0.48, 0.42, 0.44), (0.34, 0.58, 0.28),
         (1.00, 0.88, 0.74), (0.14, 0.46, 0.28), (0.46, 0.64, 0.24), (0.05, 0.50, 0.72)),
    ],
}

# Per colour word: ground light and dark, sky zenith and horizon, water, foliage 0 and 1.
_COLOURS = {
    "red": ((0.86, 0.26, 0.20), (0.64, 0.14, 0.15), (0.56, 0.08, 0.14), (1.02, 0.36, 0.26),
        (0.62, 0.08, 0.10), (0.62, 0.09, 0.10), (0.90, 0.24, 0.16)),
    "orange": ((0.98, 0.56, 0.20), (0.86, 0.40, 0.14), (0.84, 0.34, 0.10), (1.08, 0.70, 0.34),
        (0.90, 0.42, 0.08), (0.86, 0.34, 0.08), (1.00, 0.58, 0.14)),
    "yellow": ((1.00, 0.88, 0.32), (0.92, 0.72, 0.22), (0.86, 0.66, 0.14), (1.10, 0.96, 0.52),
        (0.88, 0.76, 0.14), (0.86, 0.66, 0.10), (1.00, 0.86, 0.24)),
    "green": ((0.38, 0.74, 0.26), (0.22, 0.56, 0.20), (0.06, 0.42, 0.26), (0.54, 0.92, 0.60),
        (0.06, 0.46, 0.22), (0.10, 0.42, 0.14), (0.34, 0.64, 0.18)),
    "teal": ((0.26, 0.72, 0.66), (0.12, 0.52, 0.52), (0.03, 0.38, 0.44), (0.44, 0.90, 0.86),
        (0.03, 0.56, 0.54), (0.06, 0.42, 0.42), (0.20, 0.66, 0.58)),
    "blue": ((0.30, 0.50, 0.92), (0.18, 0.32, 0.74), (0.06, 0.26, 0.86), (0.46, 0.74, 1.06),
        (0.04, 0.22, 0.66), (0.10, 0.24, 0.62), (0.26, 0.48, 0.86)),
    "purple": ((0.58, 0.34, 0.84), (0.40, 0.20, 0.64), (0.28, 0.10, 0.56), (0.76, 0.48, 0.96),
        (0.30, 0.10, 0.52), (0.36, 0.14, 0.54), (0.60, 0.32, 0.80)),
    "pink": ((1.00, 0.58, 0.74), (0.90, 0.40, 0.60), (0.80, 0.28, 0.58), (1.10, 0.68, 0.82),
        (0.88, 0.36, 0.60), (0.86, 0.34, 0.56), (1.04, 0.62, 0.76)),
    "white": ((0.98, 0.98, 1.00), (0.86, 0.89, 0.95), (0.82, 0.88, 0.96), (1.06, 1.08, 1.10),
        (0.82, 0.90, 0.94), (0.84, 0.88, 0.90), (1.00, 1.00, 1.00)),
    "grey": ((0.58, 0.59, 0.62), (0.43, 0.44, 0.48), (0.38, 0.41, 0.46), (0.72, 0.74, 0.78),
        (0.30, 0.34, 0.38), (0.38, 0.40, 0.42), (0.58, 0.60, 0.60)),
    "black": ((0.14, 0.13, 0.16), (0.07, 0.07, 0.09), (0.02, 0.02, 0.035), (0.13, 0.13, 0.18),
        (0.02, 0.03, 0.05), (0.06, 0.07, 0.08), (0.14, 0.14, 0.16)),
    "brown": ((0.60, 0.42, 0.27), (0.44, 0.29, 0.18), (0.36, 0.23, 0.15), (0.80, 0.60, 0.44),
        (0.32, 0.21, 0.12), (0.38, 0.24, 0.12), (0.58, 0.40, 0.22)),
}
_PALETTE_FIELDS = ["ground0", "ground1", "rock", "cap", "shore", "leaf0", "leaf1", "water_colour"]
_COLOUR_FIELDS = [name for name, size in spec.LOOK_FIELDS if size == 3 and name != "sun"]


def said(attributes, group):
    """The entry of a one-of group that is said, or None."""
    offset = spec.OFFSETS[group]
    entries = next(entries for name, _, entries in spec.GROUPS if name == group)
    values = attributes[offset:offset + len(entries)]
    best = int(np.argmax(values))
    return entries[best] if values[best] > 0.5 else None


def _mix(a, b, t):
    return a + (np.asarray(b, np.float64) - a) * t


def _luminance(colour):
    return float(np.dot(colour, (0.30, 0.57, 0.13)))


def _jitter(colour, hue, brightness, rng):
    """The colour with each channel moved by up to `hue` and all together by `brightness`."""
    channels = 1 + rng.uniform(-hue, hue, 3)
    return np.asarray(colour) * channels * (1 + rng.uniform(-brightness, brightness))


def _mood(look, time, rng):
    zenith, horizon, sun, ambient, fog, low, high, night = _MOODS[time]
    jitters = [("zenith", zenith, 0.12), ("horizon", horizon, 0.07), ("sun_colour", sun, 0.05),
               ("ambient", ambient, 0.06), ("fog_colour", fog, 0.06)]
    for name, colour, amount in jitters:
        look[name] = _jitter(colour, amount, 0.04, rng)
    elevation, azimuth = rng.uniform(low, high), rng.uniform(0, 2 * math.pi)
    flat = math.cos(elevation)
    east, south = flat * math.cos(azimuth), flat * math.sin(azimuth)
    look["sun"] = np.array([east, math.sin(elevation), south])
    look["night"] = night


def _palette(look, biome, rng):
    palettes = _PALETTES[biome]
    first, second = (np.asarray(palettes[rng.integers(len(palettes))]) for _ in range(2))
    blended = _mix(first, second, rng.uniform(0, 0.6))
    for field, colour in zip(_PALETTE_FIELDS, blended):
        amount = 0.03 if field == "cap" else 0.07
        look[field] = _jitter(colour, amount, 0.05, rng)
    look["lava"] = 1.0 if biome == "volcano" else 0.0
    look["strata"] = {"canyon": 1.0, "desert": 0.8}.get(biome, 0.0) * rng.uniform(0.7, 1.0)


def _towards(look, fields, colours, amounts):
    """Mixes each field of the look towards its colour."""
    for field, colour, amount in zip(fields, colours, amounts):
        look[field] = _mix(look[field], colour, amount)


def _season(look, season, biome, rng):
    ground, leaves = ("ground0", "ground1"), ("leaf0", "leaf1")
    meadows = biome in ("hills", "forest", "mountains", "islands")
    if season == "autumn":
        pairs = [((0.84, 0.30, 0.08), (1.00, 0.62, 0.12)), ((0.72, 0.14, 0.10), (0.96, 0.44, 0.12)),
                 ((0.90, 0.52, 0.10), (1.00, 0.80, 0.22))]
        _towards(look, leaves, pairs[rng.integers(len(pairs))], (0.92, 0.92))
        if meadows:
            _towards(look, ground, ((0.68, 0.54, 0.22), (0.82, 0.62, 0.26)), (0.60, 0.65))
    elif season == "spring":
        _towards(look, leaves, ((0.42, 0.74, 0.22), (1.02, 0.66, 0.78)), (0.60, 0.85))  # blossom
        if meadows:
            _towards(look, ground, ((0.44, 0.76, 0.26), (0.66, 0.86, 0.34)), (0.55, 0.55))
    elif season == "winter":
        strength = 0.45 if biome in ("desert", "canyon", "volcano") else 0.85
        _towards(look, ground, ((0.94, 0.97, 1.02), (0.82, 0.89, 0.98)), (strength, strength))
        _towards(look, leaves, ((0.62, 0.74, 0.80), (0.92, 0.96, 1.00)), (0.55, 0.70))
        _towards(look, ("cap", "shore"), ((0.99, 1.00, 1.03), (0.76, 0.86, 0.94)), (0.95, 0.60))


def _weather(look, weather, rng):
    """Fog density, clouds, precipitation, and how much grey they bring."""
    look["fog"], look["clouds"] = 300.0 / rng.uniform(650, 1250), rng.uniform(0.05, 0.40)
    dull = 0.0
    if weather == "cloudy":
        look["clouds"], dull = rng.uniform(0.60, 0.92), rng.uniform(0.12, 0.35)
    elif weather == "fog":
        look["fog"], look["clouds"] = 300.0 / rng.uniform(150, 300), rng.uniform(0.3, 0.7)
        dull = rng.uniform(0.35, 0.55)
    elif weather == "rain":
        look["fog"], look["clouds"] = 300.0 / rng.uniform(380, 650), rng.uniform(0.85, 1.0)
        dull = rng.uniform(0.75, 1.0)
        look["rain"] = rng.uniform(0.5, 1.0)
    elif weather == "snow":
        look["fog"], look["clouds"] = 300.0 / rng.uniform(380, 700), rng.uniform(0.80, 0.98)
        dull = rng.uniform(0.6, 0.85)
        look["snow"] = rng.uniform(0.5, 1.0)
    grey = np.full(3, _luminance(look["horizon"]) * 0.95)
    _towards(look, ("zenith", "horizon", "fog_colour"), (grey, grey, grey),
             (0.70 * dull, 0.55 * dull, 0.55 * dull))
    look["sun_colour"] = look["sun_colour"] * (1 - 0.45 * dull)
    look["ambient"] = look["ambient"] * (1 + 0.30 * dull)


def _snowfall_on_ground(look, biome, rng):
    if look["snow"] > 0 and biome not in ("volcano", "desert"):
        amount = rng.uniform(0.55, 0.8)
        _towards(look, ("ground0", "ground1", "leaf0", "leaf1"),
                 ((0.93, 0.95, 1.00), (0.84, 0.89, 0.97), (0.80, 0.87, 0.92), (0.90, 0.94, 0.98)),
                 (amount, amount, amount * 0.4, amount * 0.6))


def _sky_word(look, word, jitter):
    zenith, horizon = (jitter(c) for c in _COLOURS[word][2:4])
    # The time of day keeps its brightness, so that a green night is still a night.
    bright = np.clip(_luminance(look["horizon"]) / 0.82, 0.16, 1.0)
    if word in ("black", "white"):
        bright = max(bright, 0.45)
    tint = horizon / max(_luminance(horizon), 0.1) * _luminance(look["ambient"])
    _towards(look, ("zenith", "horizon", "fog_colour", "ambient"),
             (zenith * bright, horizon * bright, horizon * bright, tint), (0.90, 0.82, 0.70, 0.30))


def _colour_words(look, attributes, rng):
    words = {name: said(attributes, "colour_" + name)
             for name in ("ground", "sky", "water", "foliage")}

    def jitter(colour):
        return np.asarray(colour) * (1 + rng.uniform(-0.06, 0.06, 3))

    if words["ground"]:
        light, dark = (jitter(c) for c in _COLOURS[words["ground"]][0:2])
        _towards(look, ("ground0", "ground1", "rock", "shore"), (light, dark, dark * 0.75, light),
                 (0.92, 0.88, 0.55, 0.35))
        if _luminance(look["cap"]) < 0.85:  # not snow
            look["cap"] = _mix(look["cap"], light, 0.7)
    if words["sky"]:
        _sky_word(look, words["sky"], jitter)
    if words["water"]:
        look["water_colour"] = _mix(look["water_colour"], jitter(_COLOURS[words["water"]][4]), 0.94)
        if words["water"] not in ("red", "orange", "yellow"):
            look["lava"] = 0.0  # blue water in a volcano is water
    if words["foliage"]:
        colours = [jitter(c) for c in _COLOURS[words["foliage"]][5:7]]
        _towards(look, ("leaf0", "leaf1"), colours, (0.93, 0.93))


def sample_look(attributes, rng):
    """One look float32[49] for completed attributes; `rng` brings the jitter and the azimuth."""
    biome, time, weather = (said(attributes, group) for group in ("biome", "time", "weather"))
    if None in (biome, time, weather):
        raise ValueError(f"look: found biome {biome}, time {time}, weather {weather}; "
                         "expected completed attributes")
    look = {"rain": 0.0, "snow": 0.0}
    _mood(look, time, rng)
    _palette(look, biome, rng)
    _season(look, said(attributes, "season"), biome, rng)
    _weather(look, weather, rng)
    _snowfall_on_ground(look, biome, rng)
    _colour_words(look, attributes, rng)
    mist = float(attributes[spec.OFFSETS["mist"]])
    look["fog"] = float(np.clip(look["fog"] * 2.0 ** (1.3 * mist), 0.12, 2.4))
    out = np.empty(spec.LOOK, np.float32)
    for name, size in spec.LOOK_FIELDS:
        value = np.clip(look[name], 0.0, 1.3) if name in _COLOUR_FIELDS else look[name]
        out[spec.LOOK_OFFSETS[name]:spec.LOOK_OFFSETS[name] + size] = value
    return out
