"""The painter's network, its data files and its trainer. Run with PYTHONPATH=training python3 -m unittest."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import torch
import torch.nn.functional as F

from vitatrain import painter_data, painter_grow, painter_model, safetensors_io


def write_shard(folder, crops, seed):
    """A shard of smooth random crops."""
    rng = np.random.RandomState(seed)
    small = rng.randint(0, 256, (crops, 8, 8, 3)).astype(np.uint8)
    rgb = small.repeat(32, 1).repeat(32, 2)
    planes = np.concatenate([rgb[:, ::2, ::2].transpose(0, 3, 1, 2)] * 7, 1)[:, :20]
    os.makedirs(folder)
    arrays = {"planes": planes, "kinds": (planes[:, 0] // 64).astype(np.uint8), "rgb": rgb,
              "looks": rng.rand(crops, 49).astype(np.float32)}
    for name in painter_data.FILES:
        np.save(os.path.join(folder, name + ".npy"), arrays[name])


class PainterModel(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(3)
        self.painter = painter_model.Painter()

    def test_skip_starts_as_bilinear_enlargement(self):
        guide = torch.rand(1, 12, 16, 24)
        blocks = painter_model.space_to_depth(guide.permute(0, 2, 3, 1))
        out = F.conv2d(F.pad(blocks, (1, 1, 1, 1), mode="replicate"), self.painter.skip.weight)
        luma = F.pixel_shuffle(out[:, :16], 4)
        expected = F.interpolate(guide[:, :1], scale_factor=2, mode="bilinear", align_corners=False)
        self.assertLess((luma - expected)[..., 2:-2, 2:-2].abs().max().item(), 1e-5)
        chroma = F.pixel_shuffle(out[:, 16:], 2)
        self.assertLess((chroma - guide[:, 1:3]).abs().max().item(), 1e-6)

    def test_space_to_depth_orders_channels_as_the_contract(self):
        features = torch.rand(2, 6, 8, 12)
        expected = F.pixel_unshuffle(features.permute(0, 3, 1, 2), 2)
        self.assertTrue(torch.equal(painter_model.space_to_depth(features), expected))

    def test_each_pixel_goes_through_the_expert_of_its_kind(self):
        rng = np.random.RandomState(1)
        planes = torch.from_numpy(rng.randint(0, 256, (2, 20, 8, 8)).astype(np.uint8))
        kinds = torch.from_numpy(rng.randint(0, 3, (2, 8, 8)).astype(np.uint8))  # no sky at all
        code = self.painter.encode_look(torch.rand(2, 49))
        found = self.painter.pixel_features(planes, kinds, code)
        for sample, y, x in ((0, 0, 0), (1, 3, 5), (0, 7, 2), (1, 7, 7)):
            values = planes[sample, :, y, x].float() / 255 * 2 - 1
            for depth, layer in enumerate(self.painter.pixel):
                weights, biases = layer.fold(code)
                group = sample * painter_model.KINDS + int(kinds[sample, y, x])
                values = weights[group] @ values + biases[group]
                values = values if depth == 2 else values.relu()
            self.assertLess((found[sample, y, x] - values).abs().max().item(), 1e-4)

    def test_yuv_and_back(self):
        rgb = torch.rand(1, 3, 4, 4).repeat_interleave(8, 2).repeat_interleave(8, 3)
        luma, chroma = painter_model.rgb_to_yuv(rgb)
        back = painter_model.yuv_to_rgb(luma, chroma)
        self.assertLess((back - rgb)[..., 4, 4].abs().max().item(), 1e-5)


class PainterGrowth(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(4)
        self.small = painter_model.Painter(dict(painter_model.CONFIG, code=96, pixel=[32, 24, 12]))
        self.grown = painter_grow.grow(self.small, [48, 32, 12])

    def test_growing_changes_no_picture(self):
        self.assertEqual(self.grown.config, painter_model.CONFIG)
        planes = torch.from_numpy(np.random.RandomState(2).randint(0, 256, (2, 20, 16, 16)).astype(np.uint8))
        kinds, look = planes[:, 0] % 4, torch.rand(2, 49)
        for before, after in zip(self.small(planes, kinds, look), self.grown(planes, kinds, look)):
            self.assertLess((before - after).abs().max().item(), 1e-5)

    def test_new_units_of_terrain_fire_at_the_borders_of_materials(self):
        weights, biases = painter_grow.experts(self.grown.pixel[0], self.grown.pixel[0].bias)
        planes = torch.full((20,), 0.5)  # no fine noise
        outputs = []
        for ground_mix in (0.45, 0.47, 0.55):
            planes[4] = ground_mix
            outputs.append((weights[0, 32:34, :, 0] @ (planes * 2 - 1) + biases[0, 32:34, 0]).relu())
        self.assertTrue(torch.allclose(outputs[0], torch.zeros(2), atol=1e-5))
        self.assertTrue(torch.allclose(outputs[1], torch.tensor([0.04, 0.0]), atol=1e-5))
        self.assertTrue(torch.allclose(outputs[2], torch.tensor([0.36, 0.04]), atol=1e-5))


class PainterTraining(unittest.TestCase):
    def test_shards_are_found_while_they_grow(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(FileNotFoundError, "no shards"):
                painter_data.Shards(folder)
            write_shard(os.path.join(folder, "1"), 3, 1)
            os.makedirs(os.path.join(folder, "2.part"))
            shards = painter_data.Shards(folder)
            self.assertEqual(len(shards), 3)
            write_shard(os.path.join(folder, "3"), 2, 2)
            shards.refresh()
            self.assertEqual(len(shards), 5)
            planes, kinds, rgb, look = shards.random_crops(np.random.RandomState(0), 4, 64)
            self.assertEqual((planes.shape, kinds.shape, rgb.shape, look.shape),
                             ((4, 20, 32, 32), (4, 32, 32), (4, 64, 64, 3), (4, 49)))
            # Guide and picture show the same place.
            small = rgb.reshape(4, 32, 2, 32, 2, 3).mean((2, 4)).transpose(0, 3, 1, 2)
            self.assertLess(np.abs(planes[:, :3] - small).max(), 1)

    def test_tiny_training_goes_on_where_it_stopped(self):
        with tempfile.TemporaryDirectory() as folder:
            write_shard(os.path.join(folder, "data", "1"), 6, 1)
            data = os.path.join(folder, "data")
            command = [sys.executable, "-m", "vitatrain.painter_train", "--tiny", "--data", data, "--held-out", data,
                       "--out", folder]
            environment = dict(os.environ, OMP_NUM_THREADS="1")
            subprocess.run(command, check=True, env=environment, capture_output=True)
            first = safetensors_io.read(os.path.join(folder, "painter.safetensors"))
            with open(os.path.join(folder, "painter.json")) as file:
                summary = json.load(file)
            self.assertEqual(summary["config"], painter_model.CONFIG)
            self.assertTrue(np.isfinite(summary["held_out"]["psnr"]))
            names = {"painter." + name for name in painter_model.Painter().state_dict()}
            self.assertEqual(set(first), names)
            subprocess.run(command + ["--resume"], check=True, env=environment, capture_output=True)
            again = safetensors_io.read(os.path.join(folder, "painter.safetensors"))
            for name, values in first.items():  # all steps were done already
                np.testing.assert_array_equal(values, again[name])


if __name__ == "__main__":
    unittest.main()
