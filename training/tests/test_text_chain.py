"""The whole chain of the text encoder on a tiny configuration: data, training, going on, export, reading back."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import torch

from vitatrain.grammar import Split
from vitatrain.text_data import Pool, vocabulary
from vitatrain.text_decode import understand
from vitatrain.text_eval import figures, load
from vitatrain.text_model import TextEncoder, default_config, group_labels, loss_of
from vitatrain.text_train import export, warm_start

TRAINING = os.path.join(os.path.dirname(__file__), "..")


def train(folder, *more):
    environment = dict(os.environ, PYTHONPATH=TRAINING, OMP_NUM_THREADS="1")
    subprocess.run([sys.executable, "-m", "vitatrain.text_train", "--tiny", "--out", folder, *more], check=True,
                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class ChainTest(unittest.TestCase):
    def test_trains_goes_on_and_reads_back(self):
        with tempfile.TemporaryDirectory() as folder:
            train(folder)
            train(folder, "--steps", "20")
            with open(os.path.join(folder, "text.json")) as file:
                section = json.load(file)
            self.assertEqual(section["held_out"]["steps"], 12)  # --tiny fixes the steps: nothing left to do
            self.assertEqual(set(section["held_out"]["held-out pairs"]) >= {"f1", "unknown_recall"}, True)
            self.assertTrue(os.path.exists(os.path.join(folder, "text_curve.png")))
            model = load(folder)
            lookup = {word: k for k, word in enumerate(model.config["vocabulary"])}
            attributes, _, _ = understand(model, "a desert at night", lookup)
            self.assertEqual(attributes.shape, (85,))

    def test_learns(self):
        torch.manual_seed(1)
        model = TextEncoder(default_config(vocabulary()))
        pool = Pool(model.config, 1, 64)
        batch = pool.batch(pool.captions)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        before = sum(loss_of(model, batch)).item()
        for _ in range(12):
            optimizer.zero_grad()
            sum(loss_of(model, batch)).backward()
            optimizer.step()
        self.assertLess(sum(loss_of(model, batch)).item(), 0.7 * before)

    def test_warm_start_keeps_words(self):
        with tempfile.TemporaryDirectory() as folder:
            old = TextEncoder(default_config(["a", "c", "d"]))
            export(folder, {"model": old, "step": 1, "used": 0.0}, {})
            new = TextEncoder(default_config(["a", "b", "d"]))
            fresh = new.words.weight.data.clone()
            warm_start(new, folder)
            self.assertTrue(torch.equal(new.words.weight[[0, 2]], old.words.weight[[0, 2]]))
            self.assertTrue(torch.equal(new.words.weight[1], fresh[1]))
            self.assertTrue(torch.equal(new.trigrams.weight, old.trigrams.weight))

    def test_labels(self):
        attributes = torch.zeros(1, 85)
        attributes[0, [1, 12]] = 1.0  # desert, night
        attributes[0, 29] = -1.0      # flat
        labels = group_labels(attributes)[0].numpy()
        np.testing.assert_array_equal(labels[[0, 1, 2, 12]], [2, 5, 0, 1])


class WeightsTest(unittest.TestCase):
    def test_committed_weights_understand_what_they_were_not_trained_on(self):
        model = load(os.path.join(TRAINING, "weights"))
        for split in (Split(held_out_templates=True), Split(held_out_pairs=True), Split(held_out_typos=True, typo_rate=1.0)):
            result = figures(model, Pool(model.config, 77, 250, split))
            self.assertGreater(result["f1"], 0.9, split)


if __name__ == "__main__":
    unittest.main()
