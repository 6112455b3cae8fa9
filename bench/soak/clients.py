"""Clients of a server under load: each lives once, steers, changes the prompt and goes, well or not."""
import collections
import contextlib
import pathlib
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "server"))
import whep  # noqa: E402

PROMPTS = ("snowy mountains at dusk", "a desert at night", "a desert in the snow", "a snowy night")
GOODBYES = ("ends the session", "hangs up", "vanishes")
STEADY_S = 600  # a viewer of the lasting session keeps all that it sees, so it is replaced now and then
KEPT_TEXTS = 20
FAILURES = (OSError, EOFError, AssertionError, RuntimeError, ValueError, KeyError)


class Tally:
    """What the clients of all threads have seen. `gone` has the time at which each session lost its client."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts, self.errors = collections.Counter(), collections.Counter()
        self.texts, self.gone, self.rates = [], {}, []

    def add(self, name):
        with self.lock:
            self.counts[name] += 1

    def error(self, error, where):
        """`where` says what the client was doing."""
        text = f"{where}: {type(error).__name__}: {str(error)[:300]}"
        print(text, file=sys.stderr, flush=True)
        with self.lock:
            self.errors[f"{where}: {type(error).__name__}"] += 1
            if len(self.texts) < KEPT_TEXTS:
                self.texts.append(text)

    def left(self, session):
        with self.lock:
            self.gone[session] = time.monotonic()


def steer(say, rng):
    say("move", forward=rng.uniform(-1, 1), yaw=rng.uniform(-1, 1))


def live_over_webrtc(server, session, viewer_program, rng, goodbye):
    viewer = whep.WhepViewer(viewer_program, server, session)
    try:
        viewer.hear("hello")
        viewer.wait(lambda: viewer.units)
        for _ in range(rng.randrange(1, 5)):
            steer(viewer.say, rng)
        viewer.say("prompt", id="p", text=rng.choice(PROMPTS), transition=0)
        shown = viewer.hear("receipt", id="p")["pts_us"] * 9 // 100
        viewer.wait(lambda: viewer.units[-1][2] >= shown)
        if goodbye == "hangs up":
            viewer.hang_up()
    finally:
        viewer.vanish()  # SIGKILL


def live_over_websockets(server, session, rng, goodbye):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(server.websocket(session[url], session["token"]))
                   for url in ("control_url", "video_url")]
        control, video = sockets
        for _ in range(rng.randrange(1, 8)):
            video.picture()
            steer(control.say, rng)
        control.say("prompt", id="p", text=rng.choice(PROMPTS), transition=0)
        frame = control.hear("receipt", id="p")["frame"]
        while video.picture()[2] < frame:
            pass
        if goodbye == "vanishes":  # closing resets the connection
            for one in sockets:
                one.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Crowd:
    """Threads whose clients come and go until `cycles` were served or the time is over."""

    def __init__(self, server, options, link, tally):
        self.server, self.options, self.link, self.tally = server, options, link, tally
        self.over = threading.Event()
        self.threads, self.begun, self.cycles_max = [], 0, 0

    def start(self, cycles_max):
        self.over.clear()
        self.begun, self.cycles_max = 0, cycles_max
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(self.options.clients)]
        if self.options.viewer:
            self.threads.append(threading.Thread(target=self.steady))
        for thread in self.threads:
            thread.start()

    def finished(self):
        return not any(thread.is_alive() for thread in self.threads[:self.options.clients])

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def next_number(self):
        with self.tally.lock:
            if self.over.is_set() or self.begun >= self.cycles_max:
                return None
            self.begun += 1
            return self.begun

    def run(self, thread):
        if self.link:
            self.link.enter()
        while (number := self.next_number()) is not None:
            rng = random.Random(self.options.seed * 1_000_003 + thread * 100_003 + number)
            try:
                self.cycle(rng)
            except FAILURES as error:
                self.tally.error(error, "client")
            self.over.wait(self.options.pause)

    def create(self, rng):
        """A new session; None when the load is over before there was room for one."""
        body = {"prompt": rng.choice(PROMPTS), "size": self.options.size, "fps": self.options.fps,
                "seed": rng.randrange(1 << 30)}
        while not self.over.is_set():
            answer = self.server.request("POST", "/v1/sessions", body)
            if answer.status == 201:
                return answer.json
            if answer.status != 503:
                raise RuntimeError(f"no session: {answer.status} {answer.body!r}")
            self.tally.add("turned away")
            self.over.wait(0.5)
        return None

    def cycle(self, rng):
        session = self.create(rng)
        if not session:
            return
        goodbye = rng.choice(GOODBYES)
        webrtc = self.options.viewer and rng.random() < 0.7
        try:
            if webrtc:
                live_over_webrtc(self.server, session, self.options.viewer, rng, goodbye)
            else:
                live_over_websockets(self.server, session, rng, goodbye)
            if goodbye == "ends the session":
                self.server.request("DELETE", "/v1/sessions/" + session["id"], key=session["token"])
            self.tally.add("over WebRTC" if webrtc else "over WebSockets")
            self.tally.add(goodbye)
        finally:
            self.tally.left(session["id"])

    def steady(self):
        """One session that lasts; its viewers note the bit rate."""
        if self.link:
            self.link.enter()
        session = None
        while not self.over.is_set():
            try:
                session = session or self.create(random.Random(self.options.seed))
                if session:
                    self.watch(session)
            except FAILURES as error:
                self.tally.error(error, "lasting session")
                self.over.wait(1)
        if session:
            self.tally.left(session["id"])

    def watch(self, session):
        token = self.server.request("POST", f"/v1/sessions/{session['id']}/token").json["token"]
        viewer = whep.WhepViewer(self.options.viewer, self.server, session, token)
        try:
            viewer.say("autopilot", on=True)
            until, counted = time.monotonic() + STEADY_S, 0
            while not self.over.is_set() and time.monotonic() < until:
                stats = viewer.hear("stats")
                with viewer.changed:
                    units, counted = viewer.units[counted:], len(viewer.units)
                self.tally.rates.append((time.monotonic(), stats["bitrate_kbps"], len(units),
                                         sum(size for _, size, _ in units) * 8 / 1e3))
        finally:
            viewer.vanish()
