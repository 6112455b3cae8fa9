import os
import tempfile
import unittest

import numpy as np
import torch

from vitatrain import safetensors_io


class SafetensorsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "a.safetensors")

    def tearDown(self):
        self.folder.cleanup()

    def test_round_trip(self):
        tensors = {"b.weight": torch.arange(6.).reshape(2, 3), "a": np.float32(3), "ids": np.arange(4, dtype=np.int32),
                   "t": np.arange(6, dtype=np.float32).reshape(2, 3).T}
        safetensors_io.write(self.path, tensors, {"made_by": "test"})
        back = safetensors_io.read(self.path)
        self.assertEqual(set(back), set(tensors))
        for name, value in tensors.items():
            np.testing.assert_array_equal(back[name], np.asarray(value))
        self.assertEqual(back["a"].shape, ())

    def test_refuses_damage(self):
        safetensors_io.write(self.path, {"a": np.zeros(100, np.float32)})
        with open(self.path, "rb") as file:
            data = file.read()
        for cut in (4, 20, len(data) - 1):
            with open(self.path, "wb") as file:
                file.write(data[:cut])
            with self.assertRaises(ValueError):
                safetensors_io.read(self.path)

    def test_refuses_strange_types(self):
        with self.assertRaises(ValueError):
            safetensors_io.write(self.path, {"a": np.zeros(2, np.complex64)})


if __name__ == "__main__":
    unittest.main()
