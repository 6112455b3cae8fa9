"""Loads a server for a long time and watches whether it grows.

    soak.py PROGRAM MODEL_DIR [--seconds 600] [--cycles 1000]

Clients come and go over WebSockets: they steer, change the prompt, and half of them vanish without a goodbye. A
table shows resident memory and open descriptors of the server; the verdict compares the idle server after the
first tenth with the idle server at the end. Exits with 1 if the server grew, lost a session's place or did not end well.
"""
import argparse
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "server"))
import client  # noqa: E402

PROMPTS = ("snowy mountains at dusk", "a desert at night", "islands at dawn", "a forest in autumn")
GROWTH_BYTES = 48 << 20
GROWTH_DESCRIPTORS = 8


def cycle(server, rng, number):
    """One client's life. True if there was room for it."""
    body = {"prompt": PROMPTS[number % len(PROMPTS)], "size": "320x192", "seed": number}
    answer = server.request("POST", "/v1/sessions", body)
    if answer.status != 201:
        return False
    session = answer.json
    control = server.websocket(session["control_url"], session["token"])
    video = server.websocket(session["video_url"], session["token"])
    for _ in range(rng.randrange(1, 8)):
        video.picture()
        control.say("move", forward=rng.uniform(-1, 1), yaw=rng.uniform(-1, 1))
    control.say("prompt", text=rng.choice(PROMPTS), transition=0)
    video.picture()
    video.connection.close()
    control.connection.close()
    if rng.random() < 0.5:
        server.request("DELETE", "/v1/sessions/" + session["id"], key=session["token"])
    return True  # the others are gone without a word: the idle limit ends their session


def measure(server, begun, cycles, turned_away):
    memory = int(server.metric("process_resident_memory_bytes"))
    files = int(server.metric("process_open_fds"))
    sessions = int(server.metric("vitascope_sessions"))
    print(f"{time.monotonic() - begun:9.0f} {cycles:8} {turned_away:12} {sessions:9} {memory / 2**20:8.1f} {files:6}",
          flush=True)
    return memory, files


def load(server, seconds, cycles_max):
    """What the server held when it was idle again, and the number of clients that were served."""
    rng, begun, cycles, turned_away, next_look = random.Random(cycles_max), time.monotonic(), 0, 0, 0.0
    print(f"{'seconds':>9} {'cycles':>8} {'turned away':>12} {'sessions':>9} {'MiB':>8} {'files':>6}")
    while time.monotonic() - begun < seconds and cycles < cycles_max:
        if cycle(server, rng, cycles):
            cycles += 1
        else:
            turned_away += 1
            time.sleep(0.2)
        if time.monotonic() - begun >= next_look:
            measure(server, begun, cycles, turned_away)
            next_look += max(2.0, seconds / 60)
    deadline = time.monotonic() + 30
    while server.metric("vitascope_sessions") > 0 and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(2)  # the figures are a second old at most
    return measure(server, begun, cycles, turned_away), cycles


def verdict(server, before, after, cycles):
    faults = []
    if after[0] > before[0] + GROWTH_BYTES:
        faults.append(f"memory grew by {(after[0] - before[0]) / 2**20:.1f} MiB")
    if after[1] > before[1] + GROWTH_DESCRIPTORS:
        faults.append(f"{after[1] - before[1]} more files are open")
    if server.metric("vitascope_sessions") > 0:
        faults.append("a session that nobody watches has not ended")
    if cycles == 0:
        faults.append("no client was served")
    code, seconds = server.stop()
    if code != 0 or seconds > 10:
        faults.append(f"the end took {seconds:.1f} s and gave the code {code}")
    print("verdict:", "; ".join(faults) if faults else f"steady over {cycles} clients")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--cycles", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vita-soak-") as folder:
        server = client.Server(arguments.program, arguments.model, folder, "--idle-timeout", "2", "--max-sessions", "4",
                               "--log-level", "error")
        try:
            before, _ = load(server, arguments.seconds / 10, max(4, arguments.cycles // 10))
            after, cycles = load(server, arguments.seconds, arguments.cycles)
            return verdict(server, before, after, cycles)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
