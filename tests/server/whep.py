"""A WebRTC viewer of a session: the program whep_viewer with the HTTP part in front of it."""
import json
import subprocess
import threading
import time


class WhepViewer:
    """Connects at construction. `units` are (key, bytes, RTP time), `messages` are decoded."""

    def __init__(self, program, server, session, token=None):
        self.server, self.token = server, token or session["token"]
        self.units, self.messages, self.open, self.closed = [], [], False, False
        self.changed = threading.Condition()
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        offer = json.loads(self.process.stdout.readline())["offer"]
        self.answer = server.request("POST", session["whep_url"], offer, key=self.token,
                                     headers={"Content-Type": "application/sdp"})
        if self.answer.status != 201:
            self.vanish()
            raise RuntimeError(f"no answer: {self.answer.status} {self.answer.body!r}")
        self.url = self.answer.headers["Location"]
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.command(answer=self.answer.body.decode())

    def command(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def read(self):
        for line in self.process.stdout:
            what = json.loads(line)
            with self.changed:
                self.open = self.open or "open" in what
                if "message" in what:
                    self.messages.append(json.loads(what["message"]))
                if "unit" in what:
                    self.units.append((what["unit"]["key"], what["unit"]["bytes"], what["unit"]["rtp"]))
                self.changed.notify_all()

    def wait(self, what, seconds=30):
        """Waits until `what` returns something that is true, and returns it."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not (found := what()):
                if not self.changed.wait(max(0, deadline - time.monotonic())):
                    raise AssertionError(f"found {len(self.units)} pictures and the messages {self.messages[-5:]}")
            return found

    def say(self, kind, **keys):
        self.wait(lambda: self.open)
        self.command(say=json.dumps({"v": 1, "type": kind, **keys}))

    def hear(self, *kinds, **keys):
        """The first message of one of these types, with these values, that was not heard yet."""
        def look():
            for number, message in enumerate(self.messages):
                if message["type"] in kinds and all(message.get(k) == v for k, v in keys.items()):
                    del self.messages[:number + 1]
                    return message
            return None
        return self.wait(look)

    def hang_up(self):
        return self.server.request("DELETE", self.url, key=self.token)

    def vanish(self):
        """Without a word, as a machine that loses its power."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        if hasattr(self, "reader"):
            self.reader.join()
        self.process.stdout.close()
