"""Stage P of the painter's training: the per-pixel MLP alone, on single pixels of many worlds and looks."""
import sys

import numpy as np
import torch

from vitatrain.painter_model import KINDS

GROUP = 128  # pixels of one kind and one crop
PIXELS = 32  # of a group that a step looks at
FEWEST = 48  # a crop with fewer pixels of a kind has no group of it


class PixelGroups:
    """For each kind, groups of random pixels: planes [n, GROUP, 20] bytes, truth [n, GROUP, 3] (Y - 0.5, U, V of the
    picture pixels under each) and look [n, 49]."""

    def __init__(self, shards, crops, rng):
        planes, truth, look = ([[] for _ in range(KINDS)] for _ in range(3))
        for crop in rng.permutation(len(shards))[:crops]:
            crop_planes, kinds, rgb, crop_look = shards.one(int(crop))
            flat, colours = crop_planes.reshape(len(crop_planes), -1), pixel_colours(rgb)
            for kind in range(KINDS):
                where = np.nonzero(kinds.reshape(-1) == kind)[0]
                if len(where) >= FEWEST:
                    chosen = rng.choice(where, GROUP, replace=len(where) < GROUP)
                    planes[kind].append(flat[:, chosen].T)
                    truth[kind].append(colours[chosen])
                    look[kind].append(crop_look)
        if not all(planes):
            sys.exit(f"painter: some kind of pixel does not occur in {crops} crops; make more data")
        self.kinds = [tuple(torch.from_numpy(np.stack(part[kind])) for part in (planes, truth, look))
                      for kind in range(KINDS)]

    def batch(self, kind, rng, groups):
        """`groups` random groups, PIXELS of each: many looks at once say more than many pixels of one."""
        planes, truth, look = self.kinds[kind]
        chosen = torch.from_numpy(rng.randint(0, len(planes), groups))
        first = rng.randint(0, GROUP - PIXELS + 1)
        part = slice(first, first + PIXELS)
        return planes[chosen, part].float() * (2 / 255) - 1, truth[chosen, part].float(), look[chosen].float()


def pixel_colours(rgb):
    """rgb [2h, 2w, 3] of bytes -> [h * w, 3]: mean Y - 0.5, U, V of 2x2 picture pixels."""
    height, width = rgb.shape[0] // 2, rgb.shape[1] // 2
    small = rgb.reshape(height, 2, width, 2, 3).astype(np.float32).mean((1, 3)) / 255
    red, green, blue = small.reshape(-1, 3).T
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.stack([luma - 0.5, 0.564 * (blue - luma), 0.713 * (red - luma)], 1).astype(np.float16)


def train_pixels(model, groups, budget, options, progress):
    """options: rate, batch (groups of each kind), seed, device, rate_at(rate, step, fraction), centred(look). Trains until the budget
    is used up; returns the mean loss of the last steps."""
    parameters = list(model.look.parameters()) + list(model.pixel.parameters())
    optimizer = torch.optim.Adam(parameters, lr=options.rate, betas=(0.9, 0.98))
    rng = np.random.RandomState(options.seed + 1)
    weight = torch.tensor([1.0, 1.5, 1.5], device=options.device)
    recent = []
    while budget.fraction() < 1:
        optimizer.param_groups[0]["lr"] = options.rate_at(options.rate, budget.step, budget.fraction())
        loss = 0
        for kind in range(KINDS):
            planes, truth, look = (part.to(options.device) for part in groups.batch(kind, rng, options.batch))
            difference = model.shade(planes, kind, model.encode_look(options.centred(look))) - truth
            loss = loss + (torch.sqrt(difference * difference + 1e-6) * weight).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        budget.step += 1
        recent = recent[-200:] + [loss.item() / KINDS]
        progress.show(budget.fraction(), f"pixels: step {budget.step} loss {np.mean(recent):.4f}")
    return float(np.mean(recent))
