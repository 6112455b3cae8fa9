"""The whole chain with tiny networks: data, training of each, export, and a video made from it by the engine."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("VITA_PROGRAM", ROOT / "build" / "vitascope"))


def run(*command, timeout=110):
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "training"), OMP_NUM_THREADS="1")
    done = subprocess.run([str(c) for c in command], env=environment, cwd=ROOT, timeout=timeout, capture_output=True,
                          text=True)
    if done.returncode:
        raise AssertionError(f"{command}: exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def stage(module, *arguments):
    run(sys.executable, "-m", f"vitatrain.{module}", *arguments)


def believe_everything(path):
    """A tiny encoder is sure of nothing: without thresholds it takes something from any prompt."""
    part = json.loads(path.read_text())
    part["config"].update(threshold=0.0, threshold_near=0.0)
    path.write_text(json.dumps(part))


class WholeChainTest(unittest.TestCase):
    def test_from_data_to_video(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            parts = folder / "run"
            data, held_out = folder / "data", folder / "held_out"
            for out, seed in ((data, 1000), (held_out, 500000)):
                stage("painter_data", "--tiny", "--worlds", "4", "--first-seed", seed, "--out", out, "--processes", "1")
            stage("painter_train", "--tiny", "--data", data, "--held-out", held_out, "--out", parts)
            for network in ("text_train", "look_train", "prior_train", "upsampler_train"):
                stage(network, "--tiny", "--out", parts)
            believe_everything(parts / "text.json")
            model = folder / "model"
            run(sys.executable, "training/export.py", "--from", parts, "--to", model)
            self.assertTrue((model / "config.json").exists())
            if not PROGRAM.exists():
                self.skipTest(f"trained and exported; {PROGRAM} has not been built, so no video was made of it")
            report = json.loads(run(PROGRAM, "bench", "--quick", "--size", "320x192", "--model", model, "--json"))
            self.assertEqual((report["width"], report["height"]), (320, 192))
            self.assertGreater(report["frames"], 0)
            understood = json.loads(run(PROGRAM, "understand", "--prompt", "a desert", "--model", model, "--json"))
            self.assertIn("understood", understood)


if __name__ == "__main__":
    unittest.main()
