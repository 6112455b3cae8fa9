"""Gathers the trained networks into the bundled model.

    PYTHONPATH=training python3 training/export.py [--from training/weights] [--to models/world]

Reads <name>.safetensors and <name>.json of text, look, prior, upsampler and painter; writes config.json and
model.safetensors. The C++ engine refuses a file with a tensor too many or too few, so what is written here is all of it.
"""

import argparse
import json
import pathlib

from vitatrain import safetensors_io, spec

NETWORKS = ["text", "look", "prior", "upsampler", "painter"]


def load_part(folder, name):
    """Tensors and description of one network; tensor names start with the network's own."""
    tensors = safetensors_io.read(folder / f"{name}.safetensors")
    stray = [key for key in tensors if not key.startswith(name + ".")]
    if stray:
        raise SystemExit(f"{folder / name}.safetensors: found tensor {stray[0]}, expected names that begin with {name}.")
    description = json.loads((folder / f"{name}.json").read_text())
    return tensors, description


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
    arguments = parser.parse_args()
    tensors = export(arguments.source, arguments.target)
    values = sum(int(v.size) if hasattr(v, "size") and not callable(v.size) else v.numel() for v in tensors.values())
    print(f"{arguments.target / 'model.safetensors'}: {len(tensors)} tensors, {values / 1e6:.2f} M values")


if __name__ == "__main__":
    main()
