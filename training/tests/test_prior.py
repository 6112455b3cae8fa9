"""The map prior, the up-sampler and the look flow. Run with PYTHONPATH=training python3 -m unittest."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import torch

from vitatrain import look_model, prior_data, prior_eval, prior_model, prior_train, spec, upsampler_model
from vitatrain import upsampler_train

_SMALL = {"levels": [16, 16, 16], "condition": 16, "times": [1.0, 0.5], "lead": 0.5}


def small_prior():
    torch.manual_seed(1)
    model = prior_model.MapPrior(_SMALL)
    torch.nn.init.normal_(model.head.weight, std=0.1)
    return model.eval()


class ParityTest(unittest.TestCase):
    def test_every_tile_leans_on_earlier_classes_only(self):
        for cls in range(4):
            for di, dj in prior_model.neighbours_of_class(cls):
                self.assertLess(prior_model.parity((cls & 1) + di, (cls >> 1) + dj), cls)

    def test_the_last_class_knows_all_its_neighbours(self):
        self.assertEqual([len(prior_model.neighbours_of_class(c)) for c in range(4)], [0, 2, 6, 8])

    def test_training_masks_are_those_of_growing(self):
        tiles = {(i, j): np.zeros((12, 32, 32)) for i in range(-2, 4) for j in range(-2, 4)}
        wanted = {prior_model.known_margins(tiles, i, j)[1].tobytes() for i in range(2) for j in range(2)}
        found = {m.tobytes() for m in prior_train.random_masks(torch.Generator().manual_seed(1), 60).numpy()}
        self.assertTrue(wanted <= found)

    def test_windows_are_turned_in_eight_ways_but_for_those_that_stay(self):
        window, random = torch.arange(48.0 * 48).view(1, 1, 48, 48), torch.Generator().manual_seed(2)
        still = torch.arange(200) % 4 == 0
        turned = prior_train.turned(window.expand(200, 1, 48, 48), still, random)
        self.assertTrue((turned[still] == window).all())
        self.assertEqual(len({tuple(w[0, (0, 0, -1, -1), (0, -1, 0, -1)].tolist()) for w in turned}), 8)

    def test_tiles_do_not_depend_on_what_else_was_asked_for(self):
        model, attributes = small_prior(), prior_eval.said_attributes("hills")
        alone = prior_model.grow(model, attributes, 5, [(1, 1)])[1, 1]
        among = prior_model.grow(model, attributes, 5, prior_eval.square(3))[1, 1]
        self.assertLess(np.abs(alone - among).max(), 1e-5)


class FlowTest(unittest.TestCase):
    def test_height_warp_has_an_inverse(self):
        u = np.linspace(-0.6, 6, 500)
        self.assertLess(np.abs(prior_model.unwarp_height(prior_model.warp_height(u)) - u).max(), 1e-9)

    def test_noise_belongs_to_places(self):
        here, east = prior_model.hash_noise(9, 2, 3), prior_model.hash_noise(9, 3, 3)
        np.testing.assert_array_equal(here[:, :, spec.TILE_CELLS:], east[:, :, :2 * spec.MARGIN_CELLS])
        self.assertAlmostEqual(float(here.std()), 1.0, delta=0.02)

    def test_known_cells_come_out_as_given_when_the_model_is_certain(self):
        class Certain(torch.nn.Module):
            config = _SMALL

            def forward(self, noisy, known, mask, attributes, t):
                return known * mask

        known = torch.rand(1, 12, 48, 48)
        mask = torch.zeros(1, 1, 48, 48)
        mask[..., :8] = 1
        out = prior_model.sample(Certain(), torch.randn(1, 12, 48, 48), known, mask, torch.zeros(1, 85))
        np.testing.assert_allclose(out[..., :8], known[..., :8], atol=1e-6)

    def test_membrane_closes_the_border(self):
        window, known = np.zeros((12, 48, 48), np.float32), np.ones((12, 48, 48), np.float32)
        mask = np.zeros((1, 48, 48), np.float32)
        mask[:, :, :8] = 1
        tile = prior_model.membrane(window, known, mask)
        self.assertGreater(tile[0, 16, 0], 0.8)
        self.assertLess(tile[0, 16, 31], tile[0, 16, 0])

    def test_scales_keep_the_network_at_unit_size(self):
        model, t = small_prior(), torch.tensor([0.05, 0.5, 1.0])
        c_in, c_skip, c_out = model.coefficients(t)
        sigma = model.config["sigma_data"]
        clean, noise = sigma * torch.randn(3, 100000), torch.randn(3, 100000)
        noisy = (1 - t[:, None]) * clean + t[:, None] * noise
        target = (clean - c_skip[:, None] * noisy) / c_out[:, None]
        for values in (noisy * c_in[:, None], target):
            np.testing.assert_allclose(values.std(1), 1, atol=0.02)


class UpsamplerTest(unittest.TestCase):
    def test_flat_and_sloping_land_stay_so(self):
        splines = upsampler_model.Splines(8)
        x = np.arange(14, dtype=np.float32)[None, None, None].repeat(14, 2) * 0.1
        fine = upsampler_model.apply_splines(splines.height4, splines.height4, torch.from_numpy(x))[0, 0].numpy()
        np.testing.assert_allclose(np.diff(fine, axis=1), 0.1 / 8, atol=1e-5)
        np.testing.assert_allclose(np.diff(fine, axis=0), 0, atol=1e-5)

    def test_slopes_are_metres_per_metre(self):
        splines = upsampler_model.Splines(8)
        x = np.arange(14, dtype=np.float32)[None, None, None].repeat(14, 2) * 0.32
        east = upsampler_model.apply_splines(splines.height8, splines.slope8, torch.from_numpy(x)) * spec.HEIGHT_SCALE
        np.testing.assert_allclose(east, 1, atol=1e-4)

    def test_neighbouring_tiles_agree_on_their_border(self):
        """Two tiles and one region twice as wide that holds both must give the same land."""
        torch.manual_seed(2)
        model = upsampler_model.Upsampler({"width": 8})
        torch.nn.init.normal_(model.head.weight, std=0.3)
        rng, cells = np.random.default_rng(3), 8
        coarse = rng.uniform(-1, 1, (4, cells + 6, 2 * cells + 6)).astype(np.float32)
        noise = rng.uniform(-1, 1, (4, 8 * cells + 16, 16 * cells + 16)).astype(np.float32)
        attributes = np.zeros(85, np.float32)
        west = upsampler_model.refine(model, coarse[:, :, :cells + 6].copy(), noise[:, :, :8 * cells + 16].copy(), attributes)
        east = upsampler_model.refine(model, coarse[:, :, cells:].copy(), noise[:, :, 8 * cells:].copy(), attributes)
        step, inside = np.abs(east[0, :, 0] - west[0, :, -1]), np.abs(np.diff(west[0], axis=1))
        self.assertLess(step.mean(), 1.5 * inside.mean())
        self.assertLess(step.max(), 1.5 * inside.max())

    def test_one_step_of_training_sees_the_generators_own_noise(self):
        with tempfile.TemporaryDirectory() as folder:
            prior_data.generate(folder, 2, 1, 3, prior_data.Procedural())
            crops = upsampler_train.Crops(folder, 1)
            coarse, noise, fine, _ = crops.take(2)
        self.assertEqual(fine.shape[-1] + 2 * upsampler_model.NOISE_MARGIN, noise.shape[-1])
        base = upsampler_model.Upsampler().base(crops.splines, coarse)
        self.assertLess((base - fine)[:, 0].abs().mean(), 0.2 * fine[:, 0].std() + 3)


class LookTest(unittest.TestCase):
    def test_tidy_gives_looks_in_range(self):
        look = look_model.tidy(torch.randn(50, spec.LOOK) * 2)
        np.testing.assert_allclose(look[:, :3].norm(dim=1), 1, atol=1e-5)
        self.assertGreaterEqual(float(look[:, 3:].min()), 0)
        self.assertLessEqual(float(look[:, 3:42].max()), 1.3)
        self.assertTrue(set(look[:, spec.LOOK_OFFSETS["lava"]].tolist()) <= {0.0, 1.0})


class TrainingTest(unittest.TestCase):
    def test_tiny_training_runs_goes_on_and_writes_what_the_engine_reads(self):
        environment = dict(os.environ, OMP_NUM_THREADS="1")
        with tempfile.TemporaryDirectory() as folder:
            for module, steps in (("prior_train", 6), ("prior_train", 12), ("upsampler_train", 6), ("look_train", 6)):
                command = [sys.executable, "-m", f"vitatrain.{module}", "--tiny", "--steps", str(steps), "--out", folder]
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr[-2000:])
            reflow = os.path.join(folder, "reflow")
            command = [sys.executable, "-m", "vitatrain.prior_reflow", "--teacher", folder, "--out", reflow, "--steps", "4",
                       "--data", os.path.join(folder, "tiny_data"), "--pairs", "4", "--teacher-steps", "3", "--batch", "2"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
            with open(os.path.join(reflow, "prior.json"), encoding="utf-8") as file:
                config = json.load(file)["config"]
            self.assertEqual((config["levels"], config["times"], config["lead"]), ([16, 32, 32], [1.0, 0.6], 0.0))
            for name in ("prior", "upsampler", "look"):
                with open(os.path.join(folder, f"{name}.json"), encoding="utf-8") as file:
                    self.assertIn("config", json.load(file))
                self.assertTrue(os.path.exists(os.path.join(folder, f"{name}.safetensors")))
            self.assertEqual(torch.load(os.path.join(folder, "prior.pt"))["step"], 12)

    def test_data_generation_goes_on_where_it_was_stopped(self):
        with tempfile.TemporaryDirectory() as folder:
            whole, stopped = os.path.join(folder, "whole"), os.path.join(folder, "stopped")
            prior_data.generate(whole, 6, 2, 8, prior_data.Synthetic(), save_every=2)
            with self.assertRaises(EOFError):
                prior_data.generate(stopped, 6, 2, 8, Stopping(3), save_every=2)
            self.assertEqual(len(prior_data.load(stopped)[0]["windows"]), 2)
            prior_data.generate(stopped, 6, 2, 8, prior_data.Synthetic(), save_every=2)
            np.testing.assert_array_equal(prior_data.load(whole)[0]["windows"], prior_data.load(stopped)[0]["windows"])


class Stopping(prior_data.Synthetic):
    """Fails after some windows, as a machine that is switched off."""

    def __init__(self, left):
        self.left = left

    def window(self, rng, held_out=False):
        if self.left == 0:
            raise EOFError
        self.left -= 1
        return super().window(rng, held_out)



if __name__ == "__main__":
    unittest.main()
