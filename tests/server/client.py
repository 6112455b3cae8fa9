"""A server to test and a client for it, of Python's standard library alone."""
import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import unittest

KEY = "test-key-0123456789abcdef"
SMALL = {"prompt": "snow desert", "size": "320x192", "seed": 7}
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Server:
    """The program, listening on a port of its own."""

    def __init__(self, program, model, folder, *words, key=KEY, trusted=None, host="127.0.0.1"):
        self.host = host
        self.tls = ssl.create_default_context(cafile=trusted) if trusted else None
        environment = dict(os.environ)
        environment.pop("VITASCOPE_API_KEY", None)
        if key:
            environment["VITASCOPE_API_KEY"] = key
        self.key = key
        self.log_path = pathlib.Path(folder) / "server.log"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [program, "serve", "--host", host, "--port", "0", "--model", str(model), "--data", str(folder), *words],
                stdout=subprocess.PIPE, stderr=log, env=environment)
        line = self.process.stdout.readline().decode()
        found = re.search(r"https?://\S+:(\d+)/", line)
        if not found:
            self.stop(timeout=20)
            raise RuntimeError(f"no address in {line!r}: {self.log()}")
        self.port = int(found.group(1))
        try:
            self.wait_ready()
        except OSError as error:
            self.stop(timeout=20)
            raise RuntimeError("the server has gone: " + self.log()) from error

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_ready(self):
        deadline = time.monotonic() + 60
        while self.request("GET", "/readyz", key=None).status != 200:
            if time.monotonic() > deadline:
                raise RuntimeError("the server is not ready: " + self.log())
            time.sleep(0.05)

    def request(self, method, path, body=None, key="own", headers=None, timeout=30):
        """One request on a connection of its own; `body` of dict is sent as JSON."""
        headers = dict(headers or {})
        if key == "own":
            key = self.key
        if key:
            headers.setdefault("Authorization", "Bearer " + key)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if self.tls:
            connection = http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.tls)
        else:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())

    def raw(self, data, timeout=15):
        """What comes back for these bytes, until the server closes or `timeout` passes."""
        with socket.create_connection((self.host, self.port), timeout=timeout) as connection:
            connection.sendall(data)
            received = b""
            with contextlib.suppress(ConnectionError):
                while chunk := connection.recv(65536):
                    received += chunk
            return received

    def websocket(self, path, token, **options):
        return WebSocket(self.port, path, token, tls=self.tls, host=self.host, **options)

    def metric(self, line):
        """The value of a line of /metrics that begins so; 0 if there is none."""
        text = self.request("GET", "/metrics").body.decode()
        found = re.search("^" + re.escape(line) + r" (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else 0.0

    def stop(self, number=signal.SIGTERM, timeout=15):
        """The exit code, and how long it took in seconds."""
        begun = time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):  # one that is ending does so by itself
            self.process.wait(timeout=0.2)
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=timeout)
        self.process.stdout.close()
        return code, time.monotonic() - begun


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]


class WebSocket:
    """A client's end. Messages of the server come as (opcode, payload)."""

    def __init__(self, port, path, token, protocols=None, masked=True, tls=None, window=None,
                 host="127.0.0.1"):
        self.masked = masked
        self.connection = socket.socket()
        self.connection.settimeout(15)
        if window:  # a client that takes little at a time
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.connection.connect((host, port))
        if tls:
            self.connection = tls.wrap_socket(self.connection, server_hostname="localhost")
        nonce = base64.b64encode(os.urandom(16)).decode()
        offered = protocols if protocols is not None else "vitascope.v1, bearer." + token
        self.connection.sendall(
            (f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             f"Sec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Version: 13\r\n"
             f"Sec-WebSocket-Protocol: {offered}\r\n\r\n").encode())
        self.buffer = b""
        head = self.read_until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.head = head
        if self.status == 101:
            proof = base64.b64encode(hashlib.sha1(
                (nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
            assert proof in head, head
            assert "vitascope.v1" in head, head

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.connection.close()

    def more(self):
        chunk = self.connection.recv(65536)
        if not chunk:
            raise EOFError("the server closed the connection")
        self.buffer += chunk

    def read_until(self, mark):
        while mark not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def read_exactly(self, count):
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def receive(self):
        first, size = self.read_exactly(2)
        assert first & 0x80, "the server does not fragment"
        assert not size & 0x80, "the server does not mask"
        if size == 126:
            size, = struct.unpack("!H", self.read_exactly(2))
        elif size == 127:
            size, = struct.unpack("!Q", self.read_exactly(8))
        payload = self.read_exactly(size)
        if first & 15 == PING:
            self.send(PONG, payload)
            return self.receive()
        return first & 15, payload

    def send(self, opcode, payload, final=True):
        mask = os.urandom(4) if self.masked else b""
        size = len(payload)
        flag = 0x80 if self.masked else 0
        if size < 126:
            head = bytes([flag | size])
        elif size < 65536:
            head = bytes([flag | 126]) + struct.pack("!H", size)
        else:
            head = bytes([flag | 127]) + struct.pack("!Q", size)
        if self.masked:
            payload = bytes(byte ^ mask[k % 4] for k, byte in enumerate(payload))
        self.connection.sendall(bytes([(0x80 if final else 0) | opcode]) + head + mask + payload)

    def say(self, kind, **keys):
        self.send(TEXT, json.dumps({"v": 1, "type": kind, **keys}).encode())

    def hear(self, *kinds, **keys):
        """The next message of one of these types, with these values; others are passed over."""
        while True:
            opcode, payload = self.receive()
            if opcode != TEXT:
                raise AssertionError(f"found opcode {opcode} with {payload[:80]!r}, expected one of {kinds}")
            message = json.loads(payload)
            if message["type"] in kinds and all(message.get(k) == v for k, v in keys.items()):
                return message

    def picture(self):
        """(key, sequence, frame, pts_us, access unit)"""
        opcode, payload = self.receive()
        if opcode != BINARY:
            raise AssertionError(f"found opcode {opcode} with {payload[:80]!r}, expected a picture")
        mark, flags, _, sequence, frame, pts_us = struct.unpack("<2sBBIqq", payload[:24])
        assert mark == b"V1"
        return bool(flags & 1), sequence, frame, pts_us, payload[24:]

    def close_code(self):
        """Reads to the end; the code of the server's close frame."""
        while True:
            opcode, payload = self.receive()
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0]


class ServerTest(unittest.TestCase):
    """One server for each class; `words` are added to its command line."""
    program = model = None
    words = ()
    key = KEY

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="vita-server-"))
        cls.server = Server(cls.program, cls.model, cls.folder, *cls.words, key=cls.key)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        log = cls.server.log()
        shutil.rmtree(cls.folder, ignore_errors=True)
        if "Sanitizer" in log or "runtime error" in log or "CRITICAL" in log:
            raise AssertionError("the server complained:\n" + log)

    def create(self, **changes):
        answer = self.server.request("POST", "/v1/sessions", {**SMALL, **changes})
        self.assertEqual(answer.status, 201, answer.body)
        session = answer.json
        self.running.add(session["id"])
        self.addCleanup(self.delete, session["id"])
        return session

    def setUp(self):
        self.running = set()

    def delete(self, session):
        """Ends the session and waits until its place is free."""
        self.server.request("DELETE", "/v1/sessions/" + session)
        self.running.discard(session)
        deadline = time.monotonic() + 20
        while self.server.metric("vitascope_sessions") > len(self.running) and time.monotonic() < deadline:
            time.sleep(0.05)

    def control(self, session, token=None):
        socket_ = self.server.websocket(session["control_url"], token or session["token"])
        self.addCleanup(socket_.connection.close)
        self.assertEqual(socket_.status, 101, socket_.head)
        return socket_

    def video(self, session, token=None, **options):
        socket_ = self.server.websocket(session["video_url"], token or session["token"], **options)
        self.addCleanup(socket_.connection.close)
        self.assertEqual(socket_.status, 101, socket_.head)
        return socket_

    def watch_token(self, session):
        return self.server.request("POST", f"/v1/sessions/{session['id']}/viewers", key=session["token"]).json["token"]


def main():
    ServerTest.program, ServerTest.model = sys.argv[1], sys.argv[2]
    unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
