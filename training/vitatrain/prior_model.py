"""The map prior: an x0-predicting rectified flow over 48x48-cell windows of the world's maps.

A small U-Net sees the noisy window, the values that finished neighbours have already fixed and where they are, and
is told the shape attributes and the time by FiLM. `grow` uses it as the engine does: tile by tile, by parity class.
"""
import math

import numpy as np

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import spec

CHANNELS = spec.MAP_CHANNELS
WINDOW = spec.WINDOW_CELLS
TILE = spec.TILE_CELLS
MARGIN = spec.MARGIN_CELLS
TIME_FEATURES = 16
GROUP_SIZE = 16  # channels of one group of GroupNorm
DEFAULT_CONFIG = {"levels": [64, 128, 192], "condition": 128, "sigma_data": 0.6,
                  "times": [1.0, 0.88, 0.62, 0.24], "lead": 0.45}


# Heights are warped for the flow, so that what lies near the water (rivers, shores, dunes) stands out of the noise as
# much as ranges do: w(u) = HEIGHT_LINEAR u + HEIGHT_LOG asinh(HEIGHT_SHARPNESS u), u in units of 100 m.
HEIGHT_LINEAR, HEIGHT_LOG, HEIGHT_SHARPNESS = 0.8, 0.35, 10.0
UNWARP_STEPS = 4
# The flow's land comes out a little flatter than what it was trained on (see prior_eval: mean slopes): it is raised by this.
RELIEF = 1.12
# Rare things come out faint and absent ones not quite absent: below the floor there are none, the rest is raised.
# conifer, broadleaf, palm, cactus, rock, crystal, house, tower
DENSITY_FLOOR = np.float32([0.06, 0.06, 0.06, 0.06, 0.06, 0.06, 0.06, 0.045])
DENSITY_GAIN = np.float32([1.064, 1.064, 1.064, 1.064, 1.064, 1.064, 5.0, 6.0])
ASKED_FLOOR = 0.5  # the floor of a thing that was asked for, as a share of the usual one


def warp_height(u):
    """u: an array or a tensor."""
    arsinh = torch.asinh if torch.is_tensor(u) else np.arcsinh
    return HEIGHT_LINEAR * u + HEIGHT_LOG * arsinh(HEIGHT_SHARPNESS * u)


def unwarp_height(w):
    """The inverse of warp_height by Newton's method from the steep side, whence it converges without overshooting."""
    u = w / (HEIGHT_LINEAR + HEIGHT_LOG * HEIGHT_SHARPNESS)
    for _ in range(UNWARP_STEPS):
        slope = HEIGHT_LINEAR + HEIGHT_LOG * HEIGHT_SHARPNESS / np.sqrt(1 + (HEIGHT_SHARPNESS * u) ** 2)
        u = u - (warp_height(u) - w) / slope
    return u


def warped(maps):
    """Maps [..., 12, h, w] in network units with their heights warped (a copy)."""
    maps = maps.copy()
    maps[..., 0, :, :] = warp_height(maps[..., 0, :, :])
    return maps


def unwarped(maps):
    maps = maps.copy()
    maps[..., 0, :, :] = unwarp_height(maps[..., 0, :, :])
    return maps


def flow_units(tile):
    """A finished tile [12, h, w] as the flow sees it: the relief taken back, heights warped."""
    tile = tile.copy()
    tile[0] /= RELIEF
    return warped(tile)


def finished(tile, attributes):
    """What the flow made, as the world gets it: heights in 100 m and raised, densities calibrated; things of which the
    prompt wants none are none."""
    tile = unwarped(tile)
    tile[0] *= RELIEF
    said = attributes[spec.OFFSETS["things"]:spec.OFFSETS["things"] + len(spec.THINGS)]
    floor = DENSITY_FLOOR * (1 - ASKED_FLOOR * said.clip(0, 1))
    gain = DENSITY_GAIN * (1 + said.clip(-1, 0))
    density = tile[4:] * 0.5 + 0.5
    tile[4:] = ((density - floor[:, None, None]) * gain[:, None, None]).clip(0, 1) * 2 - 1
    return tile


def shape_attributes(attributes):
    """The attributes with all but the shape groups set to zero (a copy)."""
    kept = torch.zeros_like(attributes)
    for name, _, entries in spec.GROUPS:
        if name in spec.SHAPE_GROUPS:
            span = slice(spec.OFFSETS[name], spec.OFFSETS[name] + len(entries))
            kept[..., span] = attributes[..., span]
    return kept


def time_features(t):
    """t: [n] in 0..1 -> [n, 16], a cosine basis."""
    return torch.cos(t[:, None] * (math.pi * torch.arange(TIME_FEATURES, dtype=t.dtype, device=t.device)))


class GroupNorm(nn.GroupNorm):
    """In float32 whatever the convolutions around it run in."""

    def forward(self, x):
        return super().forward(x.float())


class ResBlock(nn.Module):
    """x + conv(silu(film(norm(conv(silu(norm(x)))), condition)))"""

    def __init__(self, channels, condition):
        super().__init__()
        self.norm1 = GroupNorm(channels // GROUP_SIZE, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = GroupNorm(channels // GROUP_SIZE, channels)
        self.film = nn.Linear(condition, 2 * channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)
        nn.init.normal_(self.conv2.weight, std=1e-3)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x, condition):
        h = self.norm2(self.conv1(F.silu(self.norm1(x))))
        scale, shift = self.film(condition)[:, :, None, None].chunk(2, dim=1)
        return x + self.conv2(F.silu(h * (1 + scale) + shift))


class MapPrior(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = dict(DEFAULT_CONFIG, **(config or {}))
        c0, c1, c2 = self.config["levels"]
        cond = self.config["condition"]
        self.embed1 = nn.Linear(spec.ATTRIBUTES + TIME_FEATURES, cond)
        self.embed2 = nn.Linear(cond, cond)
        self.stem = nn.Conv2d(4 * (2 * CHANNELS + 1), c0, 3, padding=1)
        self.down0 = ResBlock(c0, cond)
        self.to1 = nn.Conv2d(4 * c0, c1, 1)
        self.down1 = ResBlock(c1, cond)
        self.to2 = nn.Conv2d(4 * c1, c2, 1)
        self.middle = nn.ModuleList([ResBlock(c2, cond) for _ in range(2)])
        self.merge1 = nn.Conv2d(c2 + c1, c1, 1)
        self.up1 = ResBlock(c1, cond)
        self.merge0 = nn.Conv2d(c1 + c0, c0, 1)
        self.up0 = ResBlock(c0, cond)
        self.norm = GroupNorm(c0 // GROUP_SIZE, c0)
        self.head = nn.Conv2d(c0, 4 * CHANNELS, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def embed(self, attributes, t):
        h = torch.cat([attributes, time_features(t)], dim=1)
        return F.silu(self.embed2(F.silu(self.embed1(h))))

    def raw(self, x, condition):
        """The network proper. x: [n, 25, 48, 48] -> [n, 12, 48, 48]."""
        s0 = self.down0(self.stem(F.pixel_unshuffle(x, 2)), condition)
        s1 = self.down1(self.to1(F.pixel_unshuffle(s0, 2)), condition)
        h = self.to2(F.pixel_unshuffle(s1, 2))
        for block in self.middle:
            h = block(h, condition)
        h = F.interpolate(h, scale_factor=2, mode="nearest")
        h = self.up1(self.merge1(torch.cat([h, s1], dim=1)), condition)
        h = F.interpolate(h, scale_factor=2, mode="nearest")
        h = self.up0(self.merge0(torch.cat([h, s0], dim=1)), condition)
        return F.pixel_shuffle(self.head(F.silu(self.norm(h))), 2)

    def coefficients(self, t):
        """What keeps the network's input, target and error at unit size for every t: input, skip, output scale."""
        s2 = self.config["sigma_data"] ** 2
        variance = (1 - t) ** 2 * s2 + t ** 2
        return 1 / variance.sqrt(), (1 - t) * s2 / variance, t * (s2 / variance).sqrt()

    def forward(self, noisy, known, mask, attributes, t):
        """The expected clean window. noisy, known: [n, 12, 48, 48]; mask: [n, 1, 48, 48]; t: [n]."""
        c_in, c_skip, c_out = [c[:, None, None, None] for c in self.coefficients(t)]
        raw = self.raw(torch.cat([noisy * c_in, known * mask, mask], dim=1), self.embed(attributes, t))
        return noisy * c_skip + raw * c_out


def flops(config=None):
    """Multiply-adds times two of one evaluation of one window."""
    c0, c1, c2 = dict(DEFAULT_CONFIG, **(config or {}))["levels"]
    a, b, c = (WINDOW // 2) ** 2, (WINDOW // 4) ** 2, (WINDOW // 8) ** 2
    mac = a * 9 * (4 * (2 * CHANNELS + 1) * c0 + 4 * c0 * c0 + c0 * 4 * CHANNELS) + a * (c0 + c1) * c0
    mac += b * (4 * 9 * c1 * c1 + 4 * c0 * c1 + (c1 + c2) * c1) + c * (4 * 9 * c2 * c2 + 4 * c1 * c2)
    return 2 * mac


def limit(x):
    """Mixes, weights and densities stay within their range; heights are free."""
    return torch.cat([x[:, :1], x[:, 1:].clamp(-1, 1)], dim=1)


@torch.no_grad()
def sample(model, noise, known, mask, attributes, times=None, lead=None):
    """Windows (heights warped) from noise [n, 12, 48, 48] by few steps. An x0 is the mean of all that the land could
    become, and the means grow apart from step to step: each step but the last takes its x0 further by the share `lead`
    of what it changed, without which few steps end bland. Known cells follow their own straight path. Returns the last
    x0."""
    times = list(times or model.config["times"])
    lead = model.config["lead"] if lead is None else lead
    x, previous = noise, None
    for k, t in enumerate(times):
        x = torch.where(mask > 0, (1 - t) * known + t * noise, x)
        x0 = limit(model(x, known, mask, attributes, torch.full((len(x),), t, device=x.device)))
        if k + 1 < len(times):
            land = x0 if previous is None else limit(x0 + lead * (x0 - previous))
            x = (1 - times[k + 1]) * land + times[k + 1] * (x - (1 - t) * land) / t
            previous = x0
    return x0


# --- the world grown tile by tile, as src/models/world/map_prior.cc does it --------------------------------------

def hash_lattice(x, z, salt):
    """uint32 hash of lattice points, as noise.h."""
    with np.errstate(over="ignore"):
        h = np.uint32(salt) + x.astype(np.uint32) * np.uint32(374761393) + z.astype(np.uint32) * np.uint32(668265263)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(1274126177)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(2246822519)
    return h ^ (h >> np.uint32(15))


def hash_noise(seed, ti, tj):
    """Normal noise [12, 48, 48] of tile (ti, tj)'s window: a function of the seed and the cell's place in the
    world."""
    z, x = np.meshgrid(np.arange(WINDOW) + TILE * tj - MARGIN, np.arange(WINDOW) + TILE * ti - MARGIN, indexing="ij")
    out = np.empty((CHANNELS, WINDOW, WINDOW), np.float32)
    for c in range(CHANNELS):
        salts = [(seed * 7919 + c * 104729 + k) & 0xffffffff for k in (101, 202)]
        a, b = [hash_lattice(x.astype(np.int64), z.astype(np.int64), s) >> np.uint32(8) for s in salts]
        radius = np.sqrt(-2 * np.log((a.astype(np.float32) + 0.5) / 16777216.0))
        out[c] = radius * np.cos(b.astype(np.float32) * np.float32(2 * math.pi / 16777216.0))
    return out


def parity(ti, tj):
    """The class of a tile; classes are generated in the order 0, 1, 2, 3."""
    return (ti & 1) + 2 * (tj & 1)


def neighbours_of_class(cls):
    """Offsets (di, dj) of the neighbours that are finished before a tile of this class is begun."""
    every = [(di, dj) for dj in (-1, 0, 1) for di in (-1, 0, 1) if di or dj]
    return [(di, dj) for di, dj in every if parity((cls & 1) + di, (cls >> 1) + dj) < cls]


def margin_span(d):
    """Window rows (or columns) that a neighbour at offset d covers, and which of its own they are."""
    if d < 0:
        return slice(0, MARGIN), slice(TILE - MARGIN, TILE)
    if d > 0:
        return slice(MARGIN + TILE, WINDOW), slice(0, MARGIN)
    return slice(MARGIN, MARGIN + TILE), slice(0, TILE)


MEMBRANE_SWEEPS = 32
MEMBRANE_SCREEN = 0.02  # 1 / square of the depth in cells to which a border's correction reaches
MEMBRANE_GRAIN = 8.0    # how much better corrections are carried across the nearest border than along it


def membrane(window, known, mask):
    """Bends a window's tile so that it continues its finished neighbours: the mismatch just outside the border is
    carried inwards by a screened Laplace equation (red-black Gauss-Seidel). All arrays [c, 48, 48]; returns
    [12, 32, 32]."""
    ring = slice(MARGIN - 1, MARGIN + TILE + 1)
    fixed = mask[0, ring, ring] > 0
    z, x = np.meshgrid(np.arange(TILE), np.arange(TILE), indexing="ij")
    deep_z, deep_x = np.minimum(z, TILE - 1 - z), np.minimum(x, TILE - 1 - x)
    along_z = np.where(deep_z < deep_x, MEMBRANE_GRAIN, 1).astype(np.float32)
    along_x = np.where(deep_x < deep_z, MEMBRANE_GRAIN, 1).astype(np.float32)
    scale = 1 / (2 * (along_z + along_x) + np.float32(MEMBRANE_SCREEN))
    u = np.where(fixed, (known - window)[:, ring, ring], 0).astype(np.float32)
    for _ in range(MEMBRANE_SWEEPS):
        for colour in (0, 1):
            free_ends(u, fixed)
            sides = along_z * (u[:, :-2, 1:-1] + u[:, 2:, 1:-1]) + along_x * (u[:, 1:-1, :-2] + u[:, 1:-1, 2:])
            pick = (x + z) % 2 == colour
            u[:, 1:-1, 1:-1][:, pick] = (sides * scale)[:, pick]
    land = np.where(fixed, known[:, ring, ring], window[:, ring, ring] + u)
    soften_rim(land, fixed)
    tile = land[:, 1:-1, 1:-1]
    tile[1:] = tile[1:].clip(-1, 1)
    return tile


def soften_rim(land, fixed):
    """The tile's outermost cells take a quarter each from the neighbour's cell outside and from the cell inside."""
    run = slice(1, -1)
    for out, rim, inside in (((0, run), (1, run), (2, run)), ((-1, run), (-2, run), (-3, run)),
                             ((run, 0), (run, 1), (run, 2)), ((run, -1), (run, -2), (run, -3))):
        at = [(slice(None),) + k for k in (out, rim, inside)]
        softened = 0.25 * land[at[0]] + 0.5 * land[at[1]] + 0.25 * land[at[2]]
        land[at[1]] = np.where(fixed[out], softened, land[at[1]])


def free_ends(u, fixed):
    """Cells of the ring that no neighbour holds repeat the cell inside."""
    for edge, inside in ((np.s_[0, :], np.s_[1, :]), (np.s_[-1, :], np.s_[-2, :]),
                         (np.s_[:, 0], np.s_[:, 1]), (np.s_[:, -1], np.s_[:, -2])):
        u[(slice(None),) + edge] = np.where(fixed[edge], u[(slice(None),) + edge], u[(slice(None),) + inside])


def known_margins(tiles, ti, tj):
    """What the finished neighbours of earlier classes hold of a tile's window: values (heights warped) and mask."""
    known = np.zeros((CHANNELS, WINDOW, WINDOW), np.float32)
    mask = np.zeros((1, WINDOW, WINDOW), np.float32)
    for di, dj in neighbours_of_class(parity(ti, tj)):
        (wx, nx), (wz, nz) = margin_span(di), margin_span(dj)
        if (ti + di, tj + dj) in tiles:
            known[:, wz, wx] = flow_units(tiles[ti + di, tj + dj][:, nz, nx])
            mask[:, wz, wx] = 1
    return known, mask


def grow(model, attributes, seed, wanted, times=None, lead=None):
    """Tiles {(ti, tj): [12, 32, 32]} of a world, heights in 100 m, the rest -1..1. attributes: float[85]. Every tile that one of
    `wanted` looks at is made too, so that the result does not depend on what was asked for."""
    needed = {c: set() for c in range(4)}
    for ti, tj in wanted:
        needed[parity(ti, tj)].add((ti, tj))
    for cls in (3, 2, 1):
        for ti, tj in needed[cls]:
            for di, dj in neighbours_of_class(cls):
                needed[parity(ti + di, tj + dj)].add((ti + di, tj + dj))
    tiles, shape = {}, shape_attributes(torch.as_tensor(attributes, dtype=torch.float32))
    for cls in range(4):
        batch = sorted(needed[cls])
        for start in range(0, len(batch), 16):
            part = batch[start:start + 16]
            noise = torch.from_numpy(np.stack([hash_noise(seed, *t) for t in part]))
            margins = [known_margins(tiles, *t) for t in part]
            known, mask = (torch.from_numpy(np.stack(m)) for m in zip(*margins))
            out = sample(model, noise, known, mask, shape.expand(len(part), -1), times, lead).numpy()
            for k, t in enumerate(part):
                tiles[t] = finished(membrane(out[k], *margins[k]), shape.numpy())
    return tiles


def assemble(tiles, i0, j0, count):
    """count x count tiles from (i0, j0) as one picture [12, 32 count, 32 count]."""
    rows = [np.concatenate([tiles[i0 + i, j0 + j] for i in range(count)], axis=2) for j in range(count)]
    return np.concatenate(rows, axis=1)
