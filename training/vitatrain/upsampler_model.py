"""The up-sampler: coarse maps of 32 m cells and world-anchored noise in, fine maps of 4 m cells out.

Heights and covers are first interpolated by a quadratic B-spline, which is smooth, so that no grid shows; a small
convolutional network at 8 m adds what the generator's detail would be there. A tile of n cells needs MARGIN cells of
its neighbours on each side; nothing further away matters, so tiles fit without a seam.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from . import spec
from .prior_model import shape_attributes

MARGIN = 3           # coarse cells around a tile that it depends on
BORDER = 4           # 8 m cells around a tile that the network sees: one for each convolution
NOISE_MARGIN = 2 * BORDER  # fine cells of noise around a tile
SHORE_METRES = 8.0
HEIGHT_STEP = 10.0   # metres of height per unit of the network's output
INPUTS = 8 + 16
DEFAULT_CONFIG = {"width": 32, "condition": 64}


def spline_taps(position):
    """Weights and slopes of the quadratic B-spline for the cells around a position (in cells, 0 = the first cell's
    low edge): first cell, [3] weights, [3] derivatives per cell."""
    cell = int(np.floor(position))
    u = position - cell - 0.5
    weights = [0.5 * (0.5 - u) ** 2, 0.75 - u * u, 0.5 * (0.5 + u) ** 2]
    return cell - 1, weights, [u - 0.5, -2 * u, u + 0.5]


def spline_matrix(cells, per_cell, border, sharpen, derivative=False):
    """[cells * per_cell + 2 border, cells + 2 MARGIN]: interpolates cell values at the centres of finer cells.
    `sharpen` first undoes the spline's smoothing of cell means to first order."""
    rows = np.zeros((cells * per_cell + 2 * border, cells + 2 * MARGIN))
    for k in range(len(rows)):
        first, weights, slopes = spline_taps((k - border + 0.5) / per_cell)
        for tap, value in enumerate(slopes if derivative else weights):
            at = first + MARGIN + tap
            if sharpen:
                rows[k, at - 1:at + 2] += value * np.array([-1 / 6, 4 / 3, -1 / 6])
            else:
                rows[k, at] += value
    return torch.from_numpy(rows.astype(np.float32))


class Splines:
    """The interpolation matrices for tiles of one size."""

    def __init__(self, cells):
        self.cells = cells
        self.height8 = spline_matrix(cells, 4, BORDER, True)
        self.slope8 = spline_matrix(cells, 4, BORDER, True, derivative=True) / spec.CELL_METRES
        self.cover8 = spline_matrix(cells, 4, BORDER, False)
        self.height4 = spline_matrix(cells, 8, 0, True)
        self.cover4 = spline_matrix(cells, 8, 0, False)


def apply_splines(rows, columns, maps):
    return rows @ maps @ columns.T


class Upsampler(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = dict(DEFAULT_CONFIG, **(config or {}))
        width, cond = self.config["width"], self.config["condition"]
        self.embed = nn.Linear(spec.ATTRIBUTES, cond)
        self.conv1 = nn.Conv2d(INPUTS, width, 3, padding=1)
        self.film1 = nn.Linear(cond, 2 * width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.film2 = nn.Linear(cond, 2 * width)
        self.conv3 = nn.Conv2d(width, width, 3, padding=1)
        self.film3 = nn.Linear(cond, 2 * width)
        self.head = nn.Conv2d(width, 16, 3, padding=1)
        for film in (self.film1, self.film2, self.film3):
            nn.init.normal_(film.weight, std=0.02)
            nn.init.zeros_(film.bias)
        nn.init.normal_(self.head.weight, std=1e-2)
        nn.init.zeros_(self.head.bias)

    def inputs(self, splines, coarse, noise):
        """coarse: [n, 4, c + 6, c + 6] in network units (height / 100, the rest -1..1), noise: [n, 4, 8 c + 16, ..]
        -> [n, 24, 4 c + 8, 4 c + 8]."""
        height = apply_splines(splines.height8, splines.height8, coarse[:, :1]) * spec.HEIGHT_SCALE
        east = apply_splines(splines.height8, splines.slope8, coarse[:, :1]) * spec.HEIGHT_SCALE
        south = apply_splines(splines.slope8, splines.height8, coarse[:, :1]) * spec.HEIGHT_SCALE
        steep = (east.square() + south.square()).sqrt()
        shore = height / (height.abs() + SHORE_METRES)
        cover = apply_splines(splines.cover8, splines.cover8, coarse[:, 1:])
        return torch.cat([height / spec.HEIGHT_SCALE, shore, east, south, steep, cover,
                          F.pixel_unshuffle(noise, 2)], dim=1)

    def network(self, x, attributes):
        """[n, 24, h, w] -> what is added to the interpolated maps, [n, 4, 2 h, 2 w]."""
        condition = F.silu(self.embed(attributes))
        for conv, film in ((self.conv1, self.film1), (self.conv2, self.film2), (self.conv3, self.film3)):
            scale, shift = film(condition)[:, :, None, None].chunk(2, dim=1)
            x = F.relu(conv(x) * (1 + scale) + shift)
        return F.pixel_shuffle(self.head(x), 2)

    def base(self, splines, coarse):
        """The interpolated fine maps: metres and 0..1."""
        height = apply_splines(splines.height4, splines.height4, coarse[:, :1]) * spec.HEIGHT_SCALE
        cover = apply_splines(splines.cover4, splines.cover4, coarse[:, 1:]) * 0.5 + 0.5
        return torch.cat([height, cover], dim=1)

    def forward(self, splines, coarse, noise, attributes):
        """Fine maps [n, 4, 8 c, 8 c], covers not yet limited to 0..1."""
        x = self.inputs(splines, coarse, noise).contiguous(memory_format=torch.channels_last)
        added = self.network(x, attributes)[:, :, NOISE_MARGIN:-NOISE_MARGIN, NOISE_MARGIN:-NOISE_MARGIN]
        scale = torch.tensor([HEIGHT_STEP, 1, 1, 1])[:, None, None]
        return self.base(splines, coarse) + added * scale


def flops(config=None, cells=spec.TILE_CELLS):
    width = dict(DEFAULT_CONFIG, **(config or {}))["width"]
    return 2 * (4 * cells + 2 * BORDER) ** 2 * 9 * (INPUTS * width + 2 * width * width + width * 16)


@torch.no_grad()
def refine(model, coarse, noise, attributes):
    """One tile. coarse: [12 or 4, c + 6, c + 6], noise: [4, 8 c + 16, 8 c + 16] -> [4, 8 c, 8 c], metres and 0..1."""
    splines = Splines(coarse.shape[-1] - 2 * MARGIN)
    shape = shape_attributes(torch.as_tensor(attributes, dtype=torch.float32))[None]
    fine = model(splines, torch.from_numpy(coarse[None, :4]), torch.from_numpy(noise[None]), shape)[0].numpy()
    fine[1:] = fine[1:].clip(0, 1)
    return fine
