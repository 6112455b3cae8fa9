"""A bad network: a link between this network namespace and a new one, which delays and loses packets.

    lossy_link.py [--loss 0.03] [--delay 50] [--seed 1]

Two TUN interfaces, one in each namespace, and this program between them: each packet waits `delay` milliseconds (each
way) and is lost with the probability `loss`, by a generator with a seed. At most QUEUE packets wait in a direction;
more are dropped and counted. The first line on the standard output is {"here": address, "there": address, "pid": n};
`/proc/PID/ns/net` is the new namespace. Lines of JSON on the standard input change `loss` and `delay`; each is answered
by the counts so far. Namespace and link go when the input ends. Needs root (CAP_NET_ADMIN and CAP_SYS_ADMIN).
"""
import argparse
import collections
import ctypes
import fcntl
import json
import os
import random
import selectors
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
SIOCSIFADDR, SIOCSIFNETMASK, SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8916, 0x891C, 0x8913, 0x8914, 1
PACKET_BYTES = 65536
QUEUE = 2000


def kernel(call, *words):
    """One of libc's calls by name, which Python 3.12 has as os.unshare and os.setns."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, call)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def enter(pid):
    """Moves the calling thread, and what it starts from then on, into the network namespace of a process."""
    with open(f"/proc/{pid}/ns/net", "rb") as namespace:
        kernel("setns", namespace.fileno(), CLONE_NEWNET)


def set_up(name, address=None):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        if address:
            for request, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.255.252")):
                inet = struct.pack("<HH4s8x", socket.AF_INET, 0, socket.inet_aton(value))
                fcntl.ioctl(any_socket, request, struct.pack("16s16s8x", name, inet))
        flags, = struct.unpack("H", fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16s24x", name))[16:18])
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", name, flags | IFF_UP))


def open_tun(address):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    named = fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"vitalink%d", IFF_TUN | IFF_NO_PI))
    set_up(named[:16], address)
    return tun


class Direction:
    """Packets on their way from one interface to the other."""

    def __init__(self, source, sink, seed):
        self.source, self.sink, self.rng = source, sink, random.Random(seed)
        self.waiting = collections.deque()
        self.counts = {"carried": 0, "lost": 0, "overflowed": 0}

    def take(self, loss, delay_s):
        while True:
            try:
                packet = os.read(self.source, PACKET_BYTES)
            except BlockingIOError:
                return
            if self.rng.random() < loss:
                self.counts["lost"] += 1
            elif len(self.waiting) >= QUEUE:
                self.counts["overflowed"] += 1
            else:
                self.waiting.append((time.monotonic() + delay_s, packet))

    def deliver(self):
        """Hands on what is due; the time until the next packet is, None if none waits."""
        while self.waiting:
            left = self.waiting[0][0] - time.monotonic()
            if left > 0:
                return left
            try:
                os.write(self.sink, self.waiting.popleft()[1])
                self.counts["carried"] += 1
            except OSError:  # no room in the interface
                self.counts["overflowed"] += 1
        return None


def obey(options, directions):
    """False at the end of the input."""
    line = sys.stdin.readline()
    if not line:
        return False
    options.update(json.loads(line))
    sums = collections.Counter()
    for direction in directions:
        sums.update(direction.counts)
    print(json.dumps(dict(sums)), flush=True)
    return True


def run(here, there, options):
    directions = Direction(here, there, options["seed"]), Direction(there, here, options["seed"] + 1)
    selector = selectors.DefaultSelector()
    for direction in directions:
        selector.register(direction.source, selectors.EVENT_READ, direction)
    selector.register(sys.stdin, selectors.EVENT_READ)
    wait = None
    while True:
        for key, _ in selector.select(wait):
            if key.data:
                key.data.take(options["loss"], options["delay"] / 1e3)
            elif not obey(options, directions):
                return
        waits = [left for left in (direction.deliver() for direction in directions) if left is not None]
        wait = min(waits) if waits else None


class Link:
    """The program above, started; its namespace is there until close()."""

    def __init__(self, loss, delay_ms, seed):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--loss", str(loss), "--delay", str(delay_ms), "--seed", str(seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            problem = self.process.communicate()[1].strip()
            raise OSError(f"no lossy network: {problem}")
        self.address = json.loads(line)["here"]

    def enter(self):
        enter(self.process.pid)

    def change(self, **what):
        """Sets `loss` or `delay`; how many packets were carried, lost and dropped so far."""
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.communicate()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loss", type=float, default=0.03)
    parser.add_argument("--delay", type=float, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = vars(parser.parse_args())
    network = f"10.199.{os.getpid() % 254 + 1}."
    try:
        here = open_tun(network + "1")
        kernel("unshare", CLONE_NEWNET)
        there = open_tun(network + "2")
        set_up(b"lo")
    except OSError as error:
        print(f"{error} (a network namespace and /dev/net/tun are needed, so run as root)", file=sys.stderr)
        return 1
    print(json.dumps({"here": network + "1", "there": network + "2", "pid": os.getpid()}), flush=True)
    run(here, there, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
