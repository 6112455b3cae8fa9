"""Where the first layer of the painter's per-pixel MLP begins: ramps, units clamp((sum of planes - low) / (high - low), 0, 1),
at the places where the look of things changes fast (borders of materials, rims of clouds, foam), read off the training
renderer's shading. Training from random weights finds such places slowly; where they end up is learned.
Planes are counted 0..1 here; docs/world_model.md says what each holds."""
import torch

DETAIL = {13: 0.7, 14: 0.45}  # fine noise that frays the borders of materials; 0.5 is none


def frayed(plane, amount, low, high):
    """A material's plane with some of the fine noise."""
    middle = 0.5 * amount * sum(DETAIL.values())
    return {plane: 1.0, **{noise: weight * amount for noise, weight in DETAIL.items()}}, low + middle, high + middle


def parts():
    """One unit for each of the eight parts of things, whose number is in planes 4..6."""
    for part in range(8):
        signs = {4 + bit: 1.0 if part >> bit & 1 else -1.0 for bit in range(3)}
        most = sum(max(sign, 0) for sign in signs.values())
        yield signs, most - 1.0, most


def one(plane, *places):
    """Ramps of a single plane between each place and the next."""
    return [({plane: 1.0}, low, high) for low, high in zip(places, places[1:])]


LIGHT = one(8, 0, 0.42) + one(8, 0, 1) + one(7, 0.25, 0.75) + one(9, 0, 1) + one(9, 0, 0.4)
# For each kind: (weights of planes, low, high), 48 or less.
RAMPS = [
    [frayed(4, 0.35, 0.46, 0.54), frayed(5, 0.3, 0.44, 0.56), frayed(6, 0.4, 0.44, 0.56),
     frayed(10, 2.2 / 12, 1.1 / 12, 1.9 / 12), ({14: 1.0, 13: 0.3}, 0.70, 0.77), ({13: 1.0, 14: 0.25}, 0.685, 0.735),
     ({5: 1.0, 6: 1.0}, 0.9, 1.1), *one(11, 0.30, 0.38), *one(11, 0.80, 0.88), *LIGHT, *one(9, 0.5, 1),
     *one(2, 0.5, 1), *one(2, 0.67, 0.85), *one(16, 0, 0.3, 1), *one(10, 0, 1)],
    [({12: 0.65, 13: 0.35}, 0.46, 0.56), ({12: 0.65, 13: 0.35}, 0.30, 0.38), ({10: 1.0, 14: 0.2}, 0.74, 0.96),
     *one(4, 0.46, 0.54), *one(5, 0.44, 0.56), *one(6, 0.44, 0.56), *one(11, 0, 0.05), *one(14, 0.40, 0.55),
     *one(12, 0.3, 0.4, 0.5, 0.6, 0.7), *LIGHT, *one(16, 0, 0.5, 1), *one(19, 0, 0.3, 1), *one(15, 0.5, 0.7, 1.2),
     *one(10, 0, 1)],
    [*parts(), *one(12, 0.6, 0.7), *one(12, 0, 1), *one(14, 0, 1), *LIGHT, *one(2, 0.5, 1), *one(2, 0, 1),
     *one(16, 0, 1), *one(19, 0.5, 0.8)],
    [*one(4, 0.3, 0.4, 0.5, 0.6, 0.7), *one(4, 0.35, 0.45, 0.55, 0.65, 0.75), *one(4, 0.7, 0.82),
     ({5: 1.0, 4: -1.0}, -0.06, 0.22), *one(16, 0, 0.3, 0.6, 0.85, 0.95, 1), *one(15, 0.5, 0.55, 0.65, 0.8, 1.1),
     *one(15, 0.5, 0.72), *one(19, 0.45, 0.6), *one(6, 0.49, 0.51), *one(6, 0.3, 0.5), *one(10, 0, 1)],
]


@torch.no_grad()
def set_ramps(layer):
    """Gives the first units of each kind its ramps; the others keep their random weights."""
    weights = layer.weight.view(len(RAMPS), layer.outputs, layer.inputs)
    for kind, ramps in enumerate(RAMPS):
        for unit, (terms, low, high) in enumerate(ramps):
            steepness = 1 / (high - low)
            weights[kind, unit] = 0
            for plane, weight in terms.items():
                weights[kind, unit, plane] = 0.5 * steepness * weight  # inputs are 2 * plane - 1
            layer.bias[kind, unit] = steepness * (0.5 * sum(terms.values()) - low)
