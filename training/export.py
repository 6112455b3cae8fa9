"""Gathers the trained networks into the bundled model.

    PYTHONPATH=training python3 training/export.py [--from training/weights] [--to models/world] [--keep painter]

--keep: first takes what the trainer of that network left in --run (and its curve, for the docs) as the one to keep.
Reads <name>.safetensors and <name>.json of text, look, prior, upsampler and painter; writes config.json and
model.safetensors. The C++ engine refuses a file with a tensor too many or too few, so what is written here is all of it.
"""

import argparse
import json
import pathlib
import shutil

import torch

from vitatrain import painter_model, painter_quantise, safetensors_io, spec

PICTURES = pathlib.Path(__file__).resolve().parents[1] / "docs" / "pictures"
NETWORKS = ["text", "look", "prior", "upsampler", "painter"]


def load_part(folder, name):
    """Tensors and description of one network; tensor names start with the network's own."""
    tensors = safetensors_io.read(folder / f"{name}.safetensors")
    stray = [key for key in tensors if not key.startswith(name + ".")]
    if stray:
        raise SystemExit(f"{folder / name}.safetensors: found tensor {stray[0]}, expected names that begin with {name}.")
    description = json.loads((folder / f"{name}.json").read_text())
    return tensors, description


def keep(name, run, source):
    """Copies what a trainer left into the folder of weights that are kept."""
    for ending in (".safetensors", ".json"):
        shutil.copyfile(run / (name + ending), source / (name + ending))
    curve = run / f"{name}_curve.png"
    if curve.exists():
        shutil.copyfile(curve, PICTURES / curve.name)


def check_painter(tensors, config):
    painter = painter_model.Painter(config)
    painter.load_state_dict({key.removeprefix("painter."): torch.as_tensor(value) for key, value in tensors.items()})
    painter_quantise.check_ranges(painter)


def attribute_names():
    return [{"name": name, "kind": kind, "entries": entries, "offset": spec.OFFSETS[name]}
            for name, kind, entries in spec.GROUPS]


def export(source, target):
    tensors, config = {}, {"family": "world", "version": 1, "attributes": attribute_names(),
                           "look": [{"name": name, "size": size} for name, size in spec.LOOK_FIELDS]}
    config["look_fields"] = config.pop("look")
    held_out = {}
    for name in NETWORKS:
        part, description = load_part(source, name)
        if name == "painter":
            check_painter(part, description["config"])
        tensors.update(part)
        config[name] = description["config"]
        held_out[name] = description.get("held_out", {})
    target.mkdir(parents=True, exist_ok=True)
    safetensors_io.write(target / "model.safetensors", tensors)
    (target / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (target / "held_out.json").write_text(json.dumps(held_out, indent=1) + "\n")
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", type=pathlib.Path, default=pathlib.Path("training/weights"))
    parser.add_argument("--to", dest="target", type=pathlib.Path, default=pathlib.Path("models/world"))
    parser.add_argument("--keep", choices=NETWORKS, help="a network that was trained anew")
    parser.add_argument("--run", type=pathlib.Path, default=pathlib.Path("training/run"))
    arguments = parser.parse_args()
    if arguments.keep:
        keep(arguments.keep, arguments.run, arguments.source)
    tensors = export(arguments.source, arguments.target)
    values = sum(int(v.size) if hasattr(v, "size") and not callable(v.size) else v.numel() for v in tensors.values())
    print(f"{arguments.target / 'model.safetensors'}: {len(tensors)} tensors, {values / 1e6:.2f} M values")


if __name__ == "__main__":
    main()
