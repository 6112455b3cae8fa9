"""Writes tests/fixtures/prior: small networks with random weights, and what PyTorch makes of them.

    PYTHONPATH=training VITA_TRAIN_LIB=... python3 training/tests/prior_fixtures.py

The C++ tests build the same networks from these files and must come to the same numbers. The fixtures depend on the
architecture alone, not on any training.
"""
import json
import pathlib

import numpy as np
import torch

from vitatrain import look_model, native, prior_model, safetensors_io, spec, upsampler_model

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "prior"
CONFIG = {"prior": {"levels": [16, 16, 32], "condition": 16, "sigma_data": 0.6, "times": [1.0, 0.6, 0.2], "lead": 0.5},
          "upsampler": {"width": 16, "condition": 16}, "look": {"hidden": 32, "times": [1.0, 0.5, 0.15]}}
SEED, TILE = 1234, (3, -5)


def randomise(model, seed):
    """Every parameter random, so that no layer can be left out unseen; of a size that keeps activations near one."""
    generator = torch.Generator().manual_seed(seed)
    for name, value in model.named_parameters():
        fan_in = value[0].numel() if value.dim() > 1 else 1
        noise = torch.randn(value.shape, generator=generator)
        value.data = noise / fan_in ** 0.5 if value.dim() > 1 else noise * 0.1 + ("norm" in name and "weight" in name)
    return model


def some_attributes():
    attributes = np.zeros(spec.ATTRIBUTES, np.float32)
    for group, entry in (("biome", 5), ("time", 2), ("weather", 1), ("season", 2), ("things", 3), ("colour_sky", 4)):
        attributes[spec.OFFSETS[group] + entry] = 1
    attributes[spec.OFFSETS["water"]], attributes[spec.OFFSETS["density"]] = -0.5, 0.75
    return attributes


@torch.no_grad()
def prior_tensors():
    model = randomise(prior_model.MapPrior(CONFIG["prior"]), 1)
    attributes = torch.from_numpy(some_attributes())
    noise, other = [prior_model.hash_noise(SEED, *tile) for tile in (TILE, (0, 1))]
    x = np.concatenate([noise, other, (noise[:1] > 0).astype(np.float32)])
    condition = model.embed(prior_model.shape_attributes(attributes)[None], torch.tensor([0.6]))
    tiles = prior_model.grow(model, attributes.numpy(), SEED, [(0, 0), (1, 1)])
    maps = {t: np.concatenate([tiles[t][:1], tiles[t][1:] * 0.5 + 0.5]) for t in ((0, 0), (1, 0), (0, 1), (1, 1))}
    out = {f"prior.{name}": value for name, value in model.state_dict().items()}
    out.update({"expected.noise": noise.transpose(1, 2, 0)[::5, ::5].copy(), "expected.condition": condition,
                "expected.raw": model.raw(torch.from_numpy(x)[None], condition)[0].permute(1, 2, 0).contiguous()})
    out.update({f"expected.tile_{i}_{j}": maps[i, j] for i, j in maps})
    return out


@torch.no_grad()
def upsampler_tensors():
    model = randomise(upsampler_model.Upsampler(CONFIG["upsampler"]), 2)
    attributes = some_attributes()
    rng = np.random.default_rng(3)
    window = rng.uniform(-1, 1, (4, 38, 38)).astype(np.float32)
    x0, z0 = [t * spec.TILE_METRES - upsampler_model.NOISE_MARGIN * spec.FINE_METRES for t in TILE]
    noise = native.fine_noise(SEED, x0, z0, spec.TILE_FINE + 2 * upsampler_model.NOISE_MARGIN)
    inputs = model.inputs(upsampler_model.Splines(spec.TILE_CELLS), torch.from_numpy(window)[None],
                          torch.from_numpy(noise)[None])
    shape = prior_model.shape_attributes(torch.from_numpy(attributes))[None]
    added = torch.nn.functional.pixel_unshuffle(model.network(inputs, shape), 2)
    fine = upsampler_model.refine(model, window, noise, attributes)
    out = {f"upsampler.{name}": value for name, value in model.state_dict().items()}
    window[1:] = window[1:] * 0.5 + 0.5
    out.update({"window": window, "expected.input": inputs[0].permute(1, 2, 0)[::7, ::7].contiguous(),
                "expected.added": added[0].permute(1, 2, 0)[::7, ::7].contiguous(),
                "expected.fine": fine[:, ::5, ::5].copy()})
    return out


@torch.no_grad()
def look_tensors():
    model = randomise(look_model.LookFlow(CONFIG["look"]), 4)
    model.mean.copy_(torch.linspace(0.2, 0.8, spec.LOOK))
    model.spread.copy_(torch.linspace(0.4, 0.1, spec.LOOK))
    attributes = torch.from_numpy(some_attributes())[None]
    out = {f"look.{name}": value for name, value in model.state_dict().items()}
    for seed in (0, 7, 4000000000):
        noise = torch.from_numpy(look_model.hash_normals(seed, spec.LOOK))[None]
        out[f"expected.look_{seed}"] = look_model.sample(model, attributes, noise)[0]
    return out


def main():
    for name, make in (("prior", prior_tensors), ("upsampler", upsampler_tensors), ("look", look_tensors)):
        tensors = make()
        tensors["attributes"] = some_attributes()
        safetensors_io.write(FOLDER / f"{name}.safetensors", tensors)
    with open(FOLDER / "config.json", "w") as file:
        json.dump(CONFIG, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
