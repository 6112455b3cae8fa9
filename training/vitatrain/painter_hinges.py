"""Where the first layer of the painter's per-pixel MLP begins: hinges, units relu(steepness * (sum of planes - place)), at the
places where the look of things changes fast (borders of materials, rims of clouds, foam), read off the training
renderer's shading. Training from random weights finds such places slowly; where they end up is learned.
Planes are counted 0..1 here; docs/world_model.md says what each holds."""
import torch

DETAIL = {13: 0.7, 14: 0.45}  # fine noise that frays the borders of materials; 0.5 is none


def frayed(plane, amount, places, steepness=4.0):
    """A material's plane with some of the fine noise."""
    middle = 0.5 * amount * sum(DETAIL.values())
    terms = {plane: 1.0, **{noise: weight * amount for noise, weight in DETAIL.items()}}
    return terms, [place + middle for place in places], steepness


def parts():
    """One unit for each of the eight parts of things, whose number is in planes 4..6."""
    for part in range(8):
        signs = {4 + bit: 1.0 if part >> bit & 1 else -1.0 for bit in range(3)}
        yield {plane: 2 * sign for plane, sign in signs.items()}, [2 + sum(signs.values())], 1.0


# For each kind: (weights of planes, places of the hinges, steepness), 24 places or less.
HINGES = [
    [frayed(4, 0.35, [0.46, 0.54]), frayed(5, 0.3, [0.44, 0.56]), frayed(6, 0.4, [0.44, 0.56]),
     frayed(10, 2.2 / 12, [1.1 / 12, 1.9 / 12], 8.0), ({14: 1.0, 13: 0.3}, [0.70, 0.77], 4.0),
     ({13: 1.0, 14: 0.25}, [0.685, 0.735], 4.0), ({11: 1.0}, [0.30, 0.38, 0.80, 0.88], 4.0)],
    [({12: 1.0}, [0.40, 0.50, 0.60, 0.70], 4.0), ({12: 0.65, 13: 0.35}, [0.30, 0.38, 0.46, 0.56], 4.0),
     ({10: 1.0, 14: 0.2}, [0.74, 0.96], 3.0), ({4: 1.0}, [0.46, 0.54], 4.0), ({5: 1.0}, [0.44, 0.56], 4.0),
     ({11: 1.0}, [0.02], 6.0), ({14: 1.0}, [0.40], 3.0)],
    [*parts(), ({12: 1.0}, [0.60, 0.70], 4.0), ({7: 1.0}, [0.25, 0.75], 2.0), ({8: 1.0}, [0.0, 0.42], 2.0)],
    [({4: 1.0}, [0.40, 0.50, 0.60, 0.70], 4.0), ({5: 1.0, 4: -1.0}, [-0.06, 0.22], 3.0),
     ({16: 1.0}, [0.3, 0.6, 0.85, 0.95], 4.0), ({15: 1.0}, [0.5, 0.55, 0.65], 4.0), ({19: 1.0}, [0.45], 4.0),
     ({6: 1.0}, [0.49, 0.51], 12.0)],
]


@torch.no_grad()
def set_hinges(layer):
    """Gives the first units of each kind its hinges; the others keep their random weights."""
    weights = layer.weight.view(len(HINGES), layer.outputs, layer.inputs)
    for kind, hinges in enumerate(HINGES):
        units = [(terms, place, steepness) for terms, places, steepness in hinges for place in places]
        for unit, (terms, place, steepness) in enumerate(units):
            weights[kind, unit] = 0
            for plane, weight in terms.items():
                weights[kind, unit, plane] = 0.5 * steepness * weight  # inputs are 2 * plane - 1
            layer.bias[kind, unit] = steepness * (0.5 * sum(terms.values()) - place)
