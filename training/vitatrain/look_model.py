"""The look flow: attributes and noise in, one of the looks (light, sky, weather, palette) that fit them out.

A rectified flow over the 49 numbers of a look, each brought to zero mean and unit spread; an MLP predicts the clean
look from the noisy one, the completed attributes and the time.
"""
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from . import spec
from .prior_model import TIME_FEATURES, hash_lattice, time_features

DEFAULT_CONFIG = {"hidden": 256, "times": [1.0, 0.86, 0.72, 0.58, 0.44, 0.3, 0.18, 0.08]}
SNAPPED = {"snow": 0.2, "rain": 0.2, "strata": 0.2}  # below this there is none
NOISE_SALT = 31337


class LookFlow(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = dict(DEFAULT_CONFIG, **(config or {}))
        hidden, side = self.config["hidden"], spec.ATTRIBUTES + TIME_FEATURES
        self.register_buffer("mean", torch.zeros(spec.LOOK))
        self.register_buffer("spread", torch.ones(spec.LOOK))
        self.fc1 = nn.Linear(spec.LOOK + side, hidden)
        self.fc2 = nn.Linear(hidden + side, hidden)
        self.fc3 = nn.Linear(hidden + side, hidden)
        self.out = nn.Linear(hidden, spec.LOOK)

    def coefficients(self, t):
        """Skip and output scale for data of unit spread."""
        variance = (1 - t) ** 2 + t ** 2
        return (1 - t) / variance, t / variance.sqrt()

    def forward(self, noisy, attributes, t):
        """The expected clean (normalised) look. noisy: [n, 49], attributes: [n, 85], t: [n]."""
        side = torch.cat([attributes, time_features(t)], dim=1)
        h = F.silu(self.fc1(torch.cat([noisy, side], dim=1)))
        h = F.silu(self.fc2(torch.cat([h, side], dim=1)))
        h = F.silu(self.fc3(torch.cat([h, side], dim=1)))
        skip, scale = [c[:, None] for c in self.coefficients(t)]
        return noisy * skip + self.out(h) * scale


def hash_normals(seed, count):
    """Normal numbers that depend on the seed and their place in the row alone."""
    index = np.arange(count, dtype=np.int64)
    a, b = [hash_lattice(index, np.full(count, k), (seed * 7919 + NOISE_SALT) & 0xffffffff) >> np.uint32(8)
            for k in (1, 2)]
    radius = np.sqrt(-2 * np.log((a.astype(np.float32) + 0.5) / 16777216.0))
    return (radius * np.cos(b.astype(np.float32) * np.float32(2 * math.pi / 16777216.0))).astype(np.float32)


def tidy(look):
    """Brings a sampled look [n, 49] to what a look may be: a unit sun, colours and amounts in range, lava or not."""
    look = look.clone()
    look[:, :3] = F.normalize(look[:, :3], dim=1)
    look[:, 3:42] = look[:, 3:42].clamp(0, 1.3)
    fog = spec.LOOK_OFFSETS["fog"]
    look[:, fog] = look[:, fog].clamp(0.12, 2.4)
    look[:, fog + 1:] = look[:, fog + 1:].clamp(0, 1)
    for name, least in SNAPPED.items():
        k = spec.LOOK_OFFSETS[name]
        look[:, k] = torch.where(look[:, k] < least, torch.zeros(()), look[:, k])
    lava = spec.LOOK_OFFSETS["lava"]
    look[:, lava] = (look[:, lava] > 0.5).float()
    return look


@torch.no_grad()
def sample(model, attributes, noise, times=None):
    """Looks [n, 49] for completed attributes [n, 85] by Euler steps from noise [n, 49]."""
    times = list(times or model.config["times"])
    x = noise
    for k, t in enumerate(times):
        x0 = model(x, attributes, torch.full((len(x),), t))
        if k + 1 < len(times):
            x = (1 - times[k + 1]) * x0 + times[k + 1] * (x - (1 - t) * x0) / t
    return tidy(x0 * model.spread + model.mean)
