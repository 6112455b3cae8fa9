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

from vitatrain import painter_data, painter_model, painter_pixels, painter_quantise, painter_ramps, safetensors_io
from vitatrain.painter_quantise import Quantiser


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

    def test_head_starts_as_bilinear_enlargement(self):
        colours = torch.rand(1, 3, 16, 24) - 0.5
        head = self.painter.head.bias.detach()[None, :, None, None].expand(1, -1, 16, 24)
        luma = painter_model.compose(colours, head)
        expected = F.interpolate(colours[:, :1], scale_factor=2, mode="bilinear", align_corners=False) + 0.5
        self.assertLess((luma - expected).abs().max().item(), 1e-5)

    def test_a_picture_pixel_takes_what_its_weights_say(self):
        colours, head = torch.rand(1, 3, 4, 6), torch.zeros(1, 16, 4, 6)
        head[0, 4 + 3, 1, 2] = 1  # the lower right pixel of guide pixel (1, 2) shows what lies below it
        head[0, 0 + 2, 3, 4] = 0.5  # the lower left one of (3, 4) is half of what lies to its left
        head[0, 8 + 0, 2, 2] = -1  # the upper left one of (2, 2) is sharpened against the diagonal one
        head[0, 12 + 1, 2, 5] = 0.25  # something is added to the upper right one of (2, 5)
        luma = painter_model.compose(colours, head)[0, 0]
        own = colours[0, 0] + 0.5
        expected = own.repeat_interleave(2, 0).repeat_interleave(2, 1)
        expected[3, 5] = own[2, 2]
        expected[7, 8] = (own[3, 4] + own[3, 3]) / 2
        expected[4, 4] = 2 * own[2, 2] - own[1, 1]
        expected[4, 11] += 0.25
        self.assertLess((luma - expected).abs().max().item(), 1e-5)

    def test_the_trunk_sees_colours_things_and_planes(self):
        rng = np.random.RandomState(2)
        planes = torch.from_numpy(rng.randint(0, 256, (1, 20, 4, 6)).astype(np.uint8))
        kinds = torch.from_numpy(rng.randint(0, 4, (1, 4, 6)).astype(np.uint8))
        colours = torch.rand(1, 3, 4, 6) * 2 - 1
        seen = self.painter.seen(planes, kinds, colours)
        self.assertEqual(seen.shape, (1, 16, 4, 6))
        self.assertTrue(torch.equal(seen[:, :3], (colours + 0.5).clamp(0, 1)))
        self.assertTrue(torch.equal(seen[:, 3], (kinds == 2).float()))
        for channel, plane in enumerate(self.painter.config["seen"]):
            self.assertLess((seen[:, 4 + channel] - planes[:, plane] / 255).abs().max().item(), 1e-6)

    def test_chroma_is_the_guide_pixels_own(self):
        planes = torch.from_numpy(np.random.RandomState(3).randint(0, 256, (1, 20, 8, 8)).astype(np.uint8))
        kinds, look = planes[:, 0] % 4, torch.rand(1, 49)
        _, chroma = self.painter(planes, kinds, look)
        self.assertTrue(torch.equal(chroma, self.painter.colours(planes, kinds, self.painter.encode_look(look))[:, 1:]))

    def test_each_pixel_goes_through_the_expert_of_its_kind(self):
        rng = np.random.RandomState(1)
        planes = torch.from_numpy(rng.randint(0, 256, (2, 20, 8, 8)).astype(np.uint8))
        kinds = torch.from_numpy(rng.randint(0, 3, (2, 8, 8)).astype(np.uint8))  # no sky at all
        code = self.painter.encode_look(torch.rand(2, 49))
        found = self.painter.colours(planes, kinds, code)
        for sample, y, x in ((0, 0, 0), (1, 3, 5), (0, 7, 2), (1, 7, 7)):
            values = planes[sample, :, y, x].float() / 255 * 2 - 1
            kind = int(kinds[sample, y, x])
            for depth, layer in enumerate(self.painter.pixel):
                weights, biases = layer.fold(kind, code[sample:sample + 1])
                values = weights[0] @ values + biases[0]
                if depth < 3:
                    products, ramps = self.painter.config["pixel"][depth]
                    multiplied = values[:products] * values[products:2 * products]
                    values = torch.cat([multiplied, values[2 * products:].clamp(0, 1)])
                    self.assertEqual(len(values), products + ramps)
            self.assertLess((found[sample, :, y, x] - values).abs().max().item(), 1e-4)

    def test_yuv_and_back(self):
        rgb = torch.rand(1, 3, 4, 4).repeat_interleave(8, 2).repeat_interleave(8, 3)
        luma, chroma = painter_model.rgb_to_yuv(rgb)
        back = painter_model.yuv_to_rgb(luma, chroma)
        self.assertLess((back - rgb)[..., 4, 4].abs().max().item(), 1e-5)


class PainterRamps(unittest.TestCase):
    def test_units_of_terrain_rise_at_the_borders_of_materials(self):
        torch.manual_seed(4)
        layer = painter_model.Painter().pixel[0]
        painter_ramps.set_ramps(layer)
        weights = layer.weight.detach().view(4, 48, 20)
        planes = torch.full((20,), 0.5)  # no fine noise
        outputs = []
        for ground_mix in (0.45, 0.47, 0.55):
            planes[4] = ground_mix
            outputs.append((weights[0, 0] @ (planes * 2 - 1) + layer.bias.detach()[0, 0]).clamp(0, 1).item())
        self.assertAlmostEqual(outputs[0], 0.0, places=4)
        self.assertAlmostEqual(outputs[1], 0.125, places=4)
        self.assertAlmostEqual(outputs[2], 1.0, places=4)

    def test_every_part_of_things_has_a_unit(self):
        layer = painter_model.Painter().pixel[0]
        painter_ramps.set_ramps(layer)
        for part in range(8):
            planes = torch.full((20,), 0.3)
            planes[4:7] = torch.tensor([float(part >> bit & 1) for bit in range(3)])
            weights, bias = layer.weight.detach().view(4, 48, 20)[2, :8], layer.bias.detach()[2, :8]
            fired = (weights @ (planes * 2 - 1) + bias).clamp(0, 1)
            expected = torch.zeros(8)
            expected[part] = 1
            self.assertLess((fired - expected).abs().max().item(), 1e-4)


class PainterCentre(unittest.TestCase):
    def test_recentred_weights_paint_the_same(self):
        torch.manual_seed(5)
        painter, other = painter_model.Painter(), painter_model.Painter()
        centre, scale = torch.rand(49), torch.rand(49) + 0.3
        other.load_state_dict(painter_model.recentred(painter.state_dict(), centre, scale))
        planes = torch.from_numpy(np.random.RandomState(2).randint(0, 256, (2, 20, 16, 16)).astype(np.uint8))
        kinds, look = planes[:, 0] % 4, torch.rand(2, 49)
        for found, expected in zip(other(planes, kinds, (look - centre) / scale), painter(planes, kinds, look)):
            self.assertLess((found - expected).abs().max().item(), 1e-4)
        for name, value in painter_model.plain(other.state_dict(), centre, scale).items():
            self.assertLess((value - painter.state_dict()[name]).abs().max().item(), 1e-5, name)


class PainterRounding(unittest.TestCase):
    def test_values_become_steps_and_gradients_pass(self):
        quantiser = Quantiser()
        values = torch.tensor([0.0, 0.3 / 255, 100.4 / 255, 1.0], requires_grad=True)
        rounded = quantiser(values)
        self.assertTrue(torch.allclose(rounded, torch.tensor([0.0, 0.0, 100 / 255, 1.0])))
        rounded.sum().backward()
        self.assertTrue(torch.equal(values.grad, torch.ones(4)))
        weight = torch.randn(5, 3, 3, 3) * torch.tensor([0.1, 1, 2, 3, 50])[:, None, None, None]
        step = weight.abs().amax((1, 2, 3), keepdim=True) / 127
        steps = quantiser.weights(weight) / step
        self.assertLess((steps - steps.round()).abs().max().item(), 1e-3)
        self.assertLess((quantiser.weights(weight) - weight).abs().div(step).max().item(), 0.501)


class PainterRanges(unittest.TestCase):
    def test_weights_beyond_the_products_bits_are_refused(self):
        torch.manual_seed(6)
        painter = painter_model.Painter()
        painter_quantise.check_ranges(painter)
        for layer, name, fine, bad in ((1, "weight", 9, float("nan")), (0, "bias", 250, 300), (3, "bias", -250, float("nan"))):
            values = getattr(painter.pixel[layer], name).data[2]
            before, values[1] = values[1].item(), fine
            painter_quantise.check_ranges(painter)
            values[1] = bad
            with self.assertRaisesRegex(ValueError, f"painter.pixel.{layer}: kind 2 has a {name} of magnitude"):
                painter_quantise.check_ranges(painter)
            values[1] = before

    def test_what_only_some_looks_reach_is_refused_too(self):
        torch.manual_seed(7)
        painter = painter_model.Painter()
        painter.pixel[2].bias_code.data[1, 5] = 1000
        with self.assertRaisesRegex(ValueError, "painter.pixel.2: kind 1"):
            painter_quantise.check_ranges(painter)

    def test_weights_stay_within_what_16_bits_hold(self):
        layer = painter_model.ExpertLayer(4, 3, 2, turned=True)
        layer.weight.data[0, :2] = torch.tensor([100.0, -100.0])
        weight, _ = layer.fold(0, torch.zeros(1, 2))
        self.assertEqual([weight.max().item(), weight.min().item()],
                         [torch.tensor(painter_model.LIMITS[1]).item(), -torch.tensor(painter_model.LIMITS[1]).item()])

    def test_a_gpu_shades_what_the_cpu_shades(self):
        torch.manual_seed(8)
        painter = painter_model.Painter()
        rows, kinds = torch.rand(2, 60, 20) * 2 - 1, torch.randint(0, 4, (2, 60))
        code = painter.encode_look(torch.rand(2, 49))
        self.assertLess((painter.shade_where(rows, kinds, code) -
                         painter.shade_everywhere(rows, kinds, code)).abs().max().item(), 1e-5)


class PainterTraining(unittest.TestCase):
    def test_groups_hold_pixels_of_one_kind_with_their_colours(self):
        with tempfile.TemporaryDirectory() as folder:
            write_shard(os.path.join(folder, "1"), 3, 1)
            groups = painter_pixels.PixelGroups(painter_data.Shards(folder), 3, 0, "cpu")
            for kind in range(painter_model.KINDS):
                planes, truth, look = groups.batch(kind, 5)
                self.assertEqual((planes.shape, truth.shape, look.shape), ((5, 32, 20), (5, 32, 3), (5, 49)))
                first = ((planes[..., 0] + 1) * 127.5).round()
                self.assertTrue(((first // 64) == kind).all())  # write_shard takes the kind from the first plane
                rgb = (planes[..., :3] + 1) / 2
                luma = rgb @ torch.tensor([0.299, 0.587, 0.114])
                self.assertLess((luma - 0.5 - truth[..., 0]).abs().max().item(), 2e-3)

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

    def test_a_gpu_holds_the_crops_of_the_shards(self):
        with tempfile.TemporaryDirectory() as folder:
            write_shard(os.path.join(folder, "1"), 3, 1)
            write_shard(os.path.join(folder, "2"), 2, 2)
            shards = painter_data.Shards(folder)
            resident = painter_data.Resident(shards, "cpu")
            self.assertEqual(len(resident), 5)
            for ours, theirs in zip(resident.take([4, 0]), shards.take([4, 0])):
                np.testing.assert_array_equal(ours.numpy(), theirs)
            planes, kinds, rgb, look = resident.random_crops(np.random.RandomState(0), 4, 64)
            self.assertEqual((planes.shape, kinds.shape, rgb.shape, look.shape),
                             ((4, 20, 32, 32), (4, 32, 32), (4, 64, 64, 3), (4, 49)))
            small = rgb.float().view(4, 32, 2, 32, 2, 3).mean((2, 4)).permute(0, 3, 1, 2)
            self.assertLess((planes[:, :3] - small).abs().max().item(), 1)

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
