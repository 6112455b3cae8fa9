"""Loads a server for a long time and watches whether it grows.

    soak.py PROGRAM MODEL_DIR [--viewer WHEP_VIEWER] [--minutes 10 | --cycles 1000] [--loss 0,0.03,0.05 --delay 50]

Clients come and go over WebRTC (with --viewer, the program tests/server/whep_viewer of the build) and over WebSockets:
they steer, change the prompt and leave: some end their session, some hang up, some are killed. One session lasts; it
shows how the bit rate follows the network. With --loss or --delay all of them live in a network namespace of their own
behind lossy_link.py (root); the losses take turns. The verdict looks at memory and descriptors (idle server after the
first tenth and at the end, and the slope between), at sessions that outlive their clients, errors, bit rate and the
end. Exits with 0, with 1 if something is wrong, with 2 if it could not be run as asked.
"""
import argparse
import collections
import importlib.util
import json
import os
import pathlib
import re
import sys
import tempfile
import time

import clients
import lossy_link
import report

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "server"))
import client  # noqa: E402

IDLE_S = 10  # a client whose first packets are lost needs some seconds from its session to its picture
STUCK_S = 75  # beyond this a session without a client is stuck: WebRTC notices a lost viewer after 30 s at most
LAST_MINUTES = 24 * 60
CRITICAL = re.compile(r"CRITICAL|Sanitizer|runtime error|level=error")
WARNING = re.compile(r"WARNING \*\*: [\d:.]+: (.*)")  # GLib's: of the libraries, which see a bad network too


class Soak:
    def __init__(self, server, options, link):
        self.server, self.options, self.link = server, options, link
        self.tally = clients.Tally()
        self.crowd = clients.Crowd(server, options, link, self.tally)
        self.samples, self.phases, self.stuck = [], [], set()
        self.begun = time.monotonic()
        self.packets = {}

    def processor_s(self):
        fields = pathlib.Path(f"/proc/{self.server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def sample(self):
        process = pathlib.Path(f"/proc/{self.server.process.pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        open_sessions = {session["id"] for session in self.server.request("GET", "/v1/sessions").json["sessions"]}
        now = time.monotonic()
        with self.tally.lock:
            self.stuck |= {name for name in open_sessions if now - self.tally.gone.get(name, now) > STUCK_S}
        taken = {"seconds": round(now - self.begun, 1), "clients": self.served(),
                 "memory": int(status["VmRSS"].split()[0]) / 1024, "descriptors": len(os.listdir(process / "fd")),
                 "threads": int(status["Threads"]), "sessions": len(open_sessions),
                 "errors": sum(self.tally.errors.values())}
        print("{seconds:9.0f} {clients:8} {sessions:9} {memory:8.1f} {descriptors:6} {threads:8} {errors:7}".format(
            **taken), file=sys.stderr, flush=True)
        return taken

    def served(self):
        return sum(self.tally.counts[name] for name in clients.GOODBYES)

    def set_loss(self, loss):
        self.packets = self.link.change(loss=loss)
        self.phases.append((time.monotonic(), loss))

    def turn_loss(self, begun):
        """The losses take turns, each for `period` seconds."""
        if not self.link:
            return
        turn = int((time.monotonic() - begun) / self.options.period)
        loss = self.options.loss[turn % len(self.options.loss)]
        if not self.phases or self.phases[-1][1] != loss:
            self.set_loss(loss)

    def load(self, seconds, cycles):
        """What was measured under load."""
        begun, next_look, samples = time.monotonic(), 0.0, []
        self.crowd.start(cycles)
        try:
            while time.monotonic() - begun < seconds and not self.crowd.finished():
                self.turn_loss(begun)
                if time.monotonic() - begun >= next_look:
                    samples.append(self.sample())
                    next_look += max(2.0, min(seconds / 300, 30))
                time.sleep(0.2)
        finally:
            self.crowd.stop()
        return samples

    def idle(self):
        """Waits for all sessions to end; what the idle server holds."""
        deadline = time.monotonic() + STUCK_S + IDLE_S
        while self.server.metric("vitascope_sessions") > 0 and time.monotonic() < deadline:
            time.sleep(0.5)
        self.stuck |= {session["id"] for session in self.server.request("GET", "/v1/sessions").json["sessions"]}
        time.sleep(2)
        return self.sample()

    def run(self):
        print(f"{'seconds':>9} {'clients':>8} {'sessions':>9} {'MiB':>8} {'files':>6} {'threads':>8} {'errors':>7}",
              file=sys.stderr)
        seconds = (self.options.minutes or LAST_MINUTES) * 60
        cycles = self.options.cycles or sys.maxsize
        warm = self.load(seconds / 10, max(4, cycles // 10) if self.options.cycles else cycles)
        before, begun, used = self.idle(), time.monotonic(), self.processor_s()
        loaded = self.load(seconds * 0.9, cycles - self.served() if self.options.cycles else cycles)
        lasted, used = time.monotonic() - begun, self.processor_s() - used
        if self.link:
            self.set_loss(0)
        return self.result(before, self.idle(), warm, loaded, lasted, used)

    def result(self, before, after, warm, loaded, lasted, used):
        names = ("memory", "descriptors", "threads")
        return {
            "seconds": round(lasted, 1), "size": self.options.size, "fps": self.options.fps,
            "delay_ms": self.options.delay if self.link else 0,
            "clients": self.served(), "counts": dict(self.tally.counts), "errors": dict(self.tally.errors),
            "error_texts": self.tally.texts, "stuck": sorted(self.stuck),
            "idle_before": before, "idle_after": after,
            "growth": {name: report.growth(loaded, name) for name in names},
            "server_cores": used / lasted, "link": self.packets,
            "rates": report.rates_by_loss(self.phases or [(0, 0)], self.tally.rates),
            "phases": [{"seconds": round(at - self.begun, 1), "loss": loss} for at, loss in self.phases],
            "rate_samples": [{"seconds": round(at - self.begun, 1), "asked_kbps": asked, "received_kbps": round(got)}
                             for at, asked, _, got in self.tally.rates],
            "samples": [*warm, before, *loaded, after],
        }


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--viewer", help="the program whep_viewer; without it all clients use WebSockets")
    parser.add_argument("--minutes", type=float, help="10 if --cycles is not given either")
    parser.add_argument("--cycles", type=int, help="so many clients are served")
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--fps", type=float, default=24)
    parser.add_argument("--clients", type=int, default=2, help="that live at once")
    parser.add_argument("--pause", type=float, default=0, help="seconds between two clients")
    parser.add_argument("--loss", help="shares of packets, separated by commas; they take turns")
    parser.add_argument("--delay", type=float, help="milliseconds, each way")
    parser.add_argument("--period", type=float, default=60, help="seconds of one loss")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", help="a file for the result")
    parser.add_argument("--plot", help="a picture of it (python3-matplotlib)")
    options = parser.parse_args()
    options.network = options.loss is not None or options.delay is not None
    options.loss = [float(word) for word in (options.loss or "0").split(",")]
    options.delay = options.delay or 0
    if not all(0 <= loss < 1 for loss in options.loss):
        parser.error(f"--loss: found {options.loss}, expected shares from 0 to less than 1")
    if options.plot and not importlib.util.find_spec("matplotlib"):
        parser.error("--plot: this Python has no matplotlib (Debian: python3-matplotlib)")
    if not options.minutes and not options.cycles:
        options.minutes = 10
    return options


def soak(options, folder, link):
    server = client.Server(options.program, options.model, folder, "--idle-timeout", str(IDLE_S), "--max-sessions",
                           str(2 * options.clients + 2), "--log-level", "warning",
                           host=link.address if link else "127.0.0.1")
    try:
        result = Soak(server, options, link).run()
        result["end"] = server.stop()
    finally:
        server.stop()
    result["critical"] = [line for line in server.log().splitlines() if CRITICAL.search(line)][:20]
    result["warnings"] = dict(collections.Counter(WARNING.findall(server.log())).most_common(10))
    result["faults"] = report.faults(result)
    return result


def main():
    options, link = parse(), None
    if options.network:
        try:
            link = lossy_link.Link(options.loss[0], options.delay, options.seed)
        except OSError as error:
            print(f"soak: {error}; without --loss and --delay it runs anywhere", file=sys.stderr)
            return 2
    try:
        with tempfile.TemporaryDirectory(prefix="vita-soak-") as folder:
            result = soak(options, folder, link)
    finally:
        if link:
            link.close()
    report.write_text(result)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    if options.plot:
        report.draw(result, options.plot)
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
