"""Paints held-out worlds at 720p and compares with the renderer: figures, a contact sheet and crops at 100 %.

    python3 -m vitatrain.painter_eval --weights training/run/painter.safetensors --out training/run/painter_eval

Writes figures.json, sheet.jpg (guide, painter, renderer), crops.png (painter over renderer) and pan.png."""
import argparse
import json
import math
import os
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from vitatrain import looks, painter_data, painter_model, safetensors_io, worlds
from vitatrain.painter_quantise import Quantiser
from vitatrain.painter_train import LAPLACE

FULL, HALF = (1280, 720), (640, 360)
SCENES = [  # biome, time, weather of the held-out worlds from seed 510000 on
    ("mountains", "dawn", "clear"), ("desert", "sunset", "clear"), ("hills", "day", "clear"),
    ("tundra", "dusk", "cloudy"), ("volcano", "sunset", "clear"), ("canyon", "day", "cloudy"),
    ("forest", "dawn", "fog"), ("islands", "day", "clear"), ("hills", "sunset", "rain"),
    ("mountains", "night", "clear"), ("tundra", "day", "snow"), ("forest", "night", "cloudy"),
    ("islands", "dusk", "clear"), ("desert", "night", "clear"), ("canyon", "sunset", "fog"),
    ("volcano", "night", "cloudy"),
]
FIRST_SEED = 510000
PAN_FRAMES = 8


def load(weights):
    """The painter of a weight file and the .json beside it."""
    config = json.loads(pathlib.Path(weights).with_suffix(".json").read_text())["config"]
    painter = painter_model.Painter(config)
    tensors = safetensors_io.read(weights)
    painter.load_state_dict({name.removeprefix("painter."): torch.from_numpy(t) for name, t in tensors.items()})
    painter.quantise = Quantiser()  # as the product paints
    return painter.eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def paint(painter, planes, kinds, look):
    luma, chroma = painter(torch.from_numpy(planes)[None], torch.from_numpy(kinds)[None],
                           torch.from_numpy(np.asarray(look, np.float32))[None])
    rgb = painter_model.yuv_to_rgb(luma, chroma)[0].permute(1, 2, 0).numpy()
    return (rgb * 255 + 0.5).astype(np.uint8)


def psnr(found, truth):
    error = (found.astype(np.float32) - truth) ** 2
    return -10 * math.log10(float(error.mean()) / 65025 + 1e-9)


def laplacian_energy(rgb):
    luma = torch.from_numpy(rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32))[None, None] / 255
    return F.conv2d(luma, LAPLACE).square().mean().item()


def guide_picture(planes, kinds):
    """A false-colour view of a guide at twice its size."""
    tint = np.array([[150, 120, 90], [60, 110, 170], [90, 160, 80], [200, 210, 230]], np.float32)[kinds]
    light = 0.35 + 0.65 * planes[8].astype(np.float32) / 255 * planes[7] / 255
    light = np.where(kinds == 3, 0.5 + 0.5 * planes[4] / 255, light)
    fog = planes[9].astype(np.float32)[..., None] / 255 * (kinds != 3)[..., None]
    picture = tint * light[..., None] * (1 - 0.7 * fog) + 190 * 0.7 * fog
    return picture.clip(0, 255).astype(np.uint8).repeat(2, 0).repeat(2, 1)


def scene(seed, biome, time, weather):
    """A held-out world, its look and a camera."""
    rng = np.random.default_rng([seed, 0xE7A1])
    attributes = worlds.sample_attributes(rng)
    for group, entry in (("biome", biome), ("time", time), ("weather", weather)):
        worlds.set_one(attributes, group, entry)
    world = painter_data.build_world(attributes, seed)
    look = looks.sample_look(attributes, rng)
    world.set_look(look)
    world.set_time(float(rng.uniform(0, 100)))
    return world, look, world.suggest_camera(int(rng.integers(1 << 30)))


def shrink(picture, width):
    return np.asarray(Image.fromarray(picture).resize((width, width * 9 // 16), Image.BOX))


def frames(painter, out, count):
    figures, sheet, crops = [], [], []
    for number, (biome, time, weather) in enumerate(SCENES[:count]):
        world, look, camera = scene(FIRST_SEED + number, biome, time, weather)
        with world:
            planes, kinds = world.guide(camera, HALF)
            truth = world.render(camera, FULL)
        found = paint(painter, planes, kinds, look)
        figures.append({"scene": f"{biome}, {time}, {weather}", "psnr": psnr(found, truth),
                        "sharpness": laplacian_energy(found) / laplacian_energy(truth)})
        print("{scene:28} {psnr:6.2f} dB  sharpness {sharpness:.3f}".format(**figures[-1]), flush=True)
        sheet.append(np.concatenate([shrink(p, 384) for p in (guide_picture(planes, kinds), found, truth)], 1))
        crops.append(np.concatenate([found[300:556, 400:912], truth[300:556, 400:912]], 0))
        Image.fromarray(found).save(os.path.join(out, f"frame_{number:02d}.png"))
        Image.fromarray(truth).save(os.path.join(out, f"truth_{number:02d}.png"))
    rows = [np.concatenate(sheet[i:i + 2], 1) for i in range(0, len(sheet) - 1, 2)]
    Image.fromarray(np.concatenate(rows, 0)).save(os.path.join(out, "sheet.jpg"), quality=82)
    rows = [np.concatenate(crops[i:i + 2], 1) for i in range(0, len(crops) - 1, 2)]
    Image.fromarray(np.concatenate(rows, 0)).save(os.path.join(out, "crops.png"))
    return figures


def pan(painter, out):
    """How restless the painter is while the camera turns and moves, against the renderer itself."""
    world, look, camera = scene(FIRST_SEED + 100, "forest", "day", "clear")
    previous, error_change, own_change, true_change, strip = None, [], [], [], []
    with world:
        for number in range(PAN_FRAMES):
            moved = camera.copy()
            moved[3] += 0.012 * number
            moved[0] += math.cos(camera[3]) * 0.4 * number
            moved[2] += math.sin(camera[3]) * 0.4 * number
            world.set_time(number / 24)
            truth = world.render(moved, FULL).astype(np.float32)
            found = paint(painter, *world.guide(moved, HALF), look).astype(np.float32)
            if previous is not None:
                error_change.append(np.abs((found - truth) - (previous[0] - previous[1])).mean())
                own_change.append(np.abs(found - previous[0]).mean())
                true_change.append(np.abs(truth - previous[1]).mean())
            previous = found, truth
            if number % 4 == 0:
                strip.append(np.concatenate([found, truth], 0)[::2, ::2].astype(np.uint8))
    Image.fromarray(np.concatenate(strip, 1)).save(os.path.join(out, "pan.png"))
    return {"change_ratio": float(np.mean(own_change) / np.mean(true_change)),
            "error_flicker": float(np.mean(error_change)), "true_change": float(np.mean(true_change))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", default="training/run/painter.safetensors")
    parser.add_argument("--out", default="training/run/painter_eval")
    parser.add_argument("--frames", type=int, default=len(SCENES))
    parser.add_argument("--no-pan", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    painter = load(args.weights)
    scenes = frames(painter, args.out, args.frames)
    figures = {"psnr_mean": float(np.mean([s["psnr"] for s in scenes])), "psnr_min": min(s["psnr"] for s in scenes),
               "sharpness": float(np.mean([s["sharpness"] for s in scenes])), "scenes": scenes}
    if not args.no_pan:
        figures["pan"] = pan(painter, args.out)
    with open(os.path.join(args.out, "figures.json"), "w") as file:
        json.dump(figures, file, indent=1)
    print(json.dumps({k: v for k, v in figures.items() if k != "scenes"}))


if __name__ == "__main__":
    main()
