"""The soak itself: its arithmetic, its bad network, and short runs of it.

    soak_test.py PROGRAM MODEL_DIR WHEP_VIEWER [unittest arguments]
"""
import copy
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOAK = pathlib.Path(__file__).resolve().parents[2] / "bench" / "soak"
sys.path.insert(0, str(SOAK))
import lossy_link  # noqa: E402
import report  # noqa: E402

IDLE = {"memory": 300.0, "descriptors": 13, "threads": 10}
GOOD = {"idle_before": IDLE, "idle_after": IDLE, "growth": {"memory": 3.0, "descriptors": -1.0, "threads": 0.0},
        "stuck": [], "clients": 100, "errors": {}, "critical": [], "end": (0, 1.0),
        "rates": [{"loss": 0, "asked_kbps": 900}, {"loss": 0.05, "asked_kbps": 300}]}


def samples(value):
    """Five minutes of samples of a value that is a function of the time."""
    return [{"seconds": second, "memory": value(second)} for second in range(0, 300, 2)]


class Report(unittest.TestCase):
    def test_growth_is_seen_through_peaks(self):
        def value(second):
            return 400 + 0.5 * second + (200 if second % 10 == 0 else 0)
        self.assertAlmostEqual(report.growth(samples(value), "memory"), 0.5 * 238, delta=2)

    def test_the_ramp_is_no_growth(self):
        self.assertEqual(report.growth(samples(lambda second: min(second, 50) * 10), "memory"), 0)
        self.assertIsNone(report.growth(samples(lambda second: second)[:32], "memory"))

    def test_rates_settle_first(self):
        phases = [(0, 0), (100, 0.05), (200, 0)]
        rates = [(second, 300 if 105 <= second < 205 else 900, 12, 100) for second in range(300)]
        rows = report.rates_by_loss(phases, rates)
        self.assertEqual([(row["loss"], row["asked_kbps"], row["seconds"]) for row in rows],
                         [(0, 900, 180), (0.05, 300, 90)])

    def test_verdict(self):
        self.assertEqual(report.faults(GOOD), [])
        for change, words in (
                ({"idle_after": {**IDLE, "memory": 360.0}}, "60.0 MiB more"),
                ({"idle_after": {**IDLE, "descriptors": 30}}, "17.0 descriptors more"),
                ({"growth": {**GOOD["growth"], "memory": 90.0}}, "grew by 90.0 MiB"),
                ({"stuck": ["s_1"]}, "outlived"), ({"clients": 0}, "no client"),
                ({"errors": {"EOFError": 3}}, "3 errors of 100"), ({"critical": ["level=error x"]}, "level=error x"),
                ({"rates": [{"loss": 0, "asked_kbps": 900}, {"loss": 0.05, "asked_kbps": 900}]}, "does not follow"),
                ({"end": (1, 1.0)}, "gave the code 1")):
            found = report.faults({**copy.deepcopy(GOOD), **change})
            self.assertEqual(len(found), 1, found)
            self.assertIn(words, found[0])


def link_or_skip(test, loss, delay_ms):
    try:
        link = lossy_link.Link(loss, delay_ms, seed=3)
    except OSError as error:
        test.skipTest(str(error))
    test.addCleanup(link.close)
    return link


class LossyLink(unittest.TestCase):
    def send_through(self, link, count):
        """How many of `count` datagrams arrive, and the seconds of a round trip."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
            here.bind((link.address, 0))
            here.settimeout(2)
            trip = []

            def there():
                link.enter()
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
                    far.settimeout(5)
                    for _ in range(count):
                        far.sendto(b"x", here.getsockname())
                        time.sleep(0.0005)
                    link.change(loss=0)
                    begun = time.monotonic()
                    far.sendto(b"end", here.getsockname())
                    far.recv(10)
                    trip.append(time.monotonic() - begun)

            thread = threading.Thread(target=there)
            thread.start()
            arrived = 0
            while (got := here.recvfrom(10))[0] != b"end":
                arrived += 1
            here.sendto(b"end", got[1])
            thread.join()
            return arrived, trip[0]

    def test_loses_and_delays(self):
        arrived, trip_s = self.send_through(link_or_skip(self, 0.2, 40), 1000)
        self.assertTrue(740 < arrived < 860, arrived)
        self.assertTrue(0.08 <= trip_s < 0.3, trip_s)

    def test_the_same_seed_loses_the_same(self):
        lost = [lossy_link.Direction(0, 0, 7).rng.random() for _ in range(2)]
        self.assertEqual(lost[0], lost[1])

    def test_without_loss_all_arrive(self):
        self.assertEqual(self.send_through(link_or_skip(self, 0, 0), 300)[0], 300)


class Soak(unittest.TestCase):
    def soak(self, *words):
        with tempfile.TemporaryDirectory(prefix="vita-soak-test-") as folder:
            file = pathlib.Path(folder, "soak.json")
            done = subprocess.run(
                [sys.executable, str(SOAK / "soak.py"), PROGRAM, MODEL, "--size", "160x96", "--json", str(file), *words],
                capture_output=True, text=True, timeout=280, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("verdict: steady", done.stdout)
            return json.loads(file.read_text())

    def test_clients_of_both_kinds_over_a_bad_network(self):
        link_or_skip(self, 0, 0)
        result = self.soak("--cycles", "12", "--viewer", VIEWER, "--loss", "0.03", "--delay", "20")
        self.assertGreater(result["link"]["lost"], 0)
        self.assertEqual([result["clients"], result["stuck"]], [12, []])
        for kind in ("over WebRTC", "over WebSockets", "vanishes"):
            self.assertGreater(result["counts"][kind], 0, kind)
        self.assertEqual(result["idle_after"]["sessions"], 0)
        self.assertTrue(result["rate_samples"], "the lasting session was watched")

    def test_websockets_alone_need_no_root(self):
        result = self.soak("--cycles", "6")
        self.assertEqual([result["clients"], result["errors"], result["link"]], [6, {}, {}])


if __name__ == "__main__":
    PROGRAM, MODEL, VIEWER = sys.argv[1:4]
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
