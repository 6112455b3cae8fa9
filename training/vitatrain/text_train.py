"""Trains the text encoder on captions of the grammar.

    python3 -m vitatrain.text_train --minutes 12
    python3 -m vitatrain.text_train --minutes 3 --rate 1.5e-3 --warm-from weights   after the grammar has grown

Writes run/text.safetensors, run/text.json, run/text_curve.png and run/text.pt to go on from.
"""

import argparse
import json
import math
import os
import sys
import time

import numpy as np
import torch

from vitatrain import safetensors_io
from vitatrain.text_data import Pool, vocabulary
from vitatrain.text_eval import calibrate, held_out, load
from vitatrain.text_model import TextEncoder, default_config, loss_of

RUN = os.path.join(os.path.dirname(__file__), "..", "run")


def progress(done, total, what):
    filled = int(30 * done / total)
    end = "\n" if done >= total else ""
    print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {what}", end=end, file=sys.stderr, flush=True)


def rate_at(fraction, peak):
    """Warm up over the first twentieth, then a cosine down to a hundredth."""
    return peak * min(1.0, fraction * 20 + 0.01) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, fraction))))


def draw_curve(curve, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    pyplot.figure(figsize=(6, 3.5))
    steps = [row[0] for row in curve]
    pyplot.plot(steps, [row[1] for row in curve], label="attributes")
    pyplot.plot(steps, [row[2] for row in curve], label="words: tags and sources")
    pyplot.yscale("log")
    pyplot.xlabel("step")
    pyplot.ylabel("cross entropy")
    pyplot.legend()
    pyplot.tight_layout()
    pyplot.savefig(path, dpi=110)
    pyplot.close()


def save_checkpoint(path, state):
    part = path + ".part"
    torch.save({"model": state["model"].state_dict(), "optimizer": state["optimizer"].state_dict(),
                "step": state["step"], "used": state["used"], "curve": state["curve"]}, part)
    os.replace(part, path)


def export(folder, state, result):
    model = state["model"]
    safetensors_io.write(os.path.join(folder, "text.safetensors"),
                         {f"text.{name}": value for name, value in model.state_dict().items()})
    parameters = sum(p.numel() for p in model.parameters())
    section = {"config": dict(model.config, parameters=parameters),
               "held_out": dict(result, steps=state["step"], training_minutes=round(state["used"] / 60, 1))}
    with open(os.path.join(folder, "text.json"), "w") as file:
        json.dump(section, file, indent=1)
        file.write("\n")


def warm_start(model, folder):
    """Takes over an exported encoder; words of the vocabulary keep their rows, new ones start at random."""
    old = load(folder)
    rows = {word: k for k, word in enumerate(old.config["vocabulary"])}
    shared = [(k, rows[word]) for k, word in enumerate(model.config["vocabulary"]) if word in rows]
    words = model.words.weight.data
    model.load_state_dict({**old.state_dict(), "words.weight": words})
    words[[k for k, _ in shared]] = old.words.weight.data[[row for _, row in shared]]
    model.words.weight.data.copy_(words)


def start(args, config):
    torch.manual_seed(args.seed)
    model = TextEncoder(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=1e-3)
    state = {"model": model, "optimizer": optimizer, "step": 0, "used": 0.0, "curve": []}
    path = os.path.join(args.out, "text.pt")
    if args.warm_from:
        warm_start(model, args.warm_from)
    elif os.path.exists(path) and not args.fresh:
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        state.update({name: saved[name] for name in ("step", "used", "curve")})
        print(f"going on from step {state['step']}", file=sys.stderr)
    return state


def fraction_done(state, args):
    return max(state["step"] / args.steps, state["used"] / (60 * args.minutes))


def train(args):
    config = default_config(vocabulary())
    state = start(args, config)
    model, optimizer = state["model"], state["optimizer"]
    pool = Pool(config, args.seed * 1000 + state["step"], min(args.captions, 6000))
    batches = pool.batches(args.batch, np.random.default_rng(args.seed * 1000 + state["step"]))
    averages, checkpoint = [0.0, 0.0], os.path.join(args.out, "text.pt")
    while (fraction := fraction_done(state, args)) < 1:
        began = time.process_time()
        if len(pool.captions) < args.captions:  # new ones all the time cost less than a long wait at the start
            pool.extend(16)
        model.train()
        for group in optimizer.param_groups:
            group["lr"] = rate_at(fraction, args.rate)
        losses = loss_of(model, next(batches))
        optimizer.zero_grad(set_to_none=True)
        (losses[0] + losses[1]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        state["step"] += 1
        averages = [a + (loss.item() - a) * max(0.03, 1 / state["step"]) for a, loss in zip(averages, losses)]
        state["used"] += time.process_time() - began
        if state["step"] % args.every == 0:
            state["curve"].append((state["step"], *averages))
            progress(int(1000 * fraction_done(state, args)), 1000,
                     f"step {state['step']} attributes {averages[0]:.4f} words {averages[1]:.4f}")
        if state["step"] % 500 == 0:
            save_checkpoint(checkpoint, state)
    save_checkpoint(checkpoint, state)
    finish(args, state)


def finish(args, state):
    model = state["model"].eval()
    calibrate(model, args.evaluate)
    result = held_out(model, args.evaluate)
    export(args.out, state, result)
    if state["curve"]:
        draw_curve(state["curve"], os.path.join(args.out, "text_curve.png"))
    for name, row in result.items():
        print(f"{name:24}", json.dumps(row))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=RUN)
    parser.add_argument("--minutes", type=float, default=12, help="of processor time")
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--captions", type=int, default=200000, help="distinct captions")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--evaluate", type=int, default=2000, help="captions of each held-out part")
    parser.add_argument("--every", type=int, default=50, help="steps between points of the curve")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="do not go on from a checkpoint")
    parser.add_argument("--warm-from", metavar="DIR", help="start from the text.json and text.safetensors of a folder")
    parser.add_argument("--tiny", action="store_true", help="a few captions, a few steps")
    args = parser.parse_args()
    if args.tiny:
        args.captions, args.steps, args.evaluate, args.batch, args.every = 600, 12, 20, 32, 4
    os.makedirs(args.out, exist_ok=True)
    train(args)


if __name__ == "__main__":
    main()
