"""The painter: guide planes, kinds of pixels and a look -> a picture of twice the guide's size as Y, U, V planes.

A per-pixel MLP whose weights depend on the look, one expert per kind of pixel; space-to-depth; a small convolution
trunk with FiLM and a coarse branch; a head of 24 channels that a pixel shuffle turns into I420. docs/world_model.md
("Painter") is the contract and src/models/world/painter.cc the same network in C++."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from vitatrain import spec

KINDS = 4
CONFIG = {"look": spec.LOOK, "planes": spec.GUIDE_PLANES, "kinds": KINDS, "code": 148, "pixel": [48, 32, 12],
          "trunk": 32, "coarse": 64}


def rgb_to_yuv(rgb):
    """rgb [N, 3, H, W] in 0..1 -> Y [N, 1, H, W] in 0..1 and UV [N, 2, H/2, W/2] around 0."""
    red, green, blue = rgb[:, 0:1], rgb[:, 1:2], rgb[:, 2:3]
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return luma, F.avg_pool2d(torch.cat([0.564 * (blue - luma), 0.713 * (red - luma)], 1), 2)


def yuv_to_rgb(luma, chroma):
    """The inverse, chroma enlarged bilinearly as players do."""
    chroma = F.interpolate(chroma, scale_factor=2, mode="bilinear", align_corners=False)
    red = luma + chroma[:, 1:2] / 0.713
    blue = luma + chroma[:, 0:1] / 0.564
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    return torch.cat([red, green, blue], 1).clamp(0, 1)


class ExpertLayer(nn.Module):
    """One layer of the per-pixel MLP. A linear map of the code makes the weights of all experts:
    for each kind [outputs][inputs] and then [outputs] of bias. Its own bias is their value at code 0."""

    def __init__(self, inputs, outputs, code):
        super().__init__()
        self.inputs, self.outputs = inputs, outputs
        size = outputs * inputs + outputs
        self.weight = nn.Parameter(torch.randn(KINDS * size, code) * 0.01)
        start = torch.zeros(KINDS, size)
        start[:, :outputs * inputs] = torch.randn(KINDS, outputs * inputs) * (2 / inputs) ** 0.5
        self.bias = nn.Parameter(start.reshape(-1))

    def fold(self, code):
        """code [N, code] -> weights [N * kinds, outputs, inputs], biases [N * kinds, outputs]."""
        folded = F.linear(code, self.weight, self.bias).view(len(code) * KINDS, -1)
        split = self.outputs * self.inputs
        return folded[:, :split].reshape(-1, self.outputs, self.inputs), folded[:, split:]


class Film(nn.Linear):
    """Scale and shift of each channel by the code."""

    def __init__(self, channels, code):
        super().__init__(code, 2 * channels)
        nn.init.normal_(self.weight, std=0.02)
        nn.init.zeros_(self.bias)

    def forward(self, x, code):
        scale, shift = F.linear(code, self.weight, self.bias)[:, :, None, None].chunk(2, 1)
        return x * (1 + scale) + shift


def bilinear_skip(channels):
    """Weights [24, channels, 3, 3] that enlarge the first three outputs of the per-pixel MLP to I420."""
    weight = torch.zeros(24, channels, 3, 3)

    def taps(offset):
        """Guide pixels of a block (0 and 1 inside it) and their shares in picture pixel `offset` of the block."""
        position = (offset + 0.5) / 2 - 0.5
        low = int(position // 1)
        return (low, 1 - (position - low)), (low + 1, position - low)

    for dy in range(4):
        for dx in range(4):
            for gy, wy in taps(dy):
                for gx, wx in taps(dx):
                    block_y, sub_y = divmod(gy, 2)
                    block_x, sub_x = divmod(gx, 2)
                    weight[dy * 4 + dx, sub_y * 2 + sub_x, block_y + 1, block_x + 1] += wy * wx
    for sample in range(4):  # chroma has the guide's own resolution
        weight[16 + sample, 4 + sample, 1, 1] = 1
        weight[20 + sample, 8 + sample, 1, 1] = 1
    return weight


class Painter(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = c = dict(config or CONFIG)
        code, trunk, coarse, widths = c["code"], c["trunk"], c["coarse"], c["pixel"]
        self.look = nn.ModuleList([nn.Linear(c["look"], code), nn.Linear(code, code)])
        self.pixel = nn.ModuleList(
            ExpertLayer(i, o, code) for i, o in zip([c["planes"]] + widths[:-1], widths))
        blocks = widths[-1] * 4
        self.stem = nn.Conv2d(blocks, trunk, 3)
        self.stem_film = Film(trunk, code)
        self.down = nn.Conv2d(trunk, coarse, 4, stride=4)
        self.coarse_a = nn.Conv2d(coarse, coarse, 3, padding=1)
        self.coarse_film = Film(coarse, code)
        self.coarse_b = nn.Conv2d(coarse, coarse, 3, padding=1)
        self.up = nn.Conv2d(coarse, trunk, 1)
        self.refine = nn.Conv2d(trunk, trunk, 3, padding=1)
        self.refine_film = Film(trunk, code)
        self.head = nn.Conv2d(trunk, 24, 3, padding=1)
        self.skip = nn.Conv2d(blocks, 24, 3)
        nn.init.normal_(self.coarse_b.weight, std=0.01)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)
        nn.init.zeros_(self.skip.bias)
        with torch.no_grad():
            self.skip.weight.copy_(bilinear_skip(blocks))

    def encode_look(self, look):
        for layer in self.look:
            look = F.relu(layer(look))
        return look

    def shade(self, rows, groups, code):
        """The per-pixel MLP. rows [n, planes] ordered by group, groups: pixels of each (sample, kind);
        returns [n, 12] in the same order."""
        folded = [layer.fold(code) for layer in self.pixel]
        outputs = []
        for group, part in enumerate(torch.split(rows, groups)):
            if len(part) == 0:
                continue
            for depth, (weights, biases) in enumerate(folded):
                part = F.linear(part, weights[group], biases[group])
                if depth + 1 < len(folded):
                    part = F.relu(part)
            outputs.append(part)
        return torch.cat(outputs)

    def pixel_features(self, planes, kinds, code):
        """planes [N, 20, h, w] and kinds [N, h, w] of bytes -> [N, h, w, 12]."""
        count, _, height, width = planes.shape
        rows = planes.permute(0, 2, 3, 1).reshape(-1, planes.shape[1])
        sample = torch.arange(count, device=planes.device)[:, None]
        key = (sample * KINDS + kinds.reshape(count, -1).long()).reshape(-1)
        order = torch.argsort(key, stable=True)
        groups = torch.bincount(key, minlength=count * KINDS).tolist()
        shaded = self.shade(rows[order].float() * (2 / 255) - 1, groups, code)
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order), device=order.device)
        return shaded[back].view(count, height, width, -1)

    def trunk(self, blocks, code):
        """blocks [N, 48, h, w] -> the 24 channels of the picture's blocks, [N, 24, h, w]."""
        padded = F.pad(blocks, (1, 1, 1, 1), mode="replicate")
        x = F.relu(self.stem_film(self.stem(padded), code))
        coarse = F.relu(self.down(x))
        coarse = coarse + self.coarse_b(F.relu(self.coarse_film(self.coarse_a(coarse), code)))
        x = x + F.interpolate(self.up(coarse), scale_factor=4, mode="bilinear", align_corners=False)
        x = x + F.relu(self.refine_film(self.refine(x), code))
        return self.head(x) + self.skip(padded)

    def forward(self, planes, kinds, look):
        """-> Y [N, 1, 2h, 2w] in 0..1 and UV [N, 2, h, w] around 0. h and w are multiples of 8."""
        code = self.encode_look(look)
        features = self.pixel_features(planes, kinds, code)
        out = self.trunk(space_to_depth(features), code)
        return F.pixel_shuffle(out[:, :16], 4) + 0.5, F.pixel_shuffle(out[:, 16:], 2)

    def gflop(self, width=1280, height=720):
        """Multiplications and additions of one frame, in 1e9."""
        widths = [self.config["planes"]] + self.config["pixel"]
        pixels = width * height // 4
        total = pixels * sum(a * b for a, b in zip(widths, widths[1:]))
        blocks = pixels // 4
        for conv in (self.stem, self.refine, self.head, self.skip):
            total += blocks * conv.weight.numel()
        for conv in (self.down, self.coarse_a, self.coarse_b, self.up):
            total += blocks // 16 * conv.weight.numel()
        return 2 * total / 1e9


def space_to_depth(features):
    """[N, h, w, c] -> [N, c * 4, h/2, w/2] with channels c * 4 + dy * 2 + dx, stored channels last."""
    count, height, width, channels = features.shape
    blocks = features.view(count, height // 2, 2, width // 2, 2, channels).permute(0, 1, 3, 5, 2, 4)
    return blocks.reshape(count, height // 2, width // 2, channels * 4).permute(0, 3, 1, 2)
