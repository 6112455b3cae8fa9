"""Trains the map prior on the windows of prior_data.

    python3 -m vitatrain.prior_train --minutes 90

Writes run/prior.safetensors (averaged weights), run/prior.json, run/prior_curve.png and, to go on from, run/prior.pt.
The learning rate follows the part of --minutes (or of --steps) that is used up; a second call goes on.
"""
import argparse
import functools
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from . import prior_data, prior_model, safetensors_io, spec
from .prior_data import RUN

DESERT = 1  # its wind blows one way: no turning of windows
HEIGHT_WEIGHT = 8.0
KNOWN_WEIGHT = 0.2
# Squared errors of means over blocks of cells: what cannot be foretold averages out there, shapes do not.
POOLED_WEIGHTS = {2: 1.5, 4: 4.0}
MUON_STEPS = 5
MUON_MATCH = 0.2  # makes an update about as large as AdamW's, so that both share one learning rate


@functools.lru_cache()
def every_neighbour(device):
    """Which neighbours each class knows [4, 8], and the cells of the window that each covers [8, 48, 48]."""
    offsets = prior_model.neighbours_of_class(3)
    known = torch.tensor([[o in prior_model.neighbours_of_class(c) for o in offsets] for c in range(4)])
    cells = torch.zeros(len(offsets), spec.WINDOW_CELLS, spec.WINDOW_CELLS)
    for k, (di, dj) in enumerate(offsets):
        cells[k, prior_model.margin_span(dj)[0], prior_model.margin_span(di)[0]] = 1
    return known.to(device), cells.to(device)


def random_masks(random, count):
    """Masks as the parity classes meet them, some with pieces missing. [count, 1, 48, 48] on the generator's device."""
    device = random.device
    known, cells = every_neighbour(device)
    shares = torch.tensor([0.22, 0.24, 0.24, 0.30], device=device)
    classes = torch.multinomial(shares, count, replacement=True, generator=random)
    keep = torch.where(torch.rand(count, 1, generator=random, device=device) < 0.1, 0.6, 1.0)
    there = known[classes] & (torch.rand(count, known.shape[1], generator=random, device=device) < keep)
    return torch.einsum("nk,khw->nhw", there.float(), cells)[:, None]


def turned(windows, still, random):
    """Each window [n, c, h, w] in one of its eight orientations, those of `still` [n] as they are."""
    for turn in (lambda w: w.transpose(2, 3), lambda w: w.flip(2), lambda w: w.flip(3)):
        chosen = (torch.rand(len(windows), generator=random, device=windows.device) < 0.5) & ~still
        windows = torch.where(chosen[:, None, None, None], turn(windows), windows)
    return windows


def random_times(random, count):
    """Mostly from the times at which dunes, rivers and crests come out of the noise, some from everywhere, some from the
    very start."""
    normal = torch.randn(count, generator=random, device=random.device)
    anywhere, which = torch.rand(2, count, generator=random, device=random.device)
    return torch.where(which < 0.04, torch.ones_like(which),
                       torch.where(which < 0.24, 0.02 + 0.98 * anywhere, torch.sigmoid(normal - 0.7)))


class Batches:
    """Random batches of warped windows, noise, masks, shape attributes and times, all from one random generator. On a
    GPU all windows lie in its memory."""

    def __init__(self, arrays, seed, device="cpu", drop=0.1):
        self.random, self.drop = torch.Generator(device).manual_seed(seed), drop
        self.windows = ()
        self.use(arrays)

    def use(self, arrays):
        if self.random.device.type == "cpu":
            self.windows, self.attributes = arrays["windows"], arrays["attributes"]
        elif len(arrays["windows"]) > len(self.windows):
            self.windows, self.attributes = (torch.from_numpy(np.array(arrays[name])).to(self.random.device)
                                             for name in ("windows", "attributes"))

    def pick(self, indices):
        """Windows (f32) and attributes of some indices."""
        if torch.is_tensor(self.windows):
            return self.windows[indices].float(), self.attributes[indices]
        windows, attributes = (np.stack([array[i] for i in indices.tolist()]) for array in (self.windows, self.attributes))
        return torch.from_numpy(windows).float(), torch.from_numpy(attributes)

    def take(self, count, indices=None, turn=True):
        random, device = self.random, self.random.device
        if indices is None:
            indices = torch.randint(len(self.windows), (count,), generator=random, device=device)
        windows, attributes = self.pick(indices)
        windows[:, 0] = prior_model.warp_height(windows[:, 0])
        if turn:
            windows = turned(windows, attributes[:, DESERT] > 0, random)
        shape = prior_model.shape_attributes(attributes)
        dropped = torch.rand(count, 1, generator=random, device=device) < self.drop
        noise = torch.randn(windows.shape, generator=random, device=device)
        return windows, noise, random_masks(random, count), shape.masked_fill(dropped, 0), random_times(random, count)


def fast_type():
    """bfloat16 on a GPU and where the processor multiplies it natively (1.6 times the speed of float32 on one core)."""
    if torch.cuda.is_available():
        return torch.bfloat16
    try:
        with open("/proc/cpuinfo") as file:
            return torch.bfloat16 if "avx512_bf16" in file.read() else None
    except OSError:
        return None


def loss_of(model, batch, dtype=None):
    """The error of the network's own (unit-size) target, so that every time counts alike; heights count more, known
    cells less. Returns the loss and its plain part."""
    clean, noise, mask, attributes, t = batch
    tt = t[:, None, None, None]
    noisy = (1 - tt) * clean + tt * noise
    memory = torch.channels_last
    with torch.autocast(clean.device.type, dtype=dtype, enabled=dtype is not None):
        predicted = model(noisy.contiguous(memory_format=memory), clean.contiguous(memory_format=memory), mask,
                          attributes, t).float()
    error = (predicted - clean) / model.coefficients(t)[2][:, None, None, None]
    error = error * ((1 - mask) + KNOWN_WEIGHT ** 0.5 * mask)
    loss = mse = balanced(error.square())
    for block, weight in POOLED_WEIGHTS.items():
        loss = loss + weight * balanced(F.avg_pool2d(error, block).square())
    return loss, mse


def balanced(squares):
    """Mean over all but the channels, heights counting HEIGHT_WEIGHT times."""
    each = squares.mean((0, 2, 3))
    return (each[0] * HEIGHT_WEIGHT + each[1:].sum()) / (HEIGHT_WEIGHT + len(each) - 1)


def orthogonal(matrix, dtype=None):
    """The nearest half-orthogonal matrix, roughly, by Newton and Schulz's iteration."""
    x = (matrix / (matrix.norm() + 1e-7)).to(dtype or matrix.dtype)
    if tall := x.shape[0] > x.shape[1]:
        x = x.T
    for _ in range(MUON_STEPS):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.T if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum whose direction is made orthogonal: all directions of a weight matrix learn at one pace. For
    convolutions' and linear layers' weights; biases and norms stay with AdamW."""

    def __init__(self, parameters, lr, momentum=0.95, dtype=None):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})
        self.dtype = dtype

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for value in group["params"]:
                state = self.state[value]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(value)
                state["momentum"].mul_(group["momentum"]).add_(value.grad)
                direction = value.grad.add(state["momentum"], alpha=group["momentum"]).flatten(1)
                update = orthogonal(direction, self.dtype) * (MUON_MATCH * max(direction.shape) ** 0.5)
                value.mul_(1 - 1e-3 * group["lr"]).add_(update.view_as(value), alpha=-group["lr"])


def optimizers_of(model, rate, dtype):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    return [Muon(matrices, rate, dtype=dtype), torch.optim.AdamW(vectors, lr=rate, betas=(0.9, 0.98))]


def optimise(model, average, optimizers, loss, step):
    """One step of training; `average` follows the weights, faster in the beginning."""
    model.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
    keep = min(0.999, 1 - 1 / (step / 10 + 1))
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), model.parameters()):
            slow.lerp_(fast, 1 - keep)


@torch.no_grad()
def held_out_error(model, arrays):
    """Mean squared unit error on windows never trained on, always with the same noise, masks and times."""
    batches, device = Batches(arrays, seed=5, drop=0.0), next(model.parameters()).device
    total, count = 0.0, len(arrays["windows"])
    for indices in torch.arange(count).split(32):
        batch = [part.to(device) for part in batches.take(len(indices), indices, turn=False)]
        total += loss_of(model, batch)[1].item() * len(indices)
    return total / count


class Trainer:
    def __init__(self, args, arrays, held_out):
        torch.manual_seed(args.seed)
        self.args, self.held_out = args, held_out
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.dtype = None if args.float32 else fast_type()
        self.model, self.average = (prior_model.MapPrior({"levels": args.levels}).to(
            self.device, memory_format=torch.channels_last) for _ in range(2))
        self.average.load_state_dict(self.model.state_dict())
        self.optimizers = optimizers_of(self.model, args.rate, self.dtype)
        self.step, self.used, self.curve = 0, 0.0, []
        self.checkpoint = os.path.join(args.out, "prior.pt")
        if os.path.exists(self.checkpoint):
            self.resume()
        self.batches = Batches(arrays, 1000003 * args.seed + self.step, self.device)

    def resume(self):
        saved = torch.load(self.checkpoint, map_location=self.device, weights_only=False)
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        for optimizer, state in zip(self.optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        self.step, self.used, self.curve = saved["step"], saved["used"], saved["curve"]

    def fraction(self):
        return max(self.step / self.args.steps, self.used / (60 * self.args.minutes))

    def rate(self):
        """Warms up, stays, then falls to a fiftieth over the second half."""
        f = self.fraction()
        fall = 1.0 if f < 0.5 else 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * min((f - 0.5) / 0.5, 1)))
        return self.args.rate * min(1.0, (self.step + 1) / 200) * fall

    def advance(self):
        started = time.time()
        for optimizer in self.optimizers:
            optimizer.param_groups[0]["lr"] = self.rate()
        loss, mse = loss_of(self.model, self.batches.take(self.args.batch), self.dtype)
        self.step += 1
        optimise(self.model, self.average, self.optimizers, loss, self.step)
        self.used += time.time() - started
        return mse.detach()

    def save(self, running):
        error = held_out_error(self.average, self.held_out)
        self.curve.append((self.step, self.used, running, error))
        part = self.checkpoint + ".part"
        torch.save({"model": self.model.state_dict(), "average": self.average.state_dict(), "step": self.step,
                    "optimizers": [o.state_dict() for o in self.optimizers], "used": self.used, "curve": self.curve},
                   part)
        os.replace(part, self.checkpoint)
        write_model(self.average, self.args.out, {
            "held_out_error": round(error, 5), "samples_seen": self.step * self.args.batch,
            "training_minutes": round(self.used / 60, 1)})
        draw_curve(self.curve, os.path.join(self.args.out, "prior_curve.png"))
        return error


def write_model(model, out, figures):
    tensors = {f"prior.{name}": value for name, value in model.state_dict().items()}
    safetensors_io.write(os.path.join(out, "prior.safetensors"), tensors)
    parameters = sum(p.numel() for p in model.parameters())
    section = dict(model.config, parameters=parameters, gflop=round(prior_model.flops(model.config) / 1e9, 3))
    with open(os.path.join(out, "prior.json"), "w") as file:
        json.dump({"config": section, "held_out": figures}, file, indent=2)


def draw_curve(curve, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    steps, _, running, error = zip(*curve)
    pyplot.figure(figsize=(6, 3.5))
    pyplot.plot(steps, running, label="training")
    pyplot.plot(steps, error, label="held out (averaged weights)")
    pyplot.yscale("log")
    pyplot.xlabel("step")
    pyplot.ylabel("squared error, unit scale")
    pyplot.legend()
    pyplot.tight_layout()
    pyplot.savefig(path, dpi=110)
    pyplot.close()


def train(args):
    """Windows that prior_data adds meanwhile are taken in at each save."""
    trainer = Trainer(args, prior_data.load(args.data)[0], prior_data.load(args.held_out_data)[0])
    try:
        run(args, trainer)
    except KeyboardInterrupt:
        trainer.save(float("nan"))
        print(f"\nstopped at step {trainer.step}; the same command goes on from here")


def run(args, trainer):
    started, first, recent = time.time(), trainer.step, []
    while trainer.fraction() < 1:
        recent.append(trainer.advance())
        last = trainer.fraction() >= 1
        if trainer.step % args.save_every == 0 or last:
            running = torch.stack(recent).mean().item()
            error = trainer.save(running)
            recent = []
            trainer.batches.use(prior_data.load(args.data)[0])
            rate = (trainer.step - first) * args.batch / (time.time() - started)
            print(f"\nprior step {trainer.step}: training {running:.4f}, held out {error:.4f}, {rate:.0f} windows/s",
                  flush=True)
        if trainer.step % 20 == 0:
            prior_data.progress(int(1000 * min(trainer.fraction(), 1)), 1000, started, f"step {trainer.step}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.path.join(RUN, "prior_data"))
    parser.add_argument("--held-out-data", default=os.path.join(RUN, "prior_held_out"))
    parser.add_argument("--out", default=RUN)
    parser.add_argument("--minutes", type=float, default=90, help="of training time")
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--levels", type=int, nargs=3, default=[64, 128, 192])
    parser.add_argument("--save-every", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--float32", action="store_true", help="never train in bfloat16")
    parser.add_argument("--tiny", action="store_true", help="a small network, a few steps on synthetic land")
    args = parser.parse_args()
    if args.tiny:
        args.levels, args.steps, args.batch, args.save_every = [16, 32, 32], min(args.steps, 12), 8, 6
        args.data, args.held_out_data = os.path.join(args.out, "tiny_data"), os.path.join(args.out, "tiny_held_out")
        prior_data.generate(args.data, 16, 4, 1, prior_data.Synthetic())
        prior_data.generate(args.held_out_data, 8, 4, 2, prior_data.Synthetic(), held_out=True)
    os.makedirs(args.out, exist_ok=True)
    torch.backends.cudnn.benchmark = True
    train(args)


if __name__ == "__main__":
    main()
