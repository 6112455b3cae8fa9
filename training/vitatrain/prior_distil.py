"""Teaches the map prior to make in a few steps what it makes in many.

    python3 -m vitatrain.prior_distil --windows 12000 --minutes 30

The teacher follows the flow from noise to land in many small steps without new noise, so that its land is a function of
the noise that it began with. The student begins with the teacher's weights and is trained through its few steps at
once, so that its last land is the teacher's: no mean over what could have been, which is what few steps of an
undistilled flow give. Writes run/prior.safetensors and run/prior.json with the student's steps; goes on from
run/prior_distil.pt. The lessons (noise, land, what was known) are kept in run/prior_lessons.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from . import prior_data, prior_eval, prior_model, prior_train, spec
from .prior_data import RUN

TEACHER_STEPS = 20
STUDENT_TIMES = [1.0, 0.72, 0.42, 0.18]
FIRST_SHARE = 0.4   # lessons of tiles that know no neighbour, as the first one of a world
EARLY_WEIGHT = 0.1  # of the land that each step but the last expects


def teacher_times(count=TEACHER_STEPS):
    """As dense at every time as the usual steps are, in the given number."""
    usual = prior_model.DEFAULT_CONFIG["times"]
    at = np.linspace(0, len(usual) - 1, count)
    return [float(t) for t in np.interp(at, np.arange(len(usual)), usual)]


class Lessons:
    """Beginnings and ends of the teacher's ways, made once and kept as memory-mapped arrays."""
    SHAPES = {"noise": (spec.MAP_CHANNELS, spec.WINDOW_CELLS, spec.WINDOW_CELLS),
              "land": (spec.MAP_CHANNELS, spec.WINDOW_CELLS, spec.WINDOW_CELLS),
              "known": (spec.MAP_CHANNELS, spec.WINDOW_CELLS, spec.WINDOW_CELLS),
              "mask": (1, spec.WINDOW_CELLS, spec.WINDOW_CELLS), "attributes": (spec.ATTRIBUTES,)}

    def __init__(self, folder, windows):
        os.makedirs(folder, exist_ok=True)
        self.state, self.done, self.arrays = os.path.join(folder, "state.json"), 0, {}
        if os.path.exists(self.state):
            with open(self.state) as file:
                self.done = json.load(file)["done"]
        for name, shape in self.SHAPES.items():
            path, mode = os.path.join(folder, f"{name}.npy"), "r+" if self.done else "w+"
            self.arrays[name] = np.lib.format.open_memmap(path, mode=mode, dtype=np.float16,
                                                          shape=None if self.done else (windows, *shape))
        self.windows = len(self.arrays["land"])

    def make(self, teacher, source, dtype, batch=32):
        """All that are missing. source: Batches of real land, for what is known and what is said."""
        started, first, times = time.time(), self.done, teacher_times()
        while self.done < self.windows:
            count = min(batch, self.windows - self.done)
            known, noise, mask, attributes, _ = source.take(count)
            mask[torch.from_numpy(source.rng.random(count) < FIRST_SHARE)] = 0
            known = known * mask
            land = prior_model.sample(rounded(teacher, dtype), [noise] * len(times), known, mask, attributes, times, 0.0)
            for name, value in (("noise", noise), ("land", land), ("known", known), ("mask", mask),
                                ("attributes", attributes)):
                self.arrays[name][self.done:self.done + count] = value.numpy()
            self.done += count
            with open(self.state, "w") as file:
                json.dump({"done": self.done}, file)
            prior_data.progress(self.done - first, self.windows - first, started, "lessons")

    def take(self, rng, count):
        at = np.sort(rng.integers(self.done, size=count))
        return [torch.from_numpy(np.asarray(self.arrays[n][at], np.float32)) for n in self.SHAPES]


class rounded:
    """A prior whose convolutions run in `dtype` (None: as they are)."""

    def __init__(self, model, dtype):
        self.model, self.config, self.dtype = model, model.config, dtype

    def __call__(self, *inputs):
        with torch.autocast("cpu", dtype=self.dtype or torch.bfloat16, enabled=self.dtype is not None):
            return self.model(*inputs).float()


def student_lands(model, noise, known, mask, attributes, times):
    """What prior_model.sample does without new noise, with gradients: the land expected after each step."""
    lands, x = [], noise
    for k, t in enumerate(times):
        x = torch.where(mask > 0, (1 - t) * known + t * noise, x)
        land = model(x, known, mask, attributes, torch.full((len(x),), t))
        lands.append(land)
        if k + 1 < len(times):
            inside = land + (prior_model.limit(land) - land).detach()
            follow = (x - (1 - t) * inside) / t
            x = (1 - times[k + 1]) * inside + times[k + 1] * follow
    return lands


def distance(made, land, mask):
    """As the prior's own loss, and heights' differences from cell to cell, which keep ridges sharp."""
    error = (made - land) * ((1 - mask) + prior_train.KNOWN_WEIGHT ** 0.5 * mask)
    total = prior_train.balanced(error.square())
    for block, weight in prior_train.POOLED_WEIGHTS.items():
        total = total + weight * prior_train.balanced(F.avg_pool2d(error, block).square())
    height = error[:, :1]
    return total + (height.diff(dim=2).square().mean() + height.diff(dim=3).square().mean())


class Pupil:
    def __init__(self, args, teacher, lessons):
        self.args, self.lessons, self.dtype = args, lessons, None if args.float32 else prior_train.fast_type()
        config = dict(teacher.config, times=args.times, renewal=0.0)
        make = lambda: prior_model.MapPrior(config).to(memory_format=torch.channels_last)
        self.model, self.average = make(), make()
        self.model.load_state_dict(teacher.state_dict())
        self.average.load_state_dict(teacher.state_dict())
        matrices = [p for p in self.model.parameters() if p.dim() > 1]
        vectors = [p for p in self.model.parameters() if p.dim() == 1]
        self.optimizers = [prior_train.Muon(matrices, args.rate, dtype=self.dtype),
                           torch.optim.AdamW(vectors, lr=args.rate, betas=(0.9, 0.98))]
        self.step, self.used = 0, 0.0
        self.checkpoint = os.path.join(args.out, "prior_distil.pt")
        if os.path.exists(self.checkpoint):
            saved = torch.load(self.checkpoint)
            self.model.load_state_dict(saved["model"])
            self.average.load_state_dict(saved["average"])
            for optimizer, state in zip(self.optimizers, saved["optimizers"]):
                optimizer.load_state_dict(state)
            self.step, self.used = saved["step"], saved["used"]
        self.rng = np.random.default_rng([args.seed, self.step])

    def fraction(self):
        return max(self.step / self.args.steps, self.used / (60 * self.args.minutes))

    def rate(self):
        f = min(self.fraction(), 1)
        return self.args.rate * min(1.0, (self.step + 1) / 50) * (0.03 + 0.97 * 0.5 * (1 + np.cos(np.pi * f)))

    def advance(self):
        started = time.time()
        for optimizer in self.optimizers:
            optimizer.param_groups[0]["lr"] = self.rate()
        noise, land, known, mask, attributes = self.lessons.take(self.rng, self.args.batch)
        lands = student_lands(rounded(self.model, self.dtype), noise, known, mask, attributes, self.args.times)
        last = distance(lands[-1], land, mask)
        loss = last + EARLY_WEIGHT * sum(distance(early, land, mask) for early in lands[:-1])
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        keep = min(0.995, 1 - 1 / (self.step / 5 + 1))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters()):
                slow.lerp_(fast, 1 - keep)
        self.used += time.time() - started
        return last.item()

    def save(self, distance_of_training):
        part = self.checkpoint + ".part"
        torch.save({"model": self.model.state_dict(), "average": self.average.state_dict(), "step": self.step,
                    "optimizers": [o.state_dict() for o in self.optimizers], "used": self.used}, part)
        os.replace(part, self.checkpoint)
        prior_train.write_model(self.average, self.args.out, {
            "distance_to_teacher": round(distance_of_training, 5), "lessons": self.lessons.done,
            "samples_seen": self.step * self.args.batch, "distilling_minutes": round(self.used / 60, 1)})


def run(pupil, args):
    started, recent = time.time(), []
    while pupil.fraction() < 1:
        recent.append(pupil.advance())
        if pupil.step % args.save_every == 0 or pupil.fraction() >= 1:
            pupil.save(float(np.mean(recent)))
            print(f"\nprior distilling, step {pupil.step}: distance {np.mean(recent):.4f}", flush=True)
            recent = []
        if pupil.step % 10 == 0:
            prior_data.progress(int(1000 * min(pupil.fraction(), 1)), 1000, started, f"step {pupil.step}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", default=RUN, help="folder of the prior.safetensors that teaches")
    parser.add_argument("--data", default=os.path.join(RUN, "prior_data"))
    parser.add_argument("--lessons", default=os.path.join(RUN, "prior_lessons"))
    parser.add_argument("--out", default=os.path.join(RUN, "distilled"))
    parser.add_argument("--windows", type=int, default=12000, help="lessons")
    parser.add_argument("--minutes", type=float, default=30, help="of distilling")
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--times", type=float, nargs="+", default=STUDENT_TIMES)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--float32", action="store_true", help="never in bfloat16")
    parser.add_argument("--lessons-only", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    teacher = prior_eval.load_network(args.teacher, "prior", prior_model.MapPrior)
    teacher = teacher.to(memory_format=torch.channels_last)
    lessons = Lessons(args.lessons, args.windows)
    source = prior_train.Batches(prior_data.load(args.data)[0], [args.seed, lessons.done], drop=0.05)
    lessons.make(teacher, source, None if args.float32 else prior_train.fast_type())
    if not args.lessons_only:
        run(Pupil(args, teacher, lessons), args)


if __name__ == "__main__":
    main()
