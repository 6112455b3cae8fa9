"""Stage P of the painter's training: the per-pixel MLP alone, on single pixels of many worlds and looks."""
import sys

import torch
import torch.nn.functional as F

from vitatrain.painter_model import KINDS

GROUP = 128  # pixels of one kind and one crop
PIXELS = 32  # of a group that a step looks at
FEWEST = 48  # a crop with fewer pixels of a kind has no group of it


class PixelGroups:
    """For each kind, groups of random pixels: planes [n, GROUP, 20] bytes, truth [n, GROUP, 3] (Y - 0.5, U, V of the
    picture pixels under each) and look [n, 49]."""

    def __init__(self, crops, limit, seed, device):
        """crops: painter_data.Shards or Resident, `limit` of which are looked at. The groups lie on the device."""
        self.random = torch.Generator(device).manual_seed(seed)
        found = [[] for _ in range(KINDS)]
        order = torch.randperm(len(crops), generator=torch.Generator().manual_seed(seed))[:limit]
        for chosen in order.split(256):
            parts = [torch.as_tensor(part).to(device) for part in crops.take(chosen.tolist())]
            for kind in range(KINDS):
                found[kind].append(self.groups_of(kind, *parts))
        self.kinds = [tuple(torch.cat(part) for part in zip(*groups)) for groups in found]
        if not all(len(groups[0]) for groups in self.kinds):
            sys.exit(f"painter: some kind of pixel does not occur in {len(order)} crops; make more data")

    def groups_of(self, kind, planes, kinds, rgb, look):
        """One group of each crop that has enough pixels of the kind."""
        there = kinds.flatten(1) == kind
        enough = there.sum(1) >= FEWEST
        if not enough.any():
            return planes.new_zeros(0, GROUP, planes.shape[1]), rgb.new_zeros(0, GROUP, 3).half(), look[:0]
        where = torch.multinomial(there[enough].float(), GROUP, replacement=True, generator=self.random)[..., None]
        flat, colours = planes[enough].flatten(2).transpose(1, 2), pixel_colours(rgb[enough])
        return (flat.gather(1, where.expand(-1, -1, flat.shape[2])), colours.gather(1, where.expand(-1, -1, 3)),
                look[enough])

    def batch(self, kind, groups):
        """`groups` random groups, PIXELS of each: many looks at once say more than many pixels of one."""
        planes, truth, look = self.kinds[kind]
        chosen = torch.randint(len(planes), (groups,), generator=self.random, device=planes.device)
        first = int(torch.randint(GROUP - PIXELS + 1, (1,)))
        part = slice(first, first + PIXELS)
        return planes[chosen, part].float() * (2 / 255) - 1, truth[chosen, part].float(), look[chosen].float()


def pixel_colours(rgb):
    """rgb [n, 2h, 2w, 3] of bytes -> [n, h * w, 3]: mean Y - 0.5, U, V of 2x2 picture pixels, in half precision."""
    small = F.avg_pool2d(rgb.permute(0, 3, 1, 2).float(), 2) / 255
    red, green, blue = small.flatten(2).unbind(1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return torch.stack([luma - 0.5, 0.564 * (blue - luma), 0.713 * (red - luma)], 2).half()


def train_pixels(model, groups, budget, options, progress):
    """options: rate, batch (groups of each kind), rate_at(rate, step, fraction), centred(look). Trains until the budget is
    used up; returns the mean loss of the last steps."""
    parameters = list(model.look.parameters()) + list(model.pixel.parameters())
    optimizer = torch.optim.Adam(parameters, lr=options.rate, betas=(0.9, 0.98))
    weight = torch.tensor([1.0, 1.5, 1.5], device=parameters[0].device)
    recent = []
    while budget.fraction() < 1:
        optimizer.param_groups[0]["lr"] = options.rate_at(options.rate, budget.step, budget.fraction())
        loss = 0
        for kind in range(KINDS):
            planes, truth, look = groups.batch(kind, options.batch)
            difference = model.shade(planes, kind, model.encode_look(options.centred(look))) - truth
            loss = loss + (torch.sqrt(difference * difference + 1e-6) * weight).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        budget.step += 1
        recent = recent[-200:] + [loss.detach() / KINDS]
        if budget.step % 20 == 0:
            progress.show(budget.fraction(), f"pixels: step {budget.step} loss {torch.stack(recent).mean().item():.4f}")
    return torch.stack(recent).mean().item()
