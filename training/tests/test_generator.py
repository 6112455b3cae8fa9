"""The terrain generator, looks and attributes. Run with PYTHONPATH=training python3 -m unittest."""

import os
import subprocess
import sys
import unittest

import numpy as np

from vitatrain import looks, native, spec, worlds

_BIOMES = spec.GROUPS[0][2]
_REGION_OF_ALL_BIOMES = """
import sys
import numpy as np
from vitatrain import native, spec, worlds
parts = []
for biome in spec.GROUPS[0][2]:
    attributes = worlds.set_one(np.zeros(spec.ATTRIBUTES), "biome", biome)
    fine, density = native.generate_region(attributes, 11, 4096, -2048, 64)
    parts += [fine.ravel(), density.ravel()]
parts.append(native.fine_noise(11, -512, 96, 64).ravel())
sys.stdout.buffer.write(np.concatenate(parts).tobytes())
"""


def attributes_of(biome, **signed):
    attributes = worlds.set_one(np.zeros(spec.ATTRIBUTES, np.float32), "biome", biome)
    for name, value in signed.items():
        if name in spec.THINGS:
            attributes[spec.OFFSETS["things"] + spec.THINGS.index(name)] = value
        else:
            attributes[spec.OFFSETS[name]] = value
    return worlds.complete_attributes(attributes, worlds.world_rng(1))


def mean_density(attributes, index):
    return np.mean([native.generate_region(attributes, seed, 0, 0, 512)[1][index].mean()
                    for seed in (1, 2)])


def wet_share(attributes):
    return np.mean([(native.generate_region(attributes, seed, 0, 0, 512)[0][0] < 0).mean()
                    for seed in range(4)])


class Terrain(unittest.TestCase):
    def test_neighbouring_regions_fit(self):
        for biome in _BIOMES:
            attributes = attributes_of(biome)
            whole, things = native.generate_region(attributes, 5, -1024, 2048, 256)
            for x, z, n in ((0, 0, 128), (128, 128, 128), (40, 96, 104), (248, 8, 8)):
                part, few = native.generate_region(attributes, 5, -1024 + 4 * x, 2048 + 4 * z, n)
                np.testing.assert_array_equal(part, whole[:, z:z + n, x:x + n], biome)
                cut = (slice(None), slice(z // 8, (z + n) // 8), slice(x // 8, (x + n) // 8))
                np.testing.assert_array_equal(few, things[cut], biome)

    def test_same_seed_same_land_other_seed_other_land(self):
        attributes = attributes_of("mountains")
        first, again, other = (native.generate_region(attributes, seed, 0, 0, 128)[0]
                               for seed in (7, 7, 8))
        np.testing.assert_array_equal(first, again)
        self.assertGreater(np.abs(first[0] - other[0]).mean(), 5)

    def test_land_does_not_repeat(self):
        attributes = attributes_of("hills")
        here = native.generate_region(attributes, 7, 0, 0, 128)[0][0]
        for x, z in ((65536, 0), (0, 65536), (1 << 20, 1 << 20)):
            there = native.generate_region(attributes, 7, x, z, 128)[0][0]
            self.assertGreater(np.abs(here - there).mean(), 3)

    def test_ranges(self):
        for biome in _BIOMES:
            for relief in (-1, 1):
                attributes = attributes_of(biome, relief=relief)
                fine, density = native.generate_region(attributes, 21, 0, 0, 512)
                self.assertTrue(np.isfinite(fine).all() and np.isfinite(density).all(), biome)
                self.assertGreaterEqual(fine[0].min(), -70, biome)
                self.assertLessEqual(fine[0].max(), 450, biome)
                for values in (fine[1:], density):
                    self.assertGreaterEqual(values.min(), 0, biome)
                    self.assertLessEqual(values.max(), 1, biome)

    def test_things_obey_their_attribute(self):
        for biome in _BIOMES:
            for index, thing in enumerate(spec.THINGS):
                none, usual, many = (mean_density(attributes_of(biome, **{thing: value}), index)
                                     for value in (-1, 0, 1))
                self.assertEqual(none, 0, f"{thing} in {biome}")
                self.assertGreater(many, usual, f"{thing} in {biome}")

    def test_nothing_stands_in_water(self):
        for biome in _BIOMES:
            fine, density = native.generate_region(attributes_of(biome), 9, 0, 0, 512)
            height = native.coarse_maps(fine, density)[0] * spec.HEIGHT_SCALE
            self.assertEqual(density[:, height < 0].sum(), 0, biome)

    def test_water_follows_its_attribute(self):
        for biome in _BIOMES:
            wet = [wet_share(attributes_of(biome, water=value)) for value in (-1, 0, 1)]
            self.assertLess(wet[0], 0.35, biome)
            self.assertLess(wet[0], wet[2], biome)
            self.assertGreater(wet[2], 0.18, biome)

    def test_instruction_sets_agree(self):
        results = {}
        for isa in ("baseline", "avx2", "avx512"):
            run = subprocess.run([sys.executable, "-c", _REGION_OF_ALL_BIOMES], check=True,
                                 capture_output=True, env={**os.environ, "VITA_MAX_ISA": isa})
            results[isa] = np.frombuffer(run.stdout, np.float32)
        for isa in ("avx2", "avx512"):
            # A step function may fall on the other side of its edge in a few cells.
            apart = np.abs(results[isa] - results["baseline"]) > 0.02
            self.assertLess(apart.mean(), 2e-3, isa)


class Noise(unittest.TestCase):
    def test_detail_noise_is_world_anchored(self):
        whole = native.fine_noise(4, -256, 64, 64)
        part = native.fine_noise(4, -256 + 64, 64 + 128, 16)
        np.testing.assert_array_equal(part, whole[:, 32:48, 16:32])
        self.assertLess(np.abs(whole).max(), 1.6)
        self.assertGreater(whole.std(), 0.15)


class Looks(unittest.TestCase):
    def test_looks_are_in_range(self):
        for seed in range(300):
            attributes, look = worlds.world_of(seed)
            self.assertEqual(look.shape, (spec.LOOK,))
            self.assertTrue(np.isfinite(look).all())
            self.assertAlmostEqual(float(np.linalg.norm(look[:3])), 1, places=5)
            self.assertGreater(look[1], 0)
            self.assertTrue((look[3:42] >= 0).all() and (look[3:42] <= 1.3).all())
            self.assertTrue(0.1 <= look[42] <= 2.5)
            self.assertTrue((look[43:] >= 0).all() and (look[43:] <= 1).all())
            np.testing.assert_array_equal(look, worlds.world_of(seed)[1])

    def test_colour_words_show(self):
        field = spec.LOOK_OFFSETS
        attributes = attributes_of("desert")
        worlds.set_one(attributes, "colour_ground", "pink")
        worlds.set_one(attributes, "colour_sky", "green")
        worlds.set_one(attributes, "time", "day")
        look = looks.sample_look(attributes, np.random.default_rng(0))
        red, green, blue = look[field["ground0"]:field["ground0"] + 3]
        self.assertTrue(red > blue > green)
        red, green, blue = look[field["zenith"]:field["zenith"] + 3]
        self.assertTrue(green > red and green > blue)

    def test_uncompleted_attributes_are_refused(self):
        with self.assertRaisesRegex(ValueError, "expected completed"):
            looks.sample_look(np.zeros(spec.ATTRIBUTES, np.float32), np.random.default_rng(0))


class Attributes(unittest.TestCase):
    def test_completion_keeps_what_was_said(self):
        given = worlds.set_one(np.zeros(spec.ATTRIBUTES, np.float32), "time", "night")
        done = worlds.complete_attributes(given, worlds.world_rng(2))
        for group in ("biome", "time", "weather"):
            self.assertIsNotNone(looks.said(done, group))
        self.assertEqual(looks.said(done, "time"), "night")
        self.assertIsNone(looks.said(given, "biome"))

    def test_shape_part_forgets_light_and_colour(self):
        attributes, _ = worlds.world_of(12)
        shape = worlds.shape_part(attributes)
        for group in ("time", "weather", "colour_sky"):
            self.assertIsNone(looks.said(shape, group))
        self.assertEqual(shape[spec.OFFSETS["mist"]], 0)
        self.assertEqual(looks.said(shape, "biome"), looks.said(attributes, "biome"))

    def test_biomes_are_balanced(self):
        counts = sum(worlds.sample_attributes(worlds.world_rng(seed))[:8] for seed in range(1600))
        self.assertTrue((counts > 140).all() and (counts < 260).all(), counts)


if __name__ == "__main__":
    unittest.main()
