"""check_layers.py must refuse forbidden includes and accept allowed ones, in a small tree made for the purpose."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_layers  # noqa: E402

TREE = {
    "src/core/CMakeLists.txt": "vita_room(core SOURCES a.cc)",
    "src/core/error.h": "",
    "src/weights/CMakeLists.txt": "vita_room(weights SOURCES a.cc\n  DEPENDS core  # readers\n  LIBRARIES x)",
    "src/weights/file.h": '#include "core/error.h"\n#include <vector>\n',
    "src/backend/CMakeLists.txt": "vita_room(backend SOURCES a.cc ISA_SOURCES b.cc DEPENDS core)",
    "src/backend/ops.h": '#include "core/error.h"\n',
    "src/nn/CMakeLists.txt": "vita_room(nn SOURCES a.cc DEPENDS backend weights)",
    "src/nn/linear.cc": '#include "backend/ops.h"\n#include "core/error.h"\n',
    "src/stream/CMakeLists.txt": "vita_room(stream SOURCES a.cc DEPENDS core)",
    "src/stream/session.cc": '#include "core/error.h"\n#include "vita/engine.h"\n',
    "include/vita/engine.h": '#include "vita/error.h"\n',
    "include/vita/error.h": "",
    "training/renderer/CMakeLists.txt": "vita_room(renderer SOURCES a.cc DEPENDS nn)",
    "training/renderer/terrain.h": '#include "nn/linear.h"\n',
    "src/nn/linear.h": "",
    "tests/nn/cases.h": "",
    "bench/nn/linear_bench.cc": '#include "nn/cases.h"\n',
    "tests/nn/linear_test.cc": '#include "nn/linear.h"\n#include "backend/ops.h"\n',
}


class CheckLayers(unittest.TestCase):
    def faults(self, **changes: str) -> list[str]:
        files = TREE | {name.replace("__", "/"): text for name, text in changes.pop("files", {}).items()}
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return check_layers.check(root)

    def assert_one(self, name: str, text: str, expected: str) -> None:
        faults = self.faults(files={name: text})
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(name, faults[0])
        self.assertIn(expected, faults[0])

    def test_allowed_includes_pass(self):
        self.assertEqual(self.faults(), [])

    def test_a_room_that_is_not_declared(self):
        self.assert_one("src/backend/bad.cc", '#include "weights/file.h"\n', "belongs to room weights")

    def test_from_below_to_above(self):
        self.assert_one("src/core/bad.h", '#  include <nn/linear.h>\n', "belongs to room nn")

    def test_stream_sees_only_core(self):
        self.assert_one("src/stream/bad.cc", '#include "nn/linear.h"\n', "belongs to room nn")
        self.assert_one("src/stream/CMakeLists.txt", "vita_room(stream SOURCES a.cc DEPENDS core backend)",
                        "depends on backend, expected only core")

    def test_nothing_includes_training(self):
        self.assert_one("src/nn/bad.cc", '#include "renderer/terrain.h"\n', "nothing outside training/")
        self.assert_one("tests/nn/bad.cc", '#include "training/renderer/terrain.h"\n', "nothing outside training/")

    def test_the_public_api_stands_alone(self):
        self.assert_one("include/vita/bad.h", '#include "core/error.h"\n', "belongs to room core")

    def test_apps_stand_on_the_engine(self):
        self.assert_one("apps/vitascope/bad.cc", '#include "nn/linear.h"\n', "belongs to room nn")

    def test_the_product_does_not_include_tests(self):
        self.assert_one("src/nn/bad.cc", '#include "nn/cases.h"\n', "tests/ may not be included from src/")

    def test_paths_that_leave_the_room(self):
        self.assert_one("src/nn/bad.cc", '#include "../backend/ops.h"\n', "without ..")

    def test_a_dependency_that_is_no_room(self):
        self.assert_one("src/nn/CMakeLists.txt", "vita_room(nn SOURCES a.cc DEPENDS backend weights magic)",
                        "magic")


if __name__ == "__main__":
    unittest.main()
