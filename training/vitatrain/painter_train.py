"""Trains the painter on the shards that painter_data wrote.

    python3 -m vitatrain.painter_train --minutes 60           # or --steps N; --resume goes on where a run stopped
    python3 -m vitatrain.painter_train --tiny --data training/run/data/tiny

Stage P (painter_pixels) trains the per-pixel MLP on single pixels. Then the trunk learns on crops to make a picture of
twice the size of these colours, in the second half rounded to the product's 8 bits (painter_quantise). Writes painter.pt
(checkpoint), painter.safetensors, painter.json and painter_curve.png into the run folder, and painter_pixels.safetensors
after stage P, from which --init goes on with the trunk.
"""
import argparse
import json
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from vitatrain import painter_model, painter_pixels, painter_ramps, safetensors_io
from vitatrain.painter_data import Resident, Shards
from vitatrain.painter_quantise import Quantiser

ROUNDED_FROM = 0.5  # share of the trunk's training after which it is rounded
GRADIENT_WEIGHTS = (0.6, 0.3, 0.15)
LAPLACE = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]


def charbonnier(difference):
    return torch.sqrt(difference * difference + 1e-6)


def picture_loss(luma, chroma, true_luma, true_chroma, edge_weight):
    """Charbonnier, more of it along the truth's edges, and the difference of gradients at three scales."""
    difference = luma - true_luma
    error = charbonnier(difference)
    edges = (F.conv2d(F.pad(true_luma, (1, 1, 1, 1), mode="replicate"), LAPLACE.to(luma)).abs() * 4).clamp(max=1)
    loss = error.mean() + 1.5 * charbonnier(chroma - true_chroma).mean() + edge_weight * (error * edges).mean()
    for weight in GRADIENT_WEIGHTS:
        across = (difference[..., 1:] - difference[..., :-1]).abs().mean()
        down = (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
        loss = loss + weight * (across + down)
        difference = F.avg_pool2d(difference, 2)
    return loss


def to_tensors(batch, device):
    """A batch of Shards or Resident -> planes, kinds, look and the truth's Y and UV."""
    planes, kinds, rgb, look = (torch.as_tensor(part).to(device) for part in batch)
    luma, chroma = painter_model.rgb_to_yuv(rgb.permute(0, 3, 1, 2).float() / 255)
    return planes, kinds, look, luma, chroma


def psnr(mean_squared_error):
    return -10 * math.log10(max(mean_squared_error, 1e-9))


@torch.no_grad()
def evaluate(model, centre, held_out, limit):
    """PSNR in RGB (mean over crops) and the ratio of Laplacian energies on held-out crops."""
    model.eval()
    device = centre.middle.device
    values, energy = [], [0.0, 0.0]
    laplace = LAPLACE.to(device)
    for first in range(0, min(len(held_out), limit), 8):
        planes, kinds, rgb, look = held_out.take(range(first, min(first + 8, len(held_out), limit)))
        planes, kinds, look, luma, _ = to_tensors((planes, kinds, rgb, look), device)
        out_luma, out_chroma = model(planes, kinds, centre(look))
        truth = torch.from_numpy(rgb).to(device).permute(0, 3, 1, 2).float() / 255
        error = (painter_model.yuv_to_rgb(out_luma, out_chroma) - truth).square().mean((1, 2, 3))
        values += [psnr(e) for e in error.tolist()]
        energy[0] += F.conv2d(out_luma, laplace).square().sum().item()
        energy[1] += F.conv2d(luma, laplace).square().sum().item()
    model.train()
    return {"psnr": float(np.mean(values)), "psnr_min": float(np.min(values)),
            "sharpness": energy[0] / max(energy[1], 1e-9), "crops": len(values)}


class Progress:
    """A progress bar on a terminal, a line now and then elsewhere."""

    def __init__(self, name):
        self.name, self.terminal, self.last = name, sys.stderr.isatty(), 0.0

    def show(self, fraction, text):
        now = time.time()
        if now - self.last < (0.5 if self.terminal else 20):
            return
        self.last = now
        bar = "#" * int(fraction * 24)
        line = f"{self.name} [{bar:<24}] {fraction * 100:5.1f} % {text}"
        print("\r" + line if self.terminal else line, end="" if self.terminal else "\n", file=sys.stderr, flush=True)


def mean(losses):
    return torch.stack(losses).mean().item() if losses else float("nan")


class Budget:
    """How much of the run is done: by steps (reproducible) or by minutes of training."""

    def __init__(self, steps, minutes):
        self.steps, self.minutes = steps, minutes
        self.step, self.seconds, self.since = 0, 0.0, time.time()

    def fraction(self):
        done = self.step / self.steps if self.steps else self.elapsed() / (self.minutes * 60)
        return min(done, 1.0)

    def elapsed(self):
        return self.seconds + time.time() - self.since


def learning_rate(peak, step, fraction, warm_steps=100):
    warm = min(1.0, (step + 1) / warm_steps)
    return peak * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fraction)))


class Centre:
    """Where the looks of the training data lie: networks learn faster around it. Weights in files know nothing of it."""

    def __init__(self, shards, device):
        looks = np.concatenate([shard[-1] for shard in shards.arrays])
        self.middle = torch.from_numpy(looks.mean(0)).float().to(device)
        self.scale = torch.full_like(self.middle, 0.5)

    def __call__(self, look):
        return (look - self.middle) / self.scale

    def load(self, model, state):
        model.load_state_dict(painter_model.recentred(state, self.middle, self.scale))

    def plain(self, state):
        return painter_model.plain(state, self.middle, self.scale)


def train_pixels(model, centre, shards, args, device):
    """Stage P, from ramps at the places that matter."""
    painter_ramps.set_ramps(model.pixel[0])
    groups = painter_pixels.PixelGroups(shards, args.pixel_crops, args.seed + 1, device)
    options = argparse.Namespace(rate=args.pixel_start_rate, batch=args.pixel_batch, rate_at=learning_rate,
                                 centred=centre)
    budget = Budget(args.pixel_steps, args.pixel_minutes)
    loss = painter_pixels.train_pixels(model, groups, budget, options, Progress("painter"))
    print(f"stage P: {budget.step} steps, loss {loss:.4f}", flush=True)
    safetensors_io.write(os.path.join(args.out, "painter_pixels.safetensors"),
                         {"painter." + k: v for k, v in centre.plain(model.state_dict()).items()})


class Trainer:
    """The training of the trunk: crops, Adam, an exponential mean of the weights, checkpoints."""

    def __init__(self, model, centre, data, args, device):
        self.model, self.centre, self.args, self.device = model, centre, args, device
        self.shards, self.held_out = data
        self.trunk = [p for conv in (model.stem, model.refine, model.head) for p in conv.parameters()]
        self.pixels = list(model.look.parameters()) + list(model.pixel.parameters())
        groups = [{"params": self.trunk, "share": 1.0}]
        if args.pixel_share > 0:
            groups.append({"params": self.pixels, "share": args.pixel_share})
        self.optimizer = torch.optim.Adam(groups, lr=args.rate, betas=(0.9, 0.98))
        self.mean = {k: v.clone() for k, v in model.state_dict().items()}
        self.budget = Budget(args.steps, args.minutes)
        self.rng = np.random.RandomState(args.seed + 2)
        self.curve = []

    def step(self):
        fraction = self.budget.fraction()
        self.model.quantise = Quantiser() if fraction >= ROUNDED_FROM else None
        for group in self.optimizer.param_groups:
            group["lr"] = group["share"] * learning_rate(self.args.rate, self.budget.step, fraction)
        batch = self.shards.random_crops(self.rng, self.args.batch, self.args.crop)
        planes, kinds, look, luma, chroma = to_tensors(batch, self.device)
        with torch.set_grad_enabled(self.args.pixel_share > 0):
            colours = self.model.colours(planes, kinds, self.model.encode_look(self.centre(look)))
        loss = picture_loss(*self.model.finish(planes, kinds, colours), luma, chroma, self.args.edge_weight)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trunk, 1.0)
        if self.args.pixel_share > 0:
            torch.nn.utils.clip_grad_norm_(self.pixels, 1.0)
        self.optimizer.step()
        self.budget.step += 1
        keep = min(0.998, self.budget.step / (self.budget.step + 20))
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                self.mean[name].lerp_(value, 1 - keep)
        return loss.detach()

    def check(self, loss):
        """Evaluates the mean weights and writes checkpoint, weights and curve."""
        current = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.load_state_dict(self.mean)
        self.model.quantise = Quantiser()
        figures = evaluate(self.model, self.centre, self.held_out, self.args.check_crops)
        self.curve.append({"step": self.budget.step, "minutes": self.budget.elapsed() / 60, "loss": loss, **figures})
        self.export(figures)
        self.model.load_state_dict(current)
        print(json.dumps(self.curve[-1]), flush=True)

    def export(self, figures):
        folder = self.args.out
        state = {"model": self.model.config, "mean": self.mean, "weights": self.model.state_dict(),
                 "optimizer": self.optimizer.state_dict(), "step": self.budget.step,
                 "seconds": self.budget.elapsed(), "rng": self.rng.get_state(), "curve": self.curve}
        torch.save(state, os.path.join(folder, "painter.pt.part"))
        os.replace(os.path.join(folder, "painter.pt.part"), os.path.join(folder, "painter.pt"))
        safetensors_io.write(os.path.join(folder, "painter.safetensors"),
                             {"painter." + k: v for k, v in self.centre.plain(self.mean).items()})
        summary = {"config": self.model.config, "held_out": figures, "curve": self.curve}
        with open(os.path.join(folder, "painter.json"), "w") as file:
            json.dump(summary, file, indent=1)
        draw_curve(self.curve, os.path.join(folder, "painter_curve.png"))

    def resume(self, path):
        state = torch.load(path, map_location=self.device, weights_only=False)
        self.model.load_state_dict(state["weights"])
        self.mean = state["mean"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.budget.step, self.budget.seconds = state["step"], state["seconds"]
        self.rng.set_state(state["rng"])
        self.curve = state["curve"]

    def run(self):
        progress = Progress("painter")
        last_check, recent, since, first = time.time(), [], time.time(), self.budget.step
        while self.budget.fraction() < 1:
            recent = recent[-200:] + [self.step()]
            if self.budget.step % 20 == 0:
                rate = (self.budget.step - first) * self.args.batch / (time.time() - since)
                progress.show(self.budget.fraction(), f"step {self.budget.step} loss {mean(recent):.4f} {rate:.0f} crops/s")
            if time.time() - last_check > self.args.check_minutes * 60:
                self.check(mean(recent))
                self.shards.refresh()
                last_check = time.time()
        self.check(mean(recent))


def draw_curve(curve, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(8, 4))
    minutes = [point["minutes"] for point in curve]
    axes.plot(minutes, [point["psnr"] for point in curve], color="tab:blue")
    axes.set_xlabel("minutes of training")
    axes.set_ylabel("PSNR on held-out crops, dB", color="tab:blue")
    axes.grid(alpha=0.3)
    right = axes.twinx()
    right.plot(minutes, [point["loss"] for point in curve], color="tab:orange")
    right.set_ylabel("training loss", color="tab:orange")
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="training/run/data/painter")
    parser.add_argument("--held-out", default="training/run/data/painter_held_out")
    parser.add_argument("--out", default="training/run")
    parser.add_argument("--minutes", type=float, default=15, help="of the trunk's training")
    parser.add_argument("--steps", type=int, default=0, help="instead of --minutes; reproducible")
    parser.add_argument("--pixel-minutes", type=float, default=30, help="of stage P")
    parser.add_argument("--pixel-steps", type=int, default=0)
    parser.add_argument("--pixel-crops", type=int, default=100000)
    parser.add_argument("--pixel-batch", type=int, default=96, help="groups of pixels of each kind")
    parser.add_argument("--pixel-start-rate", type=float, default=1.5e-3)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--crop", type=int, default=128)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--pixel-share", type=float, default=0.0,
                        help="of the rate, at which the per-pixel MLP goes on learning beside the trunk; worth it on a GPU")
    parser.add_argument("--edge-weight", type=float, default=2.0)
    parser.add_argument("--check-minutes", type=float, default=3)
    parser.add_argument("--check-crops", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--init", help="a painter_pixels.safetensors, instead of stage P")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--tiny", action="store_true", help="seconds, for the tests of the whole chain")
    args = parser.parse_args()
    if args.tiny:
        args.steps, args.pixel_steps, args.batch, args.crop, args.pixel_batch = 12, 20, 2, 64, 2
        args.check_crops = 4
    return args


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    shards, held_out = Shards(args.data), Shards(args.held_out)
    model = painter_model.Painter().to(device, memory_format=torch.channels_last)
    print(f"painter: {sum(p.numel() for p in model.parameters())} parameters, {model.gop():.2f} GOP per 720p "
          f"frame; {len(shards)} crops, {len(held_out)} held out", flush=True)
    checkpoint = os.path.join(args.out, "painter.pt")
    if args.resume and not os.path.exists(checkpoint):
        sys.exit(f"--resume: {checkpoint} does not exist")
    centre = Centre(shards, device)
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        shards = Resident(shards, device)
    if args.init:
        tensors = safetensors_io.read(args.init)
        centre.load(model, {name.removeprefix("painter."): torch.from_numpy(t) for name, t in tensors.items()})
    elif not args.resume:
        train_pixels(model, centre, shards, args, device)
    trainer = Trainer(model, centre, (shards, held_out), args, device)
    if args.resume:
        trainer.resume(checkpoint)
    trainer.run()


if __name__ == "__main__":
    main()
