"""check_regression.py must find a kernel that has become slower, and nothing else."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_regression  # noqa: E402

CASES = {"peak: f32": (0.3, 1), "integers: whole frame": (12, 0), "f32: shade and trunk": (45, 0.5), "integers: shade": (8, 0.8),
         "integers: stem": (1.7, 0.95), "integers: refine": (1.7, 0.95), "oneDNN int8: stem": (2.4, 0.7),
         "enlarge three quarters": (0.5, 0.3)}
TIER = {"projector_core_ms": 4, "painter_core_ms": 4}


def reports(**changed):
    cases = [{"name": name, "best_core_ms": changed.get(name, ms), "share": share} for name, (ms, share) in CASES.items()]
    return {"painter": {"isa": "test", "cases": cases},
            "projector": [{"scene": "hills", "plain_ms": 1, "ms": 1}, {"scene": "mean", "plain_ms": 20, "ms": 10}],
            "tiers": {"full": {"projector_core_ms": 12, "painter_core_ms": 12}, "half": TIER}}


class CheckRegression(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.baseline = self.folder / "baseline.json"

    def run_check(self, found, *words):
        for name, report in found.items():
            (self.folder / f"{name}.json").write_text(json.dumps(report))
        self.text = io.StringIO()
        with contextlib.redirect_stdout(self.text), contextlib.redirect_stderr(self.text):
            return check_regression.main(["--reports", str(self.folder), "--baseline", str(self.baseline), *words])

    def test_as_fast_as_before(self):
        self.assertEqual(self.run_check(reports()), 2)  # nothing to compare with
        self.assertIn("no baseline for test", self.text.getvalue())
        self.assertEqual(self.run_check(reports(), "--update"), 0)
        self.assertEqual(self.run_check(reports()), 0)
        self.assertNotIn("SLOWER", self.text.getvalue())

    def test_a_slower_machine_is_no_regression(self):
        self.run_check(reports(), "--update")
        slower = {name: ms * 1.6 for name, (ms, _) in CASES.items()}
        self.assertEqual(self.run_check(reports(**slower)), 0, self.text.getvalue())

    def test_a_slower_kernel_is(self):
        self.run_check(reports(), "--update")
        self.assertEqual(self.run_check(reports(**{"integers: whole frame": 12 * 1.3})), 1)
        lines = [line for line in self.text.getvalue().splitlines() if "SLOWER" in line]
        self.assertEqual([line.split("  ")[0] for line in lines], ["painter / FMA loop", "painter in integers / in floats"])

    def test_a_ratio_that_is_gone_counts_as_slower(self):
        rows = check_regression.compare({}, {"some ratio": 2})
        self.assertFalse(rows[0][-1])

    def test_reports_that_are_broken(self):
        broken = reports()
        broken["painter"]["cases"] = []
        self.assertEqual(self.run_check(broken), 2)
        self.assertIn("no figures", self.text.getvalue())


if __name__ == "__main__":
    unittest.main()
