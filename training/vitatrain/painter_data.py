"""Makes the painter's training data: crops of guides with the renderer's picture of the same place.

    python3 -m vitatrain.painter_data --worlds 1000 --first-seed 1000 --out training/run/data/painter
    python3 -m vitatrain.painter_data --worlds 40 --first-seed 500000 --out training/run/data/painter_held_out

Each world is one geometry of 5x5 tiles under several suns; every crop has a camera and colours of its own, since what a
painter finds hardest is light and colour that it has not seen. Worlds are gathered in shards: folders of .npy files that appear whole or not at all, so a run that
was stopped goes on where it was, and training may read while generation goes on."""
import argparse
import multiprocessing
import os
import shutil
import sys
import time

import numpy as np
import torch

from vitatrain import looks, native, spec, worlds

FULL = (1280, 720)  # of the picture that crops are cut from
FILES = ("planes", "kinds", "rgb", "looks")


class Shards:
    """All shards of a folder, memory-mapped. Crops are numbered through."""

    def __init__(self, folder):
        self.folder, self.names, self.arrays, self.index = folder, [], [], []
        self.refresh()
        if not self.index:
            raise FileNotFoundError(f"{folder}: no shards; run vitatrain.painter_data first")

    def refresh(self):
        """Takes in shards that were finished since."""
        for name in sorted(os.listdir(self.folder)) if os.path.isdir(self.folder) else []:
            if name.endswith(".part") or name in self.names:
                continue
            shard = [np.load(os.path.join(self.folder, name, f + ".npy"), mmap_mode="r") for f in FILES]
            self.index += [(len(self.arrays), row) for row in range(len(shard[0]))]
            self.names.append(name)
            self.arrays.append(shard)

    def __len__(self):
        return len(self.index)

    def one(self, crop):
        """planes [20, n, n], kinds [n, n], rgb [2 n, 2 n, 3], look [49]."""
        shard, row = self.index[crop]
        return tuple(array[row] for array in self.arrays[shard])

    def take(self, crops):
        return tuple(np.stack(parts) for parts in zip(*(self.one(crop) for crop in crops)))

    def random_crops(self, rng, count, size):
        """`count` random windows of `size` picture pixels."""
        parts = []
        for crop in rng.randint(0, len(self), count):
            planes, kinds, rgb, look = self.one(crop)
            y, x = rng.randint(0, (len(rgb) - size) // 4 + 1, 2) * 2
            half = size // 2
            parts.append((planes[:, y:y + half, x:x + half], kinds[y:y + half, x:x + half],
                          rgb[2 * y:2 * y + size, 2 * x:2 * x + size], look))
        return tuple(np.stack(part) for part in zip(*parts))


class Resident:
    """The crops of Shards in the memory of a GPU, with the methods of theirs that training needs; tensors come out."""

    def __init__(self, shards, device):
        parts = zip(*(tuple(torch.from_numpy(np.array(array)).to(device) for array in shard) for shard in shards.arrays))
        self.parts = [torch.cat(part) for part in parts]

    def __len__(self):
        return len(self.parts[0])

    def refresh(self):
        """Shards that were finished since are not taken in."""

    def take(self, crops):
        chosen = torch.as_tensor(crops).to(self.parts[0].device)
        return tuple(part[chosen] for part in self.parts)

    def random_crops(self, rng, count, size):
        """`count` random windows of `size` picture pixels, at one place within their crops."""
        planes, kinds, rgb, look = self.take(rng.randint(0, len(self), count))
        y, x = rng.randint(0, (rgb.shape[1] - size) // 4 + 1, 2) * 2
        half = size // 2
        return (planes[..., y:y + half, x:x + half], kinds[:, y:y + half, x:x + half],
                rgb[:, 2 * y:2 * y + size, 2 * x:2 * x + size], look)


def sample_relit(attributes, rng):
    """The same land at another time, in other weather and other colours."""
    other = worlds.sample_attributes(rng)
    relit = np.array(attributes)
    for group in ("time", "weather", "colour_ground", "colour_sky", "colour_water", "colour_foliage", "mist"):
        offset = spec.OFFSETS[group]
        size = len(next(entries for name, _, entries in spec.GROUPS if name == group))
        relit[offset:offset + size] = other[offset:offset + size]
    return relit


def sample_relit_look(attributes, rng):
    """A look for the land; sometimes of another land, or between two looks, as while a prompt changes."""
    other_land = rng.random() < 0.25
    look = looks.sample_look(worlds.sample_attributes(rng) if other_land else sample_relit(attributes, rng), rng)
    if rng.random() < 0.2:
        other = looks.sample_look(worlds.sample_attributes(rng), rng)
        look = look + (other - look) * rng.random()
        look[:3] /= max(np.linalg.norm(look[:3]), 1e-3)
    return np.asarray(look, np.float32)


def sample_colours(attributes, sun, rng):
    """A look under a given sun; at times its palette is thrown together from several worlds."""
    look = sample_relit_look(attributes, rng)
    if rng.random() < 0.3:
        other = looks.sample_look(worlds.sample_attributes(rng), rng)
        for name, size in spec.LOOK_FIELDS:
            if size == 3 and rng.random() < 0.4:
                part = slice(spec.LOOK_OFFSETS[name], spec.LOOK_OFFSETS[name] + size)
                look[part] = other[part]
    part = slice(spec.LOOK_OFFSETS["sun"], spec.LOOK_OFFSETS["sun"] + 3)
    look[part] = sun
    return look


def build_world(attributes, seed, reach=2):
    """A World with the tiles around (0, 0), `reach` on each side."""
    world = native.World(seed)
    count = 2 * reach + 1
    fine, density = native.generate_region(attributes, seed, -reach * spec.TILE_METRES, -reach * spec.TILE_METRES,
                                           count * spec.TILE_FINE)
    for j in range(count):
        for i in range(count):
            fine_part = fine[:, j * spec.TILE_FINE:(j + 1) * spec.TILE_FINE, i * spec.TILE_FINE:(i + 1) * spec.TILE_FINE]
            cells = density[:, j * spec.TILE_CELLS:(j + 1) * spec.TILE_CELLS, i * spec.TILE_CELLS:(i + 1) * spec.TILE_CELLS]
            world.set_tile(i - reach, j - reach, fine_part, cells)
    return world


def sample_camera(world, rng):
    """A suggested camera, often turned, tilted or lifted."""
    camera = world.suggest_camera(int(rng.integers(1 << 30)))
    if rng.random() < 0.5:
        camera[3] += rng.uniform(-0.7, 0.7)
    if rng.random() < 0.5:
        camera[4] += rng.uniform(-0.22, 0.12)
    if rng.random() < 0.3:
        camera[1] += 50 * rng.random() ** 2
    return camera


def sample_crop(world, camera, size, rng):
    """Guide and picture of a random window; windows of nothing but sky are mostly moved down."""
    half = size // 2
    x = int(rng.integers((FULL[0] // 2 - half) // 2 + 1)) * 2
    y = int(rng.integers((FULL[1] // 2 - half) // 2 + 1)) * 2
    full_guide = (FULL[0] // 2, FULL[1] // 2)
    planes, kinds = world.guide(camera, full_guide, (x, y, half, half))
    if (kinds == 3).mean() > 0.9 and rng.random() < 0.75:
        y = int(rng.integers(60, (FULL[1] // 2 - half) // 2 + 1)) * 2
        planes, kinds = world.guide(camera, full_guide, (x, y, half, half))
    return planes, kinds, world.render(camera, FULL, (2 * x, 2 * y, size, size))


def make_world(seed, plan):
    """All crops of one world: lists of planes, kinds, pictures and looks."""
    rng = np.random.default_rng([seed, 0xC0FFEE])
    attributes = worlds.sample_attributes(rng)
    parts = []
    with build_world(attributes, seed) as world:
        for _ in range(plan["suns"]):
            sun = sample_relit_look(attributes, rng)[:3]
            for _ in range(plan["crops"]):
                look = sample_colours(attributes, sun, rng)
                world.set_look(look)
                world.set_time(float(rng.uniform(0, 600)))
                parts.append(sample_crop(world, sample_camera(world, rng), plan["size"], rng) + (look,))
    return parts


def make_shard(job):
    """One shard of `plan['shard']` worlds; returns its number of crops, 0 if it was there already."""
    folder, seeds, plan = job
    target = os.path.join(folder, f"{seeds[0]:08d}")
    if os.path.exists(target):
        return 0
    parts = [part for seed in seeds for part in make_world(seed, plan)]
    shutil.rmtree(target + ".part", ignore_errors=True)
    os.makedirs(target + ".part")
    for name, arrays in zip(FILES, zip(*parts)):
        np.save(os.path.join(target + ".part", name + ".npy"), np.stack(arrays))
    os.replace(target + ".part", target)
    return len(parts)


def generate(folder, first_seed, count, plan, processes, minutes):
    """Makes the shards of a range of seeds and stops early when the time is over."""
    os.makedirs(folder, exist_ok=True)
    jobs = []
    for first in range(first_seed, first_seed + count, plan["shard"]):
        jobs.append((folder, list(range(first, min(first + plan["shard"], first_seed + count))), plan))
    since, crops = time.time(), 0
    with multiprocessing.Pool(processes) as pool:
        for done, made in enumerate(pool.imap_unordered(make_shard, jobs), 1):
            crops += made
            seconds = time.time() - since
            bar = "#" * (24 * done // len(jobs))
            print(f"\rworlds [{bar:<24}] {done}/{len(jobs)} shards, {crops} crops, {crops / seconds:.1f}/s", end="",
                  file=sys.stderr, flush=True)
            if seconds > minutes * 60:
                pool.terminate()
                print(f"\nstopped after {minutes} minutes", file=sys.stderr)
                return
    print(file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--out", default="training/run/data/painter")
    parser.add_argument("--suns", type=int, default=4, help="per world")
    parser.add_argument("--crops", type=int, default=10, help="per sun, each with its own camera and colours")
    parser.add_argument("--size", type=int, default=128, help="picture pixels along a crop; a multiple of 64")
    parser.add_argument("--shard", type=int, default=8, help="worlds per shard")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--tiny", action="store_true", help="two crops per world")
    args = parser.parse_args()
    if worlds.is_held_out(args.first_seed) != worlds.is_held_out(args.first_seed + args.worlds - 1):
        sys.exit(f"seeds {args.first_seed}..{args.first_seed + args.worlds - 1} are partly held out, "
                 f"training seeds are below {worlds.HELD_OUT_SEED}")
    plan = {name: getattr(args, name) for name in ("suns", "crops", "size", "shard")}
    if args.tiny:
        plan = {"suns": 1, "crops": 2, "size": 128, "shard": 2}
    generate(args.out, args.first_seed, args.worlds, plan, args.processes, args.minutes)


if __name__ == "__main__":
    main()
