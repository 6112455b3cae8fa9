"""Trains the look flow on the looks that the art direction (looks.py) draws, and shows what it learned.

    python3 -m vitatrain.look_train --minutes 5

Writes run/look.safetensors, run/look.json, run/look_curve.png, run/look_swatches.png and run/look.pt to go on from.
"""
import argparse
import json
import os
import time

import numpy as np
import torch

from . import look_model, looks, prior_data, safetensors_io, spec, worlds
from .prior_data import RUN


def draw_looks(count, seed, label="drawing looks"):
    rng, started = np.random.default_rng(seed), time.time()
    attributes, drawn = np.empty((count, spec.ATTRIBUTES), np.float32), np.empty((count, spec.LOOK), np.float32)
    for k in range(count):
        attributes[k] = worlds.sample_attributes(rng)
        drawn[k] = looks.sample_look(attributes[k], rng)
        if (k + 1) % 1000 == 0 or k + 1 == count:
            prior_data.progress(k + 1, count, started, label)
    return torch.from_numpy(attributes), torch.from_numpy(drawn)


def loss_of(model, look, attributes, noise, t):
    clean = (look - model.mean) / model.spread
    noisy = (1 - t[:, None]) * clean + t[:, None] * noise
    error = (model(noisy, attributes, t) - clean) / model.coefficients(t)[1][:, None]
    return error.square().mean()


@torch.no_grad()
def held_out_error(model, attributes, drawn):
    generator = torch.Generator().manual_seed(3)
    t = 0.02 + 0.98 * torch.rand(len(drawn), generator=generator)
    return loss_of(model, drawn, attributes, torch.randn(drawn.shape, generator=generator), t).item()


@torch.no_grad()
def agreement(model, cases=40, each=24, seed=4):
    """How far the mean and the spread of sampled looks lie from the art direction's for the same attributes; fields'
    values are about 0..1. Sun directions count by their elevation."""
    rng = np.random.default_rng(seed)
    mean_error, spread_ratio = [], []
    for _ in range(cases):
        attributes = worlds.sample_attributes(rng)
        truth = np.stack([looks.sample_look(attributes, rng) for _ in range(each)])
        noise = torch.from_numpy(rng.standard_normal((each, spec.LOOK), dtype=np.float32))
        made = look_model.sample(model, torch.from_numpy(attributes).expand(each, -1), noise).numpy()
        keep = [k for k in range(spec.LOOK) if k not in (0, 2)]
        mean_error.append(np.abs(truth.mean(0) - made.mean(0))[keep].mean())
        spread_ratio.append(made.std(0)[keep].sum() / truth.std(0)[keep].sum())
    return {"mean_difference": round(float(np.mean(mean_error)), 4),
            "spread_ratio": round(float(np.mean(spread_ratio)), 3)}


def swatch(look, size=48):
    """A small picture of a look: sky from zenith to horizon with the sun's colour, fog, grounds, rock, cap, leaves,
    water and bars for clouds, night, snow, rain and lava."""
    def colour(name):
        return look[spec.LOOK_OFFSETS[name]:spec.LOOK_OFFSETS[name] + 3]
    out = np.zeros((size, size, 3), np.float32)
    half = size // 2
    ramp = np.linspace(0, 1, half)[:, None, None]
    out[:half] = colour("zenith") * (1 - ramp) + colour("horizon") * ramp
    out[2:8, 2:8], out[half - 4:half] = colour("sun_colour"), colour("fog_colour")
    names = ["ground0", "ground1", "rock", "cap", "shore", "leaf0", "leaf1", "water_colour"]
    for k, name in enumerate(names):
        row, column = half + (k // 4) * (size // 5), (k % 4) * size // 4
        out[row:row + size // 5, column:column + size // 4] = colour(name)
    for k, name in enumerate(["clouds", "night", "snow", "rain", "lava", "strata"]):
        out[-3:, k * 8:k * 8 + 7] = look[spec.LOOK_OFFSETS[name]]
    return out


def swatch_sheet(model, path):
    """Rows: the art direction's looks and the model's below them, for times, weathers, biomes and colour words."""
    from PIL import Image
    cases = [("hills", t, w) for t in spec.GROUPS[1][2] for w in ("clear", "rain")]
    cases += [(b, "day", "clear") for b in spec.GROUPS[0][2]] + [("hills", "day", w) for w in spec.GROUPS[2][2]]
    prompts = [[("biome", b), ("time", t), ("weather", w)] for b, t, w in cases]
    for group in ("colour_sky", "colour_ground"):
        prompts += [[("biome", "desert"), ("time", "day"), ("weather", "clear"), (group, c)] for c in spec.COLOURS]
    rng, rows = np.random.default_rng(9), []
    for start in range(0, len(prompts), 16):
        truth_row, made_row = [], []
        for prompt in prompts[start:start + 16]:
            attributes = np.zeros(spec.ATTRIBUTES, np.float32)
            for group, entry in prompt:
                worlds.set_one(attributes, group, entry)
            truth_row.append(swatch(looks.sample_look(attributes, rng)))
            noise = torch.from_numpy(look_model.hash_normals(len(made_row), spec.LOOK))[None]
            made_row.append(swatch(look_model.sample(model, torch.from_numpy(attributes)[None], noise)[0].numpy()))
        for row in (truth_row, made_row):
            row += [np.zeros_like(row[0])] * (16 - len(row))
            rows.append(np.concatenate(row, axis=1))
        rows.append(np.zeros((6,) + rows[-1].shape[1:], np.float32))
    Image.fromarray((np.concatenate(rows).clip(0, 1) * 255).astype(np.uint8)).save(path)


def save(args, state, error, figures):
    model = state["average"]
    safetensors_io.write(os.path.join(args.out, "look.safetensors"),
                         {f"look.{name}": value for name, value in model.state_dict().items()})
    section = dict(model.config, parameters=sum(p.numel() for p in model.parameters()))
    figures = dict(figures, held_out_error=round(error, 5), training_minutes=round(state["used"] / 60, 1))
    with open(os.path.join(args.out, "look.json"), "w") as file:
        json.dump({"config": section, "held_out": figures}, file, indent=2)
    part = os.path.join(args.out, "look.pt.part")
    torch.save({"model": state["model"].state_dict(), "average": model.state_dict(), "step": state["step"],
                "optimizer": state["optimizer"].state_dict(), "used": state["used"], "curve": state["curve"]}, part)
    os.replace(part, part[:-5])
    draw_curve(state["curve"], os.path.join(args.out, "look_curve.png"))


def draw_curve(curve, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    pyplot.figure(figsize=(6, 3.5))
    pyplot.plot(*zip(*curve))
    pyplot.yscale("log")
    pyplot.xlabel("step")
    pyplot.ylabel("held-out squared error, unit scale")
    pyplot.tight_layout()
    pyplot.savefig(path, dpi=110)
    pyplot.close()


def start(args, drawn):
    """Fresh, or from the checkpoint."""
    torch.manual_seed(args.seed)
    models = [look_model.LookFlow({"hidden": args.hidden}) for _ in range(2)]
    models[0].mean.copy_(drawn.mean(0))
    models[0].spread.copy_(drawn.std(0).clamp(min=0.02))
    models[1].load_state_dict(models[0].state_dict())
    optimizer = torch.optim.AdamW(models[0].parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    state = {"model": models[0], "average": models[1], "optimizer": optimizer, "step": 0, "used": 0.0, "curve": []}
    path = os.path.join(args.out, "look.pt")
    if os.path.exists(path):
        saved = torch.load(path)
        for name in ("model", "average", "optimizer"):
            state[name].load_state_dict(saved[name])
        state.update({name: saved[name] for name in ("step", "used", "curve")})
    return state


def train(args):
    attributes, drawn = draw_looks(args.looks, [args.seed, 1])
    held_out = draw_looks(max(64, args.looks // 20), [args.seed, 2], "held out")
    state = start(args, drawn)
    torch.manual_seed(args.seed + state["step"])
    started = time.time()
    while (fraction := max(state["step"] / args.steps, state["used"] / (60 * args.minutes))) < 1:
        began = time.time()
        for group in state["optimizer"].param_groups:
            group["lr"] = args.rate * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * fraction)))
        pick = torch.randint(len(drawn), (args.batch,))
        t = 0.02 + 0.98 * torch.rand(args.batch)
        loss = loss_of(state["model"], drawn[pick], attributes[pick], torch.randn(args.batch, spec.LOOK), t)
        state["optimizer"].zero_grad(set_to_none=True)
        loss.backward()
        state["optimizer"].step()
        state["step"] += 1
        keep = min(0.999, 1 - 1 / (state["step"] / 10 + 1))
        with torch.no_grad():
            for slow, fast in zip(state["average"].parameters(), state["model"].parameters()):
                slow.lerp_(fast, 1 - keep)
        for slow, fast in zip(state["average"].buffers(), state["model"].buffers()):
            slow.copy_(fast)
        state["used"] += time.time() - began
        last = max(state["step"] / args.steps, state["used"] / (60 * args.minutes)) >= 1
        if state["step"] % args.save_every == 0 or last:
            error = held_out_error(state["average"], *held_out)
            state["curve"].append((state["step"], error))
            figures = agreement(state["average"])
            save(args, state, error, figures)
            print(f"\nlook step {state['step']}: held out {error:.4f} {figures}", flush=True)
        if state["step"] % 50 == 0:
            prior_data.progress(int(1000 * fraction), 1000, started, f"step {state['step']} loss {loss.item():.4f}")
    swatch_sheet(state["average"], os.path.join(args.out, "look_swatches.png"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=RUN)
    parser.add_argument("--looks", type=int, default=60000)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--save-every", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tiny", action="store_true", help="a few looks, a few steps")
    args = parser.parse_args()
    if args.tiny:
        args.looks, args.steps, args.batch, args.save_every, args.hidden = 200, min(args.steps, 20), 32, 10, 32
    os.makedirs(args.out, exist_ok=True)
    train(args)


if __name__ == "__main__":
    main()
