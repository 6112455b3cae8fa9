"""The painter: guide planes, kinds of pixels and a look -> a picture of twice the guide's size as Y, U, V planes.

A per-pixel MLP with one expert per kind of pixel, whose weights depend on the look and whose units may multiply;
space-to-depth; a small convolution trunk; a head that says of every picture pixel how much of each of the four guide
pixels around it shows there, and what is to be added. docs/world_model.md ("Painter") is the contract,
src/models/world/painter.cc is the same network in integers, painter_f32.cc in floats."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from vitatrain import spec

KINDS = 4
TAPS = 3  # weights of a picture pixel: of the guide pixel beside it, of the one above or below, of the diagonal one
THING = 2
LIMITS = (31.87, 7.99)  # of the per-pixel MLP's weights, first layer and later ones: what fits into the product's 16 bits
SEEN = [18, 0, 7, 8, 4, 5, 6, 10, 11, 12, 13, 14]  # planes that the trunk sees as they are
# pixel: (products, ramps) of each hidden layer of the per-pixel MLP.
CONFIG = {"look": spec.LOOK, "planes": spec.GUIDE_PLANES, "kinds": KINDS, "code": [64, 32],
          "pixel": [[0, 48], [20, 8], [12, 8]], "seen": SEEN, "trunk": 16}


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
    """One layer of the per-pixel MLP: for each kind a matrix [outputs][inputs] and a bias, plus what a linear map of
    the code adds to them. The first layer's matrix does not depend on the code (`turned` is false)."""

    def __init__(self, inputs, outputs, code, turned):
        super().__init__()
        self.inputs, self.outputs = inputs, outputs
        self.weight = nn.Parameter(torch.randn(KINDS, outputs * inputs) * (1.5 / inputs) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(KINDS, outputs))
        self.bias_code = nn.Parameter(torch.randn(KINDS, outputs, code) * 0.01)
        self.weight_code = nn.Parameter(torch.randn(KINDS, outputs * inputs, code) * 0.01) if turned else None
        self.limit = LIMITS[int(turned)]

    def fold(self, kind, code):
        """code [N, code] -> weights [N or 1, outputs, inputs], biases [N, outputs] of one kind."""
        weight = self.weight[kind][None]
        if self.weight_code is not None:
            weight = weight + code @ self.weight_code[kind].T
        weight = weight.clamp(-self.limit, self.limit)
        return weight.view(-1, self.outputs, self.inputs), self.bias[kind] + code @ self.bias_code[kind].T


def bend(y, products, ramps):
    """The units of a hidden layer from its linear outputs [..., 2 products + ramps]."""
    parts = []
    if products:
        parts.append(y[..., :products] * y[..., products:2 * products])
    if ramps:
        parts.append(y[..., 2 * products:].clamp(0, 1))
    return torch.cat(parts, -1) if len(parts) > 1 else parts[0]


class Painter(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = c = dict(config or CONFIG)
        hidden, trunk = c["code"], c["trunk"]
        self.look = nn.ModuleList([nn.Linear(c["look"], hidden[0]), nn.Linear(hidden[0], hidden[1])])
        code = c["look"] + hidden[1]
        self.pixel = nn.ModuleList()
        inputs = c["planes"]
        for products, ramps in c["pixel"]:
            self.pixel.append(ExpertLayer(inputs, 2 * products + ramps, code, turned=len(self.pixel) > 0))
            inputs = products + ramps
        self.pixel.append(ExpertLayer(inputs, 3, code, turned=True))
        self.stem = nn.Conv2d(4 + len(c["seen"]), trunk, 3)
        self.refine = nn.Conv2d(trunk, trunk, 3, padding=1)
        self.head = nn.Conv2d(2 * trunk, 4 * (TAPS + 1), 1)
        self.quantise = None  # a painter_quantise.Quantiser while the trunk is trained for 8 bits
        with torch.no_grad():  # begins as bilinear enlargement of the per-pixel colours
            for layer, (products, ramps) in zip(self.pixel, c["pixel"]):
                layer.bias[:, 2 * products:] = 0.5 if products == 0 else 0.3
            self.stem.bias.fill_(0.3)
            self.refine.bias.fill_(0.3)
            self.head.weight *= 0.05
            self.head.bias.zero_()
            self.head.bias[:8], self.head.bias[8:12] = 3 / 16, 1 / 16

    def encode_look(self, look):
        hidden = look
        for layer in self.look:
            hidden = F.relu(layer(hidden))
        return torch.cat([look, hidden], -1)

    def shade(self, groups, kind, code):
        """The per-pixel MLP of one kind. groups [N, pixels, planes] in -1..1, code [N, code] -> [N, pixels, 3]: Y - 0.5, U, V."""
        x = groups
        for depth, layer in enumerate(self.pixel):
            weight, bias = layer.fold(kind, code)
            weight = weight.transpose(1, 2)
            x = torch.baddbmm(bias[:, None], x, weight.expand(len(x), -1, -1))
            if depth < len(self.config["pixel"]):
                x = bend(x, *self.config["pixel"][depth])
        return x

    def colours(self, planes, kinds, code):
        """planes [N, 20, h, w] and kinds [N, h, w] of bytes -> [N, 3, h, w]: Y - 0.5, U, V."""
        count, _, height, width = planes.shape
        rows = planes.permute(0, 2, 3, 1).reshape(count, height * width, -1).float() * (2 / 255) - 1
        shade_each = self.shade_everywhere if planes.is_cuda else self.shade_where
        out = shade_each(rows, kinds.flatten(1), code)
        return out.view(count, height, width, 3).permute(0, 3, 1, 2)

    def shade_where(self, rows, kinds, code):
        """Each pixel by the expert of its kind. rows [N, pixels, planes], kinds [N, pixels] -> [N, pixels, 3]"""
        out = rows.new_zeros(*kinds.shape, 3)
        for sample in range(len(rows)):
            for kind in range(KINDS):
                where = torch.nonzero(kinds[sample] == kind)[:, 0]
                if len(where):
                    shaded = self.shade(rows[sample, where][None], kind, code[sample:sample + 1])[0]
                    out[sample] = out[sample].index_copy(0, where, shaded)
        return out

    def shade_everywhere(self, rows, kinds, code):
        """The same with every pixel shaded by all experts, which a GPU does sooner than to pick pixels."""
        out = self.shade(rows, 0, code)
        for kind in range(1, KINDS):
            out = torch.where((kinds == kind)[..., None], self.shade(rows, kind, code), out)
        return out

    def seen(self, planes, kinds, colours):
        """What the trunk sees of each guide pixel, [N, 16, h, w] in 0..1."""
        things = (kinds == THING)[:, None].float()
        return torch.cat([(colours + 0.5).clamp(0, 1), things, planes[:, self.config["seen"]].float() * (1 / 255)], 1)

    def trunk(self, seen):
        """seen [N, 16, h, w] -> head [N, 16, h, w]: for each tap, then what is added to Y, four picture pixels."""
        rounded = self.quantise or (lambda value: value)
        padded = F.pad(rounded(seen), (1, 1, 1, 1), mode="replicate")
        x = rounded(self.convolve("stem", padded).clamp(0, 1))
        y = rounded(self.convolve("refine", x, padding=1).clamp(0, 1))
        return self.convolve("head", torch.cat([x, y], 1))

    def convolve(self, name, x, padding=0):
        conv = getattr(self, name)
        weight = conv.weight if self.quantise is None else self.quantise.weights(conv.weight)
        return F.conv2d(x, weight, conv.bias, padding=padding)

    def forward(self, planes, kinds, look):
        """-> Y [N, 1, 2h, 2w] in 0..1 and UV [N, 2, h, w] around 0."""
        colours = self.colours(planes, kinds, self.encode_look(look))
        return self.finish(planes, kinds, colours)

    def finish(self, planes, kinds, colours):
        return compose(colours, self.trunk(self.seen(planes, kinds, colours))), colours[:, 1:3]

    def gop(self, width=1280, height=720):
        """Multiplications and additions of one frame, in 1e9."""
        pixels = width * height // 4
        weights = sum(layer.inputs * layer.outputs for layer in self.pixel)
        weights += sum(conv.weight.numel() for conv in (self.stem, self.refine, self.head))
        return 2 * pixels * weights / 1e9


@torch.no_grad()
def recentred(state, centre, scale):
    """The weights that make of (look - centre) / scale what those of `state` make of the look. Looks around 0 are
    learned several times faster; the product's weights take the look as it is."""
    state, look = dict(state), len(centre)
    for name, value in state.items():
        if name.endswith("_code"):
            seen, base = value[..., :look], name.removesuffix("_code")
            state[base] = state[base] + seen @ centre
            state[name] = torch.cat([seen * scale, value[..., look:]], -1)
    first = state["look.0.weight"]
    state["look.0.bias"] = state["look.0.bias"] + first @ centre
    state["look.0.weight"] = first * scale
    return state


def plain(state, centre, scale):
    """The inverse of recentred."""
    return recentred(state, -centre / scale, 1 / scale)


def compose(colours, head):
    """colours [N, 3, h, w]: Y - 0.5, U, V of guide pixels; head [N, 16, h, w] -> Y [N, 1, 2h, 2w].

    A picture pixel (dy, dx) of a guide pixel blends it with its neighbours on the pixel's side: beside it, above or
    below it, diagonally (Y = own + sum of weight * (neighbour - own) + rest)."""
    luma = colours[:, :1]
    around = F.pad(luma, (1, 1, 1, 1), mode="replicate")
    height, width = luma.shape[2:]
    quadrants = []
    for dy in (0, 1):
        for dx in (0, 1):
            rows, columns = slice(2 * dy, 2 * dy + height), slice(2 * dx, 2 * dx + width)
            neighbours = (around[:, :, 1:-1, columns], around[:, :, rows, 1:-1], around[:, :, rows, columns])
            pixel = 2 * dy + dx
            value = luma + head[:, 4 * TAPS + pixel][:, None]
            for tap, neighbour in enumerate(neighbours):
                value = value + head[:, 4 * tap + pixel][:, None].clamp(-1, 1) * (neighbour - luma)
            quadrants.append(value)
    return F.pixel_shuffle(torch.cat(quadrants, 1), 2) + 0.5
