"""Training windows for the map prior and, from every few of them, fine maps for the up-sampler.

    python3 -m vitatrain.prior_data --windows 30000

writes `run/prior_data/`: windows.npy (f16 [n, 12, 48, 48], network units), attributes.npy (f32 [n, 85]), places.npy
(seed, x0, z0) and fine.npy (f16 [n / fine_every, 4, 384, 384]: metres / 100 and 0..1). Stopped and started again, it
goes on where it was; a window depends only on --seed and its index.
"""
import argparse
import json
import multiprocessing
import os
import sys
import time

import numpy as np

from . import spec

RUN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run")
CELL_FINE = int(spec.CELL_METRES / spec.FINE_METRES)
WINDOW_FINE = spec.WINDOW_CELLS * CELL_FINE
TRAINING_SEEDS = 500000  # worlds of seeds from here on are held out


def coarse_map(fine, density):
    """fine [4, n, n] in metres and 0..1, density [8, n/8, n/8] -> [12, n/8, n/8] in network units."""
    c, n, _ = fine.shape
    means = fine.reshape(c, n // CELL_FINE, CELL_FINE, n // CELL_FINE, CELL_FINE).mean((2, 4))
    return np.concatenate([means[:1] / spec.HEIGHT_SCALE, means[1:] * 2 - 1, density * 2 - 1]).astype(np.float32)


class Procedural:
    """Windows from the training generator."""

    def window(self, rng, held_out=False):
        from . import native, worlds
        attributes = np.asarray(worlds.sample_attributes(rng), np.float32)
        seed = int(rng.integers(TRAINING_SEEDS)) + (TRAINING_SEEDS if held_out else 0)
        x0, z0 = [float(v) * spec.CELL_METRES for v in rng.integers(-2000, 2000, 2)]
        fine, density = native.generate_region(attributes, seed, x0, z0, WINDOW_FINE)
        return attributes, (seed, x0, z0), fine, density


class Synthetic:
    """Smooth random land, for tests where the renderer is not built."""

    def window(self, rng, held_out=False):
        attributes = np.zeros(spec.ATTRIBUTES, np.float32)
        attributes[rng.integers(8)] = 1
        attributes[spec.OFFSETS["water"]] = rng.uniform(-1, 1)
        knots = rng.standard_normal((12, 8, 8)).astype(np.float32)
        steps = np.linspace(0, 6.999, WINDOW_FINE)
        i, f = steps.astype(int), (steps % 1).astype(np.float32)
        rows = knots[:, i] * (1 - f[:, None]) + knots[:, i + 1] * f[:, None]
        land = rows[:, :, i] * (1 - f) + rows[:, :, i + 1] * f
        fine = land[:4].copy()
        fine[0] = fine[0] * 60 - 40 * attributes[spec.OFFSETS["water"]]
        fine[1:] = (fine[1:] * 0.5 + 0.5).clip(0, 1)
        density = (land[4:, ::CELL_FINE, ::CELL_FINE] * 0.5 + 0.3).clip(0, 1)
        return attributes, (int(rng.integers(TRAINING_SEEDS)), 0.0, 0.0), fine, density


def progress(done, total, started, text=""):
    width = 30
    filled = width * done // max(total, 1)
    rate = done / max(time.time() - started, 1e-9)
    line = f"\r[{'#' * filled}{'.' * (width - filled)}] {done}/{total} {rate:.1f}/s {text}"
    sys.stderr.write(line + ("\n" if done == total else ""))
    sys.stderr.flush()


def open_arrays(folder, windows, fine_every):
    """The memory-mapped arrays of a folder, made if they are not there yet."""
    shapes = {"windows": ((windows, spec.MAP_CHANNELS, spec.WINDOW_CELLS, spec.WINDOW_CELLS), np.float16),
              "attributes": ((windows, spec.ATTRIBUTES), np.float32), "places": ((windows, 3), np.float64),
              "fine": (((windows + fine_every - 1) // fine_every, 4, WINDOW_FINE, WINDOW_FINE), np.float16)}
    arrays = {}
    for name, (shape, dtype) in shapes.items():
        path = os.path.join(folder, f"{name}.npy")
        if os.path.exists(path):
            arrays[name] = np.load(path, mmap_mode="r+")
            if arrays[name].shape != shape:
                raise ValueError(f"{path}: shape {arrays[name].shape}, expected {shape}; choose another folder")
        else:
            arrays[name] = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    return arrays


def make_window(job):
    """(source, seed, index, held_out, whether its fine map is kept) -> coarse window, attributes, place, fine map or None."""
    source, seed, index, held_out, keep_fine = job
    attributes, place, fine, density = source.window(np.random.default_rng([seed, index]), held_out)
    coarse = coarse_map(fine, density).astype(np.float16)
    if keep_fine:
        fine = fine.copy()
        fine[0] /= spec.HEIGHT_SCALE
    return coarse, attributes, place, fine.astype(np.float16) if keep_fine else None


def in_order(jobs, processes):
    """make_window of each job, in their order."""
    if processes == 1:
        yield from map(make_window, jobs)
        return
    with multiprocessing.Pool(processes) as pool:
        yield from pool.imap(make_window, jobs, chunksize=4)


def generate(folder, windows, fine_every, seed, source, held_out=False, save_every=50, processes=1):
    os.makedirs(folder, exist_ok=True)
    state_path, done = os.path.join(folder, "state.json"), 0
    if os.path.exists(state_path):
        with open(state_path) as file:
            done = json.load(file)["done"]
    arrays = open_arrays(folder, windows, fine_every)
    started, first = time.time(), done
    jobs = ((source, seed, k, held_out, k % fine_every == 0) for k in range(done, windows))
    for coarse, attributes, place, fine in in_order(jobs, processes):
        arrays["windows"][done], arrays["attributes"][done], arrays["places"][done] = coarse, attributes, place
        if fine is not None:
            arrays["fine"][done // fine_every] = fine
        done += 1
        if done % save_every == 0 or done == windows:
            with open(state_path + ".part", "w") as file:
                json.dump({"done": done, "windows": windows, "fine_every": fine_every, "seed": seed}, file)
            os.replace(state_path + ".part", state_path)
            progress(done - first, windows - first, started)


def load(folder):
    """The finished part of a folder: {name: memory-mapped array} and fine_every."""
    with open(os.path.join(folder, "state.json")) as file:
        state = json.load(file)
    done, every = state["done"], state["fine_every"]
    counts = {"windows": done, "attributes": done, "places": done, "fine": (done + every - 1) // every}
    arrays = {n: np.load(os.path.join(folder, f"{n}.npy"), mmap_mode="r")[:c] for n, c in counts.items()}
    return arrays, every


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=30000)
    parser.add_argument("--fine-every", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default=os.path.join(RUN, "prior_data"))
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--held-out", action="store_true", help="worlds of the held-out seeds")
    parser.add_argument("--synthetic", action="store_true", help="smooth random land instead of the generator's")
    args = parser.parse_args()
    source = Synthetic() if args.synthetic else Procedural()
    generate(args.out, args.windows, args.fine_every, args.seed, source, args.held_out, processes=args.processes)


if __name__ == "__main__":
    main()
