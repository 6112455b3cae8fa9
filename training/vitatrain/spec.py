"""Names, sizes and offsets of the world model; the twin of src/models/world/spec.h."""

COLOURS = ["red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "white", "grey", "black", "brown"]
THINGS = ["conifer", "broadleaf", "palm", "cactus", "rock", "crystal", "house", "tower"]
# name, kind, entries
GROUPS = [
    ("biome", "one_of", ["mountains", "desert", "hills", "tundra", "volcano", "canyon", "forest", "islands"]),
    ("time", "one_of", ["dawn", "day", "sunset", "dusk", "night"]),
    ("weather", "one_of", ["clear", "cloudy", "fog", "rain", "snow"]),
    ("season", "one_of", ["spring", "autumn", "winter"]),
    ("things", "signed", THINGS),
    ("relief", "signed", ["relief"]),
    ("water", "signed", ["water"]),
    ("colour_ground", "one_of", COLOURS),
    ("colour_sky", "one_of", COLOURS),
    ("colour_water", "one_of", COLOURS),
    ("colour_foliage", "one_of", COLOURS),
    ("density", "signed", ["density"]),
    ("mist", "signed", ["mist"]),
    ("reserved", "zero", [""] * 4),
]
OFFSETS = {}
ATTRIBUTES = 0
for _name, _kind, _entries in GROUPS:
    OFFSETS[_name] = ATTRIBUTES
    ATTRIBUTES += len(_entries)
assert ATTRIBUTES == 85

# The part of the attributes that shapes the land; the prior and the up-sampler see only these.
SHAPE_GROUPS = ["biome", "season", "things", "relief", "water", "density"]

LOOK_FIELDS = [  # name, size
    ("sun", 3), ("zenith", 3), ("horizon", 3), ("sun_colour", 3), ("ambient", 3), ("fog_colour", 3),
    ("water_colour", 3), ("ground0", 3), ("ground1", 3), ("rock", 3), ("cap", 3), ("shore", 3), ("leaf0", 3),
    ("leaf1", 3), ("fog", 1), ("clouds", 1), ("night", 1), ("snow", 1), ("rain", 1), ("lava", 1), ("strata", 1),
]
LOOK_OFFSETS = {}
LOOK = 0
for _name, _size in LOOK_FIELDS:
    LOOK_OFFSETS[_name] = LOOK
    LOOK += _size
assert LOOK == 49

MAP_CHANNELS = 12
TILE_CELLS = 32
MARGIN_CELLS = 8
WINDOW_CELLS = TILE_CELLS + 2 * MARGIN_CELLS
CELL_METRES = 32.0
TILE_METRES = 1024.0
FINE_CHANNELS = 4
TILE_FINE = 256
FINE_METRES = 4.0
HEIGHT_SCALE = 100.0
GUIDE_PLANES = 20
