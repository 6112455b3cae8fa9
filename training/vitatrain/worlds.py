"""Worlds to train on: attributes drawn for a seed, the held-out rule, a contact sheet of maps.

    PYTHONPATH=training python3 -m vitatrain.worlds --preview maps.png
"""

import argparse

import numpy as np

from vitatrain import looks, native, spec

HELD_OUT_SEED = 500000  # worlds of seeds from here on are never trained on
_DEFAULTS = {  # what an unsaid group is drawn from
    "biome": {name: 1 / 8 for name in spec.GROUPS[0][2]},
    "time": {"day": 0.40, "dawn": 0.20, "sunset": 0.25, "dusk": 0.15},
    "weather": {"clear": 0.6, "cloudy": 0.4},
}
_ENTRIES = {name: entries for name, _, entries in spec.GROUPS}


def is_held_out(seed):
    return int(seed) >= HELD_OUT_SEED


def world_rng(seed):
    """The random numbers of the world of a seed."""
    return np.random.default_rng([int(seed), 0x5EED])


def set_one(attributes, group, entry):
    """Says one entry of a one-of group."""
    offset = spec.OFFSETS[group]
    attributes[offset:offset + len(_ENTRIES[group])] = 0
    attributes[offset + _ENTRIES[group].index(entry)] = 1
    return attributes


def complete_attributes(attributes, rng):
    """A copy in which an unsaid biome, time or weather is drawn as docs/world_model.md says."""
    attributes = np.array(attributes, np.float32)
    for group, chances in _DEFAULTS.items():
        # Always drawn, so that saying one group moves no other.
        drawn = str(rng.choice(list(chances), p=list(chances.values())))
        if looks.said(attributes, group) is None:
            set_one(attributes, group, drawn)
    return attributes


def shape_part(attributes):
    """A copy with only the groups that shape the land."""
    attributes = np.asarray(attributes, np.float32)
    out = np.zeros_like(attributes)
    for group in spec.SHAPE_GROUPS:
        part = slice(spec.OFFSETS[group], spec.OFFSETS[group] + len(_ENTRIES[group]))
        out[..., part] = attributes[..., part]
    return out


def _signed(rng):
    """Mostly the ends of the scale, sometimes a value between."""
    sign = -1.0 if rng.random() < 0.5 else 1.0
    return sign * (1.0 if rng.random() < 0.7 else float(rng.uniform(0.3, 1.0)))


def sample_attributes(rng):
    """Completed attributes float32[85]: biome, time, weather balanced, the rest said at times."""
    attributes = np.zeros(spec.ATTRIBUTES, np.float32)
    for group in ("biome", "time", "weather"):
        set_one(attributes, group, _ENTRIES[group][rng.integers(len(_ENTRIES[group]))])
    if rng.random() < 0.35:
        set_one(attributes, "season", _ENTRIES["season"][rng.integers(3)])
    if rng.random() < 0.35:
        for thing in rng.choice(len(spec.THINGS), size=int(rng.integers(1, 4)), replace=False):
            attributes[spec.OFFSETS["things"] + thing] = -1.0 if rng.random() < 0.35 else 1.0
    for group, chance in (("relief", 0.40), ("water", 0.40), ("density", 0.30), ("mist", 0.25)):
        if rng.random() < chance:
            attributes[spec.OFFSETS[group]] = _signed(rng)
    for group in ("colour_ground", "colour_sky", "colour_water", "colour_foliage"):
        if rng.random() < 0.15:
            set_one(attributes, group, spec.COLOURS[rng.integers(len(spec.COLOURS))])
    return attributes


def world_of(seed):
    """Attributes and look of the world of a seed."""
    rng = world_rng(seed)
    attributes = sample_attributes(rng)
    return attributes, looks.sample_look(attributes, rng)


# --- the contact sheet ---------------------------------------------------------------------------
_DOT_COLOURS = {"cactus": (0.2, 0.5, 0.2), "rock": (0.45, 0.42, 0.42), "crystal": (0.5, 0.9, 1.0),
                "house": (0.75, 0.15, 0.12), "tower": (1.0, 0.95, 0.8)}


def _field(look, name):
    offset = spec.LOOK_OFFSETS[name]
    return look[offset:offset + dict(spec.LOOK_FIELDS)[name]]


def draw_map(fine, density, look, things=True):
    """A hill-shaded map [n, n, 3] in 0..1 in the colours of the look, with dots for things."""
    height, mix, rock, cap = fine
    dz, dx = np.gradient(height, spec.FINE_METRES)
    normal = np.stack([-dx, np.ones_like(dx), -dz], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.clip(normal @ np.array([-0.62, 0.55, -0.56]), 0, 1)[..., None]

    def blend(a, b, t):
        return a + (b - a) * t[..., None]

    patches = np.clip((mix - 0.5) * 8 + 0.5, 0, 1)
    colour = blend(_field(look, "ground0"), _field(look, "ground1"), patches)
    colour = blend(colour, _field(look, "cap"), np.clip((cap - 0.5) * 5 + 0.5, 0, 1))
    colour = blend(colour, _field(look, "rock"), rock)
    colour = blend(colour, _field(look, "shore"), np.clip((2.2 - height) / 1.2, 0, 1))
    colour = colour * (0.35 + 0.95 * light)
    if things:
        colour = _draw_things(colour, density, look)
    deep = np.clip(-height / 18, 0, 1)[..., None]
    liquid = _field(look, "water_colour") * (1.35 - 0.75 * deep)
    return np.clip(np.where(height[..., None] < 0, liquid, colour), 0, 1)


def _draw_things(colour, density, look):
    n = colour.shape[0]
    rng = np.random.default_rng(1)
    for kind, thing in enumerate(spec.THINGS):
        leaf = _field(look, "leaf0" if thing == "conifer" else "leaf1") * 0.8
        full = np.repeat(np.repeat(density[kind], 8, 0), 8, 1)
        dots = rng.random((n, n)) < full * 0.30
        colour = np.where(dots[..., None], _DOT_COLOURS.get(thing, leaf), colour)
    return colour


def preview(path, biomes, seeds, metres, cell, neutral):
    from PIL import Image

    n = int(metres / spec.FINE_METRES) // 8 * 8
    rows = []
    for biome in biomes:
        row = []
        for seed in seeds:
            rng = world_rng(seed)
            nothing = np.zeros(spec.ATTRIBUTES, np.float32)
            attributes = nothing if neutral else sample_attributes(rng)
            set_one(attributes, "biome", biome)
            attributes = complete_attributes(attributes, rng)
            fine, density = native.generate_region(attributes, seed, 0, 0, n)
            picture = draw_map(fine, density, looks.sample_look(attributes, rng))
            picture = Image.fromarray((picture * 255).astype(np.uint8))
            row.append(np.asarray(picture.resize((cell, cell), Image.LANCZOS)))
        rows.append(np.concatenate(row, 1))
    Image.fromarray(np.concatenate(rows, 0)).save(path)


def main():
    parser = argparse.ArgumentParser(
        description="Draws a contact sheet of maps: one row per biome, one column per seed.")
    parser.add_argument("--preview", required=True, metavar="PNG")
    parser.add_argument("--biomes", nargs="+", default=_ENTRIES["biome"], choices=_ENTRIES["biome"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3, 4])
    parser.add_argument("--metres", type=float, default=2048)
    parser.add_argument("--cell", type=int, default=400, help="pixels of one map")
    parser.add_argument("--neutral", action="store_true", help="only the biome is said")
    options = parser.parse_args()
    preview(options.preview, options.biomes, options.seeds, options.metres, options.cell,
            options.neutral)


if __name__ == "__main__":
    main()
