"""Trains the up-sampler on crops of the fine maps of prior_data.

    python3 -m vitatrain.upsampler_train --minutes 10

Writes run/upsampler.safetensors, run/upsampler.json, run/upsampler_curve.png and run/upsampler.pt to go on from.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from . import prior_data, safetensors_io, spec, upsampler_model
from .prior_data import CELL_FINE, RUN
from .prior_model import shape_attributes
from .upsampler_model import MARGIN, NOISE_MARGIN

CROP = 12           # coarse cells along a training crop
LAND_ERROR = 2.0    # metres, the usual size of a disturbance that teaches not to trust coarse heights
ROUGH_BLOCK = 16    # fine cells over which the energy of detail is compared
WEIGHTS = {"height": 0.25, "slope": 2.0, "cover": 1.0, "cover_edges": 1.0, "roughness": 3.0, "cover_roughness": 0.7}


class Crops:
    """Random crops: coarse maps with margin, noise with margin, fine maps, shape attributes."""

    def __init__(self, folder, seed, noise=None):
        self.arrays, self.every = prior_data.load(folder)
        self.rng = np.random.default_rng(seed)
        self.noise = noise or generator_noise
        self.splines = upsampler_model.Splines(CROP)

    def take(self, count):
        rng, parts = self.rng, []
        for k in rng.integers(len(self.arrays["fine"]), size=count):
            parts.append(self.crop(int(k), *rng.integers(MARGIN, spec.WINDOW_CELLS - CROP - MARGIN + 1, 2)))
        coarse, noise, fine, attributes = [torch.from_numpy(np.stack(p)) for p in zip(*parts)]
        error = torch.from_numpy(rng.standard_normal((count, 1) + coarse.shape[2:], dtype=np.float32))
        error *= torch.from_numpy(rng.uniform(0, LAND_ERROR / spec.HEIGHT_SCALE, (count, 1, 1, 1)).astype(np.float32))
        lifted = upsampler_model.apply_splines(self.splines.height4, self.splines.height4, error)
        coarse[:, :1] += error
        fine[:, :1] += lifted * spec.HEIGHT_SCALE
        return coarse, noise, fine, shape_attributes(attributes)

    def crop(self, k, cx, cz):
        index = k * self.every
        seed, x0, z0 = self.arrays["places"][index]
        size, wide = CROP * CELL_FINE, CROP + 2 * MARGIN
        coarse = self.arrays["windows"][index, :4, cz - MARGIN:cz - MARGIN + wide, cx - MARGIN:cx - MARGIN + wide]
        fine = self.arrays["fine"][k, :, cz * CELL_FINE:cz * CELL_FINE + size, cx * CELL_FINE:cx * CELL_FINE + size]
        fine = np.array(fine, np.float32)
        fine[0] *= spec.HEIGHT_SCALE
        edge = NOISE_MARGIN * spec.FINE_METRES
        noise = self.noise(int(seed), x0 + cx * spec.CELL_METRES - edge, z0 + cz * spec.CELL_METRES - edge,
                           size + 2 * NOISE_MARGIN)
        return np.array(coarse, np.float32), noise, fine, np.array(self.arrays["attributes"][index])


def generator_noise(seed, x0, z0, n):
    from . import native
    return native.fine_noise(seed, x0, z0, n)


def no_noise(seed, x0, z0, n):
    """For tests where the renderer is not built."""
    return np.zeros((4, n, n), np.float32)


def edges(x):
    return x[..., 1:, :] - x[..., :-1, :], x[..., 1:] - x[..., :-1]


def roughness(detail):
    """Root mean square step between neighbouring cells, block by block."""
    down, right = edges(detail)
    return (F.avg_pool2d(down[..., :-1].square() + right[..., :-1, :].square(), ROUGH_BLOCK) + 1e-4).sqrt()


def losses(predicted, fine, base):
    """What is wrong cell by cell, and, since not all detail can be foretold, that there is as much of it."""
    error = predicted - fine
    slope = sum(e[:, :1].abs().mean() for e in edges(error)) / spec.FINE_METRES
    cover_edges = sum(e[:, 1:].abs().mean() for e in edges(error))
    rough = (roughness(predicted - base) - roughness(fine - base)).abs()
    return {"height": error[:, :1].abs().mean(), "slope": slope, "cover": error[:, 1:].abs().mean(),
            "cover_edges": cover_edges, "roughness": rough[:, :1].mean() / spec.FINE_METRES,
            "cover_roughness": rough[:, 1:].mean()}


@torch.no_grad()
def evaluate(model, folder, noise, count=128):
    """Mean losses on held-out crops, and the share of the generator's fine relief (height less its own interpolation)
    that the model's has."""
    crops = Crops(folder, 11, noise)
    sums, energy = {}, [0.0, 0.0]
    for _ in range(max(1, count // 16)):
        coarse, grain, fine, attributes = crops.take(min(16, count))
        predicted = model(crops.splines, coarse, grain, attributes)
        base = model.base(crops.splines, coarse)
        for name, value in losses(predicted, fine, base).items():
            sums[name] = sums.get(name, 0.0) + value.item() / max(1, count // 16)
        for k, maps in enumerate((predicted, fine)):
            energy[k] += sum(e[:, :1].square().mean().item() for e in edges(maps - base))
    sums["relief_ratio"] = (energy[0] / max(energy[1], 1e-9)) ** 0.5
    return {name: round(value, 4) for name, value in sums.items()}


def save(state, args, figures):
    model = state["average"]
    tensors = {f"upsampler.{name}": value for name, value in model.state_dict().items()}
    safetensors_io.write(os.path.join(args.out, "upsampler.safetensors"), tensors)
    section = dict(model.config, margin=MARGIN, parameters=sum(p.numel() for p in model.parameters()),
                   gflop=round(upsampler_model.flops(model.config) / 1e9, 3))
    figures = dict(figures, crops_seen=state["step"] * args.batch, training_minutes=round(state["used"] / 60, 1))
    with open(os.path.join(args.out, "upsampler.json"), "w") as file:
        json.dump({"config": section, "held_out": figures}, file, indent=2)
    part = os.path.join(args.out, "upsampler.pt.part")
    torch.save({"model": state["model"].state_dict(), "average": model.state_dict(), "step": state["step"],
                "optimizer": state["optimizer"].state_dict(), "used": state["used"], "curve": state["curve"]}, part)
    os.replace(part, part[:-5])
    draw_curve(state["curve"], os.path.join(args.out, "upsampler_curve.png"))


def draw_curve(curve, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    pyplot.figure(figsize=(6, 3.5))
    for name in WEIGHTS:
        pyplot.plot([c[0] for c in curve], [c[1].get(name, np.nan) for c in curve], label=name)
    pyplot.yscale("log")
    pyplot.xlabel("step")
    pyplot.ylabel("held-out L1 (m, m/m, share)")
    pyplot.legend()
    pyplot.tight_layout()
    pyplot.savefig(path, dpi=110)
    pyplot.close()


def start(args):
    """Fresh, or from the checkpoint."""
    torch.manual_seed(args.seed)
    config = {"width": args.width}
    models = [upsampler_model.Upsampler(config).to(memory_format=torch.channels_last) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    optimizer = torch.optim.AdamW(models[0].parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    state = {"model": models[0], "average": models[1], "optimizer": optimizer, "step": 0, "used": 0.0, "curve": []}
    path = os.path.join(args.out, "upsampler.pt")
    if os.path.exists(path):
        saved = torch.load(path)
        for name in ("model", "average", "optimizer"):
            state[name].load_state_dict(saved[name])
        state.update({name: saved[name] for name in ("step", "used", "curve")})
    return state


def train(args, noise):
    state = start(args)
    crops = Crops(args.data, [args.seed, state["step"]], noise)
    started = time.time()
    while (fraction := max(state["step"] / args.steps, state["used"] / (60 * args.minutes))) < 1:
        began = time.time()
        rate = args.rate * min(1, (state["step"] + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * fraction)))
        for group in state["optimizer"].param_groups:
            group["lr"] = rate
        coarse, grain, fine, attributes = crops.take(args.batch)
        predicted, base = state["model"](crops.splines, coarse, grain, attributes), state["model"].base(crops.splines, coarse)
        parts = losses(predicted, fine, base)
        loss = sum(WEIGHTS[name] * value for name, value in parts.items())
        state["optimizer"].zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(state["model"].parameters(), 1.0)
        state["optimizer"].step()
        state["step"] += 1
        keep = min(0.997, 1 - 1 / (state["step"] / 10 + 1))
        with torch.no_grad():
            for slow, fast in zip(state["average"].parameters(), state["model"].parameters()):
                slow.lerp_(fast, 1 - keep)
        state["used"] += time.time() - began
        last = max(state["step"] / args.steps, state["used"] / (60 * args.minutes)) >= 1
        if state["step"] % args.save_every == 0 or last:
            figures = evaluate(state["average"], args.held_out_data, noise)
            state["curve"].append((state["step"], figures))
            save(state, args, figures)
            print(f"\nup-sampler step {state['step']}: held out {figures}", flush=True)
        if state["step"] % 20 == 0:
            prior_data.progress(int(1000 * fraction), 1000, started, f"step {state['step']} loss {loss.item():.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.path.join(RUN, "prior_data"))
    parser.add_argument("--held-out-data", default=os.path.join(RUN, "prior_held_out"))
    parser.add_argument("--out", default=RUN)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--save-every", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tiny", action="store_true", help="a small network, a few steps on synthetic land")
    args = parser.parse_args()
    noise = generator_noise
    if args.tiny:
        args.width, args.steps, args.batch, args.save_every, noise = 8, min(args.steps, 12), 4, 6, no_noise
        args.data, args.held_out_data = os.path.join(args.out, "tiny_data"), os.path.join(args.out, "tiny_held_out")
        prior_data.generate(args.data, 16, 4, 1, prior_data.Synthetic())
        prior_data.generate(args.held_out_data, 8, 4, 2, prior_data.Synthetic(), held_out=True)
    os.makedirs(args.out, exist_ok=True)
    train(args, noise)


if __name__ == "__main__":
    main()
