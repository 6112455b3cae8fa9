"""Makes a trained painter wider without changing what it paints, so that training can go on with more units.

    python3 -m vitatrain.painter_grow --weights training/run/painter.safetensors --out grown.safetensors

The first layer of the per-pixel MLP gets hinges: units relu(steepness * (sum of planes - place)) at the places where
the look of things changes fast (borders of materials, rims of clouds, foam), which training from random weights finds
slowly. The code gets the look itself beside what was made of it, because colours act on pixels almost linearly. All
new units begin with no influence. Planes are counted 0..1 here; docs/world_model.md says what each holds."""
import argparse
import json
import pathlib

import numpy as np
import torch

from vitatrain import painter_model, safetensors_io

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


# For each kind: (weights of planes, places of the hinges, steepness), 16 places or less.
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


def grow_look(old, new, look):
    """The code's new part is the look, and minus the sun's direction, which may be negative."""
    code = old[0].out_features
    passed = torch.cat([torch.eye(look), -torch.eye(3, look)])
    for layer in new:
        layer.weight.zero_()
        layer.bias.zero_()
    new[0].weight[:code], new[0].bias[:code] = old[0].weight, old[0].bias
    new[0].weight[code:] = passed
    new[1].weight[:code, :code], new[1].bias[:code] = old[1].weight, old[1].bias
    new[1].weight[code:, code:] = torch.eye(len(passed))


def experts(layer, values):
    """Views of a folded layer's rows: weights [kinds, outputs, inputs, ...] and biases [kinds, outputs, ...]."""
    size = layer.outputs * layer.inputs
    values = values.view(painter_model.KINDS, size + layer.outputs, -1)
    return values[:, :size].unflatten(1, (layer.outputs, layer.inputs)), values[:, size:]


def grow_layer(old, new, keep_new_outputs):
    """Copies the old units. New inputs count for nothing; new outputs keep random weights or get none."""
    code = old.weight.shape[1]
    new.weight.zero_()
    old_h, new_h = experts(old, old.weight), experts(new, new.weight)
    new_h[0][:, :old.outputs, :old.inputs, :code] = old_h[0]
    new_h[1][:, :old.outputs, :code] = old_h[1]
    old_w, new_w = experts(old, old.bias), experts(new, new.bias)
    if not keep_new_outputs:
        new_w[0].zero_()
    new_w[0][:, :old.outputs] = 0
    new_w[0][:, :old.outputs, :old.inputs] = old_w[0]
    new_w[1][:, :old.outputs] = old_w[1]


def set_hinges(layer, first):
    """Gives units from `first` on the hinges of each kind; units beyond them keep their random weights."""
    weights, biases = experts(layer, layer.bias)
    for kind, hinges in enumerate(HINGES):
        units = [(terms, place, steepness) for terms, places, steepness in hinges for place in places]
        for unit, (terms, place, steepness) in enumerate(units, first):
            weights[kind, unit] = 0
            for plane, weight in terms.items():
                weights[kind, unit, plane] = 0.5 * steepness * weight  # inputs are 2 * plane - 1
            biases[kind, unit] = steepness * (0.5 * sum(terms.values()) - place)


@torch.no_grad()
def grow(old, pixel):
    look = old.config["look"]
    new = painter_model.Painter(dict(old.config, pixel=pixel, code=old.config["code"] + look + 3))
    grow_look(old.look, new.look, look)
    for depth, (before, after) in enumerate(zip(old.pixel, new.pixel)):
        grow_layer(before, after, keep_new_outputs=depth < 2)
    set_hinges(new.pixel[0], old.pixel[0].outputs)
    for name, module in old.named_children():
        target = getattr(new, name)
        if isinstance(module, painter_model.Film):
            target.weight.zero_()
            target.weight[:, :module.in_features], target.bias[:] = module.weight, module.bias
        elif isinstance(module, torch.nn.Conv2d):
            target.load_state_dict(module.state_dict())
    return new


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--pixel", type=int, nargs=3, default=[48, 32, 12])
    args = parser.parse_args()
    torch.manual_seed(1)
    summary = json.loads(pathlib.Path(args.weights).with_suffix(".json").read_text())
    old = painter_model.Painter(summary["config"])
    tensors = safetensors_io.read(args.weights)
    old.load_state_dict({name.removeprefix("painter."): torch.from_numpy(t) for name, t in tensors.items()})
    new = grow(old, args.pixel)
    safetensors_io.write(args.out, {"painter." + k: v for k, v in new.state_dict().items()})
    planes = torch.from_numpy(np.random.RandomState(1).randint(0, 256, (1, 20, 16, 16)).astype(np.uint8))
    kinds, look = planes[:, 0] % 4, torch.rand(1, 49)
    change = (old(planes, kinds, look)[0] - new(planes, kinds, look)[0]).abs().max().item()
    print(f"{args.out}: widths {args.pixel}, code {new.config['code']}; a picture changes by at most {change:.2g}")


if __name__ == "__main__":
    main()
