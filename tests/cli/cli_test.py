"""Runs the program as its users do and checks files, messages and exit codes.

    cli_test.py PROGRAM MODEL_DIR [unittest arguments]

PROGRAM is the product, or the same commands over a model without weights. Exits with 77, which ctest shows as
skipped, when MODEL_DIR has no config.json.
"""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROMPT = "snow desert night"
SIZE = ["--size", "320x192"]


def probe(path):
    """Width, height and the number of frames that can be decoded."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-of", "json", "-show_entries",
         "stream=width,height,nb_read_frames", str(path)], capture_output=True, text=True, check=True)
    stream = json.loads(done.stdout)["streams"][0]
    return stream["width"], stream["height"], int(stream["nb_read_frames"])


def frame_hashes(path):
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-f", "framemd5", "-"],
                          capture_output=True, text=True, check=True)
    return re.findall(r"\b[0-9a-f]{32}\b", done.stdout)


class CliTest(unittest.TestCase):
    program = model = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vita-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.out = self.folder / "out.mp4"

    def run_program(self, *words, env=None, **options):
        environment = dict(os.environ, VITA_MODEL_DIR=str(self.model), **(env or {}))
        return subprocess.run([self.program, *words], capture_output=True, env=environment, timeout=120,
                              check=False, **options)

    def generate(self, *words, prompt=PROMPT, **options):
        return self.run_program("generate", "--prompt", prompt, "--seconds", "0.5", *SIZE, "-o", str(self.out),
                                *words, **options)

    def generate_json(self, *words, **options):
        done = self.generate("--json", *words, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def assert_refused(self, done, *expected, code=2):
        message = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, message)
        self.assertIn("vitascope: error: ", message)
        for words in expected:
            self.assertIn(words, message)
        self.assertEqual(sorted(os.listdir(self.folder)), self.kept, "a file was left behind")

    kept = []


class Generate(CliTest):
    def test_makes_any_even_size(self):
        for size in ("322x190", "160x98", "1282x722"):
            with self.subTest(size=size):
                report = self.generate_json("--size", size, "--seconds", "0.1")
                self.assertEqual(probe(self.out)[:2], tuple(int(n) for n in size.split("x")))
                self.assertEqual(f'{report["width"]}x{report["height"]}', size)

    def test_writes_the_video_and_says_what_it_made(self):
        report = self.generate_json()
        self.assertEqual(probe(self.out), (320, 192, 12))
        self.assertEqual([report["frames"], report["width"], report["height"]], [12, 320, 192])
        self.assertEqual(report["path"], str(self.out))
        self.assertGreater(report["fps"], 0)
        self.assertGreater(report["ttff_ms"], 0)
        self.assertGreaterEqual(report["cold_start_ms"], report["ttff_ms"])
        self.assertLess(report["cold_start_ms"], 60000)
        self.assertFalse(report["interrupted"])
        self.assertTrue(report["understood"])
        self.assertEqual(set(report["stages_core_ms"]), {"projector", "painter", "paint_total", "advance", "encode"})
        self.assertEqual(os.listdir(self.folder), ["out.mp4"])

    def test_tells_a_person_what_happens(self):
        done = self.generate("--seconds", "1", prompt="snow desert florble")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = done.stdout.decode()
        self.assertIn("understood: ", text)
        self.assertIn("florble", text.split("ignored:")[1])
        self.assertIn("24 frames of 320x192", text)
        self.assertIn(str(self.out), text)
        self.assertIn("24/24 frames", done.stderr.decode())

    def test_the_same_request_makes_the_same_frames(self):
        hashes = []
        for seed in ("7", "7", "8"):
            self.generate_json("--threads", "2", "--seed", seed)
            hashes.append(frame_hashes(self.out))
        self.assertEqual(len(hashes[0]), 12)
        self.assertEqual(hashes[0], hashes[1])
        self.assertNotEqual(hashes[0], hashes[2])

    def test_a_log_makes_the_same_frames_again(self):
        script, log, again = (self.folder / name for name in ("script.json", "made.log", "again.mp4"))
        script.write_text(json.dumps({"version": 1, "events": [
            {"t": 0.1, "prompt": "desert night"}, {"t": 0.2, "move": {"forward": 0.37}},
            {"t": 0.3, "event": {"name": "rain", "value": 0.6}}]}))
        self.generate_json("--threads", "2", "--seed", "5", "--script", str(script), "--log", str(log), "--tier", "half")
        hashes = []
        for _ in range(2):
            done = self.run_program("replay", str(log), "-o", str(again), "--hash", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            report = json.loads(done.stdout)
            self.assertEqual([report["frames"], report["last_frame"], report["cut"]], [12, 11, False])
            hashes.append(report["frames_sha256"])
            self.assertEqual(frame_hashes(again), frame_hashes(self.out))
        self.assertEqual(hashes[0], hashes[1])
        text = log.read_text()
        log.write_text(text.replace("0.37", "0.9"))
        other = self.run_program("replay", str(log), "--hash", "--json")
        self.assertNotEqual(json.loads(other.stdout)["frames_sha256"], hashes[0])
        header = json.loads(text.splitlines()[0])
        log.write_text(text.replace(header["weights"], "0123"))
        done = self.run_program("replay", str(log), "--hash")
        self.assertEqual(done.returncode, 2)
        self.assertIn("found weights 0123, expected", done.stderr.decode())

    def test_the_number_of_threads_does_not_show(self):
        self.generate_json("--threads", "1")
        one = self.folder / "one.mp4"
        self.out.rename(one)
        self.generate_json("--threads", "3")
        done = subprocess.run(["ffmpeg", "-v", "info", "-i", str(one), "-i", str(self.out), "-lavfi", "psnr",
                               "-f", "null", "-"], capture_output=True, text=True, check=True)
        found = re.search(r"PSNR .* min:(\S+)", done.stderr).group(1)
        self.assertGreater(float(found), 50)  # sums in another order may round a level up or down

    def test_a_script_changes_the_video_from_its_time_on(self):
        self.generate_json()
        plain = frame_hashes(self.out)
        script = self.folder / "script.json"
        script.write_text(json.dumps({"version": 1, "events": [
            {"t": 0.25, "camera": {"x": 40, "z": 30, "y": 20, "yaw": 2}}]}))
        self.generate_json("--script", str(script))
        changed = frame_hashes(self.out)
        self.assertEqual(plain[:6], changed[:6])
        self.assertNotEqual(plain[6], changed[6])

    def test_the_first_interrupt_ends_with_a_whole_file(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            words = [self.program, "generate", "--prompt", PROMPT, *SIZE, "--seconds", "3600", "-o", str(self.out)]
            running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=dict(os.environ, VITA_MODEL_DIR=str(self.model)))
            running.stdout.readline()  # what was understood: the frames have begun
            time.sleep(0.5)
            running.send_signal(number)
            _, stderr = running.communicate(timeout=60)
            self.assertEqual(running.returncode, 130, stderr)
            self.assertGreater(probe(self.out)[2], 0)
            self.assertEqual(os.listdir(self.folder), ["out.mp4"])


class BadInput(CliTest):
    def test_prompts(self):
        cases = [("", "empty"), ("  \n", "empty"), ("a" * 10240, "10240 bytes"), (b"caf\xe9 snow", "not UTF-8"),
                 ("snow \x1b[31m", "control character 27"), ("xqzt bnrk vvpl", "nothing of the prompt was understood")]
        for prompt, expected in cases:
            with self.subTest(prompt=prompt[:20]):
                self.assert_refused(self.generate(prompt=prompt), expected)

    def test_sizes(self):
        cases = [("0x0", "nearest is 160x96"), ("1281x721", "1280x720 or 1282x722"), ("99999x99999", "1920x1088"),
                 ("abc", "expected WIDTHxHEIGHT"), ("1920x1081", "1920x1080 or 1920x1082"), ("-640x480", "160x"),
                 ("640x480x3", "expected WIDTHxHEIGHT"), ("", "TEXT missing"),
                 ("9999999999999x1", "expected WIDTHxHEIGHT")]
        for size, expected in cases:
            with self.subTest(size=size):
                self.assert_refused(self.generate("--size=" + size), "size", expected)

    def test_numbers(self):
        cases = [("--seconds=-1", "found -1 seconds"), ("--seconds=nan", "found nan seconds"),
                 ("--seconds=1e9", "found 1e+09 seconds"), ("--seconds=0", "found 0 seconds"),
                 ("--seconds=soon", "--seconds"), ("--fps=0", "found 0 frames a second"),
                 ("--fps=inf", "found inf frames"), ("--threads=-1", "found -1 threads"),
                 ("--threads=1000", "found 1000 threads"), ("--seed=-1", "--seed"), ("--bitrate=5", "5 kbit/s"),
                 ("--bitrate=-5", "-5 kbit/s")]
        for words, expected in cases:
            with self.subTest(words=words):
                self.assert_refused(self.generate(words), expected)

    def test_command_lines(self):
        for words in ([], ["fly"], ["generate"], ["generate", "--prompt", "snow"], ["understand"], ["bench", "--fast"]):
            with self.subTest(words=words):
                self.assert_refused(self.run_program(*words), "--help")

    def test_missing_models(self):
        empty = self.folder / "empty"
        for words, made, expected in ((["--model", str(empty)], False, "is not a folder"),
                                      (["--model", str(empty)], True, "config.json")):
            with self.subTest(expected=expected):
                if made:
                    empty.mkdir()
                self.kept = ["empty"] if made else []
                self.assert_refused(self.generate(*words), str(empty), expected)

    def test_outputs(self):
        (self.folder / "folder.mp4").mkdir()
        self.kept = ["folder.mp4"]
        for name, expected in (("missing/a.mp4", "does not exist"), ("folder.mp4", "not a regular file"),
                               ("a.avi", "end the name with .mp4"), ("", "end the name with .mp4")):
            with self.subTest(name=name):
                self.out = self.folder / name
                self.assert_refused(self.generate(), "output ", expected)

    def test_an_unwritable_folder(self):
        if os.geteuid() == 0:
            self.out = pathlib.Path("/proc/out.mp4")  # where not even root can make a file
        else:
            self.folder.chmod(0o500)
        self.assert_refused(self.generate(), "cannot create")

    def test_a_file_that_may_not_grow(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
        self.assert_refused(self.generate("--seconds=60", preexec_fn=limit), "output ", "File too large")

    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False,
                                 capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("mounting a small file system is not allowed here")
        try:
            self.out = disk / "out.mp4"
            self.kept = ["disk"]
            self.assert_refused(self.generate("--seconds=60"), "output ", "the disk is full")
            self.assertEqual(os.listdir(disk), [])
        finally:
            subprocess.run(["umount", str(disk)], check=True)

    def test_scripts(self):
        script = self.folder / "script.json"
        self.kept = ["script.json"]
        for text, expected in (("{", "expected JSON"), ('{"version":1,"events":[{"t":-2,"prompt":"snow"}]}', "event 1"),
                               ('{"version":1,"events":[{"t":0,"jump":1}]}', "event 1: found 0 actions")):
            with self.subTest(text=text):
                script.write_text(text)
                self.assert_refused(self.generate("--script", str(script)), "script.json", expected)
        self.assert_refused(self.generate("--script", str(self.folder / "none.json")), "none.json", "cannot be opened")


class Understand(CliTest):
    def test_json(self):
        done = self.run_program("understand", "--prompt", "snow florble", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        self.assertTrue(result["understood"])
        self.assertEqual(result["ignored"], ["florble"])

    def test_nonsense_is_an_answer_here(self):
        done = self.run_program("understand", "--prompt", "xqzt", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["understood"], {})

    def test_refusals(self):
        self.assert_refused(self.run_program("understand", "--prompt", ""), "empty")
        self.assert_refused(self.run_program("understand", "--prompt", b"\xff"), "not UTF-8")


class Bench(CliTest):
    def test_quick(self):
        done = self.run_program("bench", "--quick", "--json", *SIZE)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        for name in ("first_frame_cold_ms", "first_frame_warm_ms"):
            times = report[name]
            self.assertGreater(times["count"], 1)
            self.assertGreater(times["p50"], 0)
            self.assertLessEqual(times["p50"], times["p95"])
            self.assertLessEqual(times["p95"], times["p99"])
        self.assertLess(report["first_frame_warm_ms"]["p50"], report["first_frame_cold_ms"]["p50"])
        self.assertGreater(report["fps"], 0)
        self.assertGreater(report["peak_memory_mib"], 1)
        self.assertTrue(report["machine"]["cpu"])
        self.assertTrue(report["quick"])

    def test_sessions_in_step_with_the_clock(self):
        done = self.run_program("bench", "--sessions", "2", "--minutes", "0.03", "--threads", "1", "--json", *SIZE)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(len(report["sessions"]), 2)
        for session in report["sessions"]:
            self.assertGreater(session["frames"], 10)
            self.assertGreater(session["control_to_encoded_ms"]["count"], 0)
            self.assertGreater(session["control_to_encoded_ms"]["p50"], 0)
            self.assertEqual(sum(session["tier_frames"].values()) >= session["frames"], True)
            self.assertIn(session["tier"], ("full", "three_quarters", "half"))
        done = self.run_program("bench", "--minutes", "0.01", "--tier", "half", "--json", *SIZE)
        tiers = json.loads(done.stdout)["sessions"][0]["tier_frames"]
        self.assertEqual([tiers["full"], tiers["three_quarters"]], [0, 0])
        self.assert_refused(self.run_program("bench", "--sessions", "17"), "--sessions")

    def test_table(self):
        done = self.run_program("bench", "--quick", *SIZE)
        self.assertEqual(done.returncode, 0, done.stderr)
        for row in ("sustained", "first frame, cold", "first frame, warm", "projector", "painter", "encode"):
            self.assertIn(row, done.stdout.decode())


class Help(CliTest):
    def test_every_command_has_help(self):
        for words in (["--help"], ["generate", "--help"], ["bench", "--help"], ["understand", "--help"], ["--version"]):
            done = self.run_program(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.strip())


def main():
    CliTest.program, model = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (model / "config.json").is_file():
        print(f"skipped: no model in {model}")
        return 77
    CliTest.model = model.resolve()
    result = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], exit=False, verbosity=2).result
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
