"""Straightens the map prior's paths, so that two steps reach what the trained flow reaches in many (rectified flow's
second round, arXiv 2209.03003).

    python3 -m vitatrain.prior_reflow --teacher training/run --minutes 20 --out training/run/reflow

The teacher makes land from noise by --teacher-steps small steps; the student, which begins as the teacher, learns to say
that very land of that very noise. Writes prior.safetensors and prior.json into --out.
"""
import argparse
import json
import os
import time

import numpy as np
import torch

from . import prior_data, prior_eval, prior_model, prior_train
from .prior_data import RUN


class Pairs:
    """Noise and what the teacher made of it, in half precision on the device of training. Batches are as those of
    prior_train.Batches; half of their times are those of the product's steps."""

    def __init__(self, teacher, args, device):
        batches = prior_train.Batches(prior_data.load(args.data)[0], args.seed + 77, device, drop=0.0)
        self.random, self.times = batches.random, torch.tensor(args.times, device=device)
        steps = [1 - k / args.teacher_steps for k in range(args.teacher_steps)]
        dtype, parts, started = prior_train.fast_type(), [], time.time()
        for first in range(0, args.pairs, args.pair_batch):
            clean, noise, mask, shape, _ = batches.take(min(args.pair_batch, args.pairs - first))
            with torch.autocast(device, dtype=dtype, enabled=dtype is not None):
                made = prior_model.sample(teacher, noise, clean, mask, shape, steps, lead=0.0).float()
            made = torch.where(mask > 0, clean, made)
            parts.append((made.half(), noise.half(), mask.half(), shape))
            prior_data.progress(first + len(clean), args.pairs, started, "pairs")
        self.parts = [torch.cat(part) for part in zip(*parts)]

    def take(self, count):
        random, device = self.random, self.random.device
        chosen = torch.randint(len(self.parts[0]), (count,), generator=random, device=device)
        anywhere, which = torch.rand(2, count, generator=random, device=device)
        step = self.times[torch.randint(len(self.times), (count,), generator=random, device=device)]
        times = torch.where(which < 0.5, step, 0.02 + 0.98 * anywhere)
        return [part[chosen].float() for part in self.parts] + [times]


def copies(model, device, count):
    """Networks of the same weights."""
    made = [prior_model.MapPrior(model.config).to(device, memory_format=torch.channels_last) for _ in range(count)]
    for copy in made:
        copy.load_state_dict(model.state_dict())
    return made


def train(args, device):
    torch.manual_seed(args.seed)
    loaded = prior_eval.load_network(args.teacher, "prior", prior_model.MapPrior)
    loaded.config.update({"times": args.times, "lead": 0.0})
    teacher, student, average = copies(loaded, device, 3)
    pairs = Pairs(teacher.eval(), args, device)
    dtype = prior_train.fast_type()
    optimizers = prior_train.optimizers_of(student, args.rate, dtype)
    started, step, recent, fraction = time.time(), 0, [], 0.0
    while fraction < 1:
        rate = args.rate * min(1.0, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * fraction)))
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = rate
        loss, mse = prior_train.loss_of(student, pairs.take(args.batch), dtype)
        step += 1
        prior_train.optimise(student, average, optimizers, loss, step)
        recent = recent[-199:] + [mse.detach()]
        fraction = max(step / args.steps, (time.time() - started) / (60 * args.minutes))
        if step % 50 == 0:
            prior_data.progress(int(1000 * min(fraction, 1)), 1000, started, f"step {step} error {recent[-1].item():.4f}")
    figures = {"reflow_error": round(torch.stack(recent).mean().item(), 5), "reflow_pairs": args.pairs,
               "reflow_samples_seen": step * args.batch}
    with open(os.path.join(args.teacher, "prior.json")) as file:
        figures = dict(json.load(file)["held_out"], **figures)
    prior_train.write_model(average, args.out, figures)
    print(f"\nreflow: {figures}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", default=RUN, help="folder of prior.safetensors and prior.json")
    parser.add_argument("--data", default=os.path.join(RUN, "prior_data"))
    parser.add_argument("--out", default=os.path.join(RUN, "reflow"))
    parser.add_argument("--teacher-steps", type=int, default=24)
    parser.add_argument("--times", type=float, nargs="+", default=[1.0, 0.6], help="of the product's steps")
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--pair-batch", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=30, help="of training, after the pairs are made")
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.backends.cudnn.benchmark = True
    train(args, "cuda" if torch.cuda.is_available() else "cpu")


if __name__ == "__main__":
    main()
