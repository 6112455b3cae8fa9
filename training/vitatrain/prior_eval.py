"""Looks at and measures the worlds that the prior and the up-sampler make.

    python3 -m vitatrain.prior_eval --out run/prior_eval            # all figures and pictures
    python3 -m vitatrain.prior_eval --only pictures --seeds 2

Writes worlds_<k>.png (one row per biome: 4x4 tiles grown by parity class, up-sampled and hill-shaded), pair.png (the
generator's land beside the prior's) and figures.json.
"""
import argparse
import json
import os

import numpy as np
import torch

from . import looks, native, prior_data, prior_model, safetensors_io, spec, upsampler_model, worlds
from .prior_data import RUN
from .upsampler_model import MARGIN, NOISE_MARGIN

BIOMES = spec.GROUPS[0][2]
HELD_OUT = prior_data.TRAINING_SEEDS


def load_network(folder, name, make):
    """The network of <folder>/<name>.safetensors with the config of <name>.json."""
    with open(os.path.join(folder, f"{name}.json")) as file:
        config = json.load(file)["config"]
    tensors = safetensors_io.read(os.path.join(folder, f"{name}.safetensors"))
    model = make({key: value for key, value in config.items() if key in make().config})
    model.load_state_dict({key.split(".", 1)[1]: torch.from_numpy(value) for key, value in tensors.items()})
    return model.eval()


def said_attributes(biome, **said):
    """Completed attributes of a biome; things=[(name, value)], or relief, water, density, season."""
    attributes = np.zeros(spec.ATTRIBUTES, np.float32)
    for group, entry in (("biome", biome), ("time", "day"), ("weather", "clear")):
        worlds.set_one(attributes, group, entry)
    for name, value in said.pop("things", []):
        attributes[spec.OFFSETS["things"] + spec.THINGS.index(name)] = value
    if "season" in said:
        worlds.set_one(attributes, "season", said.pop("season"))
    for name, value in said.items():
        attributes[spec.OFFSETS[name]] = value
    return attributes


def square(count, first=0):
    return [(i, j) for j in range(first, first + count) for i in range(first, first + count)]


def fine_land(prior, upsampler, attributes, seed, count):
    """count x count tiles: coarse maps [12, 32 count, ..] in network units and fine maps [4, 256 count, ..]."""
    tiles = prior_model.grow(prior, attributes, seed, square(count + 2, -1))
    rim = spec.TILE_CELLS - MARGIN
    wide = prior_model.assemble(tiles, -1, -1, count + 2)[:, rim:-rim, rim:-rim]
    rows = []
    for j in range(count):
        row = []
        for i in range(count):
            z, x, size = j * spec.TILE_CELLS, i * spec.TILE_CELLS, spec.TILE_CELLS + 2 * MARGIN
            edge = NOISE_MARGIN * spec.FINE_METRES
            noise = native.fine_noise(seed, i * spec.TILE_METRES - edge, j * spec.TILE_METRES - edge,
                                      spec.TILE_FINE + 2 * NOISE_MARGIN)
            coarse = np.ascontiguousarray(wide[:, z:z + size, x:x + size], np.float32)
            row.append(upsampler_model.refine(upsampler, coarse, noise, attributes))
        rows.append(np.concatenate(row, axis=2))
    return wide[:, MARGIN:-MARGIN, MARGIN:-MARGIN], np.concatenate(rows, axis=1)


def picture(fine, coarse, attributes, seed, pixels):
    from PIL import Image
    look = looks.sample_look(attributes, np.random.default_rng(seed))
    drawn = worlds.draw_map(fine, coarse[4:] * 0.5 + 0.5, look)
    return np.asarray(Image.fromarray((drawn * 255).astype(np.uint8)).resize((pixels, pixels), Image.LANCZOS))


def pictures(args, prior, upsampler):
    from PIL import Image
    for seed in range(args.seeds):
        row = []
        for biome in args.biomes:
            attributes = said_attributes(biome)
            coarse, fine = fine_land(prior, upsampler, attributes, HELD_OUT + seed, args.tiles)
            row.append(picture(fine, coarse, attributes, seed, args.pixels))
        half = (len(row) + 1) // 2
        row += [np.zeros_like(row[0])] * (2 * half - len(row))
        sheet = np.concatenate([np.concatenate(row[:half], axis=1), np.concatenate(row[half:], axis=1)])
        Image.fromarray(sheet).save(os.path.join(args.out, f"worlds_{seed}.png"))


def pair(args, prior, upsampler):
    """The generator's land above, ours below."""
    from PIL import Image
    truth, ours = [], []
    for biome in args.biomes:
        attributes = said_attributes(biome)
        fine, density = native.generate_region(attributes, HELD_OUT + 1, 0, 0, 3 * spec.TILE_FINE)
        truth.append(picture(fine, prior_data.coarse_map(fine, density), attributes, 1, args.pixels // 2))
        coarse, made = fine_land(prior, upsampler, attributes, HELD_OUT + 1, 3)
        ours.append(picture(made, coarse, attributes, 1, args.pixels // 2))
    sheet = np.concatenate([np.concatenate(truth, axis=1), np.concatenate(ours, axis=1)])
    Image.fromarray(sheet).save(os.path.join(args.out, "pair.png"))


def seam_ratio(height, cells):
    """Root mean square step of the height across tile borders over that inside."""
    across, inside = [], []
    for steps in (np.diff(height, axis=0), np.diff(height, axis=1).T):
        border = (np.arange(len(steps)) + 1) % cells == 0
        across.append(np.square(steps[border]).ravel())
        inside.append(np.square(steps[~border]).ravel())
    return float(np.sqrt(np.concatenate(across).mean() / np.concatenate(inside).mean()))


def seams(args, prior, upsampler):
    coarse_ratio, fine_ratio = [], []
    for k, biome in enumerate(args.biomes):
        coarse, fine = fine_land(prior, upsampler, said_attributes(biome), HELD_OUT + 10 + k, args.tiles)
        coarse_ratio.append(round(seam_ratio(coarse[0], spec.TILE_CELLS), 3))
        fine_ratio.append(round(seam_ratio(fine[0], spec.TILE_FINE), 3))
    return {"coarse": dict(zip(args.biomes, coarse_ratio)), "fine": dict(zip(args.biomes, fine_ratio)),
            "coarse_mean": round(float(np.mean(coarse_ratio)), 3), "fine_mean": round(float(np.mean(fine_ratio)), 3)}


def truth_tiles(attributes, count, seed0=HELD_OUT + 5000):
    """Coarse tiles of the generator for the same attributes, other seeds."""
    tiles = []
    for k in range(count):
        fine, density = native.generate_region(attributes, seed0 + k, 0, 0, spec.TILE_FINE)
        tiles.append(prior_data.coarse_map(fine, density))
    return np.stack(tiles)


def made_tiles(prior, attributes, count, seed0=HELD_OUT + 6000):
    """Tile (1, 0), between two finished neighbours, of `count` worlds."""
    return np.stack([prior_model.grow(prior, attributes, seed0 + k, [(1, 0)])[1, 0] for k in range(count)])


def pairwise(tiles):
    """Mean root mean square difference of heights between different tiles, metres."""
    flat = tiles[:, 0].reshape(len(tiles), -1) * spec.HEIGHT_SCALE
    apart = [np.sqrt(np.square(a - b).mean()) for k, a in enumerate(flat) for b in flat[:k]]
    return float(np.mean(apart))


def steepness(tiles):
    height = tiles[:, 0] * spec.HEIGHT_SCALE
    dz, dx = np.gradient(height, spec.CELL_METRES, axis=(1, 2))
    return float(np.sqrt(dx * dx + dz * dz).mean())


def diversity(args, prior):
    """Sixteen seeds of the same prompt, against sixteen seeds of the generator."""
    out = {}
    for biome in args.biomes:
        attributes = said_attributes(biome)
        ours, truth = made_tiles(prior, attributes, args.count), truth_tiles(attributes, args.count)
        out[biome] = {
            "metres_apart": [round(pairwise(t), 1) for t in (ours, truth)],
            "mean_slope": [round(steepness(t), 4) for t in (ours, truth)],
            "mean_height": [round(float(t[:, 0].mean()) * 100, 1) for t in (ours, truth)],
            "water_share": [round(float((t[:, 0] < 0).mean()), 3) for t in (ours, truth)],
            "rock_share": [round(float((t[:, 2] * 0.5 + 0.5).mean()), 3) for t in (ours, truth)]}
    return {"ours_then_generator": out}


def nearest(tiles, training):
    """Relative distance of each tile (heights, its mean taken off) to the nearest training tile of eight turns."""
    def norm(x):
        x = x.reshape(len(x), -1)
        return (x - x.mean(1, keepdims=True)) / (x.std(1, keepdims=True) + 1e-6)
    bank = norm(training)
    best = np.full(len(tiles), np.inf)
    for turn in range(8):
        turned = np.rot90(tiles, turn % 4, axes=(1, 2))
        turned = norm(turned[:, :, ::-1] if turn >= 4 else turned)
        best = np.minimum(best, (2 - 2 * turned @ bank.T / bank.shape[1]).clip(0).min(1) ** 0.5)
    return best


def novelty(args, prior):
    """Distance to the nearest of the training windows' tiles; 0 is a copy, held-out land of the generator is the
    yardstick."""
    arrays, _ = prior_data.load(args.data)
    inner = slice(spec.MARGIN_CELLS, spec.MARGIN_CELLS + spec.TILE_CELLS)
    training = np.asarray(arrays["windows"][:, 0, inner, inner], np.float32)[:, ::2, ::2]
    ours = np.concatenate([made_tiles(prior, said_attributes(b), 4)[:, 0, ::2, ::2] for b in args.biomes])
    truth = np.concatenate([truth_tiles(said_attributes(b), 4)[:, 0, ::2, ::2] for b in args.biomes])
    distances = {"ours": nearest(ours, training), "held_out_generator": nearest(truth, training)}
    return {name: {"median": round(float(np.median(d)), 3), "least": round(float(d.min()), 3)}
            for name, d in distances.items()}


def obedience(args, prior):
    """What saying a thing, much or little water, rugged or flat, dense or sparse does; the generator's in brackets."""
    out, count = {}, args.count // 2
    usual = {"conifer": "mountains", "broadleaf": "hills", "palm": "islands", "cactus": "desert", "rock": "canyon",
             "crystal": "tundra", "house": "hills", "tower": "islands"}
    for k, (thing, biome) in enumerate(usual.items()):
        row = {}
        for name, value in (("none", -1), ("unsaid", 0), ("many", 1)):
            attributes = said_attributes(biome, things=[(thing, value)])
            row[name] = [round(float((t[:, 4 + k] * 0.5 + 0.5).mean()), 4)
                         for t in (made_tiles(prior, attributes, count), truth_tiles(attributes, count))]
        out[f"{thing} in {biome}"] = row
    for group, measure in (("water", lambda t: (t[:, 0] < 0).mean()), ("relief", steepness),
                           ("density", lambda t: (t[:, 4:8] * 0.5 + 0.5).mean())):
        row = {}
        for value in (-1, 0, 1):
            attributes = said_attributes("hills", **{group: value})
            row[str(value)] = [round(float(measure(t)), 4)
                               for t in (made_tiles(prior, attributes, count), truth_tiles(attributes, count))]
        out[f"{group} in hills"] = row
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", default=RUN)
    parser.add_argument("--data", default=os.path.join(RUN, "prior_data"))
    parser.add_argument("--out", default=os.path.join(RUN, "prior_eval"))
    parser.add_argument("--only", nargs="+", choices=["pictures", "pair", "seams", "diversity", "novelty", "obedience"])
    parser.add_argument("--biomes", nargs="+", default=BIOMES, choices=BIOMES)
    parser.add_argument("--seeds", type=int, default=2, help="sheets of worlds")
    parser.add_argument("--tiles", type=int, default=4, help="tiles along a world")
    parser.add_argument("--count", type=int, default=16, help="worlds to average over")
    parser.add_argument("--pixels", type=int, default=480, help="along one world's picture")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    os.makedirs(args.out, exist_ok=True)
    prior = load_network(args.weights, "prior", prior_model.MapPrior)
    upsampler = load_network(args.weights, "upsampler", upsampler_model.Upsampler)
    wanted = args.only or ["pictures", "pair", "seams", "diversity", "novelty", "obedience"]
    path, figures = os.path.join(args.out, "figures.json"), {}
    if os.path.exists(path):
        with open(path) as file:
            figures = json.load(file)
    for name in wanted:
        if name in ("pictures", "pair"):
            {"pictures": pictures, "pair": pair}[name](args, prior, upsampler)
            continue
        figures[name] = seams(args, prior, upsampler) if name == "seams" else \
            {"diversity": diversity, "novelty": novelty, "obedience": obedience}[name](args, prior)
        print(name, json.dumps(figures[name], indent=1), flush=True)
        with open(path, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
